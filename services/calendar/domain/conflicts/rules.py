"""Rules: how severe conflicts of a kind are in this neighbourhood, or at one of its venues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from shared.messages import calendar as language

Kind = language.ConflictKind
Severity = language.Severity
Level = Literal["standard", "block", "warn", "inform", "ignore"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GUARDED: tuple[Kind, ...] = ("venue", "resource")
"""Kinds that a save can be refused for: only there does a lock keep two from passing at once."""
OF_A_VENUE: tuple[Kind, ...] = ("venue", "municipal", "calendar")
"""Kinds that belong to one place, so that its owner can decide; the others are between two places, or none."""


@dataclass(frozen=True)
class Rules:
    """The levels that somebody decided, by kind and venue; none is the whole neighbourhood."""

    levels: Mapping[tuple[str, str | None], Level] = field(default_factory=dict)

    def level(self, kind: Kind, places: Sequence[str] = ()) -> Level:
        """Give the level that holds at a venue: its own, that of the nearest one around it, the neighbourhood's.

        What was taken back (`standard`) is as if nothing had been decided there.
        """
        for place in (*(places if kind in OF_A_VENUE else ()), None):
            level = self.levels.get((kind, place), "standard")
            if level != "standard":
                return level
        return "standard"


NO_RULES = Rules()


def faults_of_rule(kind: Kind, level: Level, *, of_a_venue: bool) -> list[tuple[str, str]]:
    """Name what is wrong with a rule: a JSON pointer and an English gettext source string for each."""
    faults = []
    if level == "block" and kind not in GUARDED:
        faults.append(("/level", "Only a taken venue or resource can refuse an event: choose warn, inform or ignore"))
    if of_a_venue and kind not in OF_A_VENUE:
        faults.append(("/venue", "Such a conflict is not a matter of one place: decide for the whole neighbourhood"))
    return faults


def severity_by(level: Level, severity: Severity, *, may_block: bool) -> Severity | None:
    """Give the severity that a level makes of the one by the table; none is left out.

    What is only good to know stays so: a level decides about what is worth a warning. Nothing blocks that is
    tentative or agreed (`may_block`).
    """
    if level == "ignore":
        return None
    if level == "inform" or severity == "information":
        return "information"
    if level == "block":
        return "blocking" if may_block else "warning"
    return "warning" if level == "warn" else severity
