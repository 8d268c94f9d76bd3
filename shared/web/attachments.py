"""Files that people save: a name that is safe on every system, in the header that browsers read (RFC 6266)."""

import re
import unicodedata
from urllib.parse import quote

from fastapi import Response

LONGEST_NAME = 120
LONGEST_ENDING = 10
UNSAFE = re.compile(r'[\\/:*?"<>|]')
"""What separates folders or means something to a shell of some system."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names of devices on Windows."""


def attachment(response: Response, name: str) -> Response:
    """Have browsers save an answer as a file of this name (RFC 6266 §4.3, RFC 8187); gives the same response."""
    safe = safe_name(name)
    plain = _ascii(safe)
    header = f'attachment; filename="{plain}"'
    if plain != safe:
        header += f"; filename*=UTF-8''{quote(safe, safe='')}"
    response.headers["Content-Disposition"] = header
    return response


def safe_name(name: str) -> str:
    """Make a file's name of any text: no path, no control or direction marks, no device, not hidden, not too long."""
    composed = unicodedata.normalize("NFC", name)
    visible = "".join(" " if letter.isspace() else letter for letter in composed if _is_visible(letter))
    text = " ".join(UNSAFE.sub("-", visible).split()).strip(". ")
    if RESERVED.match(text):
        text = f"_{text}"
    stem, dot, ending = text.rpartition(".")
    if dot and len(ending) <= LONGEST_ENDING:
        text = f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip('. ')}.{ending}"
    return text[:LONGEST_NAME].strip(". ") or "file"


def _is_visible(letter: str) -> bool:
    """Say whether a letter shows: no control, format (direction marks), surrogate or private character."""
    return letter.isspace() or not unicodedata.category(letter).startswith("C")


def _ascii(text: str) -> str:
    """Write a name for programs that know no other letters: Polish ones lose their marks, others become `_`."""
    marked = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    bare = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return UNSAFE.sub("-", "".join(letter if " " <= letter <= "~" else "_" for letter in bare)).replace("%", "_")
