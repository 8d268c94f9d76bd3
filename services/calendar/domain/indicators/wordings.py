"""The questions about an event, in the words in which they are asked.

An answer belongs to the wording that was shown: so a wording never changes, not by a comma, in neither language; a
better one gets a new id. That is why both languages stand here and not in the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

Language = str


@dataclass(frozen=True)
class Wording:
    """One version of the questions, each in Polish and English, answered from 1 to 5; `scale` names the five."""

    id: str
    questions: tuple[Mapping[Language, str], ...]
    scale: tuple[Mapping[Language, str], ...]


_SCALE: Final = (
    {"pl": "wcale nie", "en": "not at all"},
    {"pl": "raczej nie", "en": "not really"},
    {"pl": "trochę", "en": "somewhat"},
    {"pl": "raczej tak", "en": "mostly"},
    {"pl": "bardzo", "en": "very much"},
)
GENERAL: Final = Wording(
    "general",
    ({"pl": "Czy jest Pan/Pani zadowolony/a z tego wydarzenia?", "en": "Are you content with this event?"},),
    _SCALE,
)
"""One question, as hosts ask it aloud or on paper."""
THREE: Final = Wording(
    "three-1",
    (
        {"pl": "Czy to wydarzenie się Państwu podobało?", "en": "Did you like this event?"},
        {"pl": "Czy poznali tu Państwo kogoś z sąsiedztwa?", "en": "Did you get to know people from around here?"},
        {"pl": "Czy chcą Państwo więcej takich wydarzeń?", "en": "Do you want more events like this?"},
    ),
    _SCALE,
)
"""The three questions behind a link or QR code; also to be printed on paper."""
WORDINGS: Final[Mapping[str, Wording]] = MappingProxyType({one.id: one for one in (THREE, GENERAL)})
CURRENT: Final = THREE
