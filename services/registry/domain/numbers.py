"""NIP and REGON as people and spreadsheets write them: hyphens, spaces, `PL`, and zeros that were lost."""

from collections.abc import Mapping
from types import ModuleType

from stdnum.pl import nip, regon

PLACES: Mapping[str, tuple[int, ...]] = {"nip": (10,), "regon": (9, 14)}
"""How many digits each may have."""
CHECKS: Mapping[str, ModuleType] = {"nip": nip, "regon": regon}


def polish_number(kind: str, text: str) -> str:
    """Give the digits of a NIP or REGON whose check digits are right, with lost zeros put back; else nothing."""
    digits = text.upper().removeprefix("PL")
    for mark in " -.\u00a0":
        digits = digits.replace(mark, "")
    if not digits.isascii() or not digits.isdecimal():
        return ""
    for places in PLACES[kind]:
        whole = digits.zfill(places)
        if places - 3 <= len(digits) <= places and CHECKS[kind].is_valid(whole) and int(digits) > 0:
            return whole
    return ""


def numbers_in(text: str) -> dict[str, str]:
    """Read a key of an import as the NIP or REGON that it may be, by kind."""
    found = {kind: polish_number(kind, text) for kind in PLACES}
    return {kind: number for kind, number in found.items() if len(number) == sum(map(str.isdigit, text)) > 0}
