"""The numbers under which Polish registers know an organisation, each checked by its own rule."""

import re
from collections.abc import Callable, Mapping

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.pl import nip, regon

from shared.problems import InvalidInput

IDENTIFIERS = ("nip", "regon", "krs", "rspo")


def checked_identifier(kind: str, written: str | None) -> str | None:
    """Give a number as it is kept, digits alone; None where nothing is written. Raises `InvalidInput`.

    NIP and REGON have a check digit. A KRS number has ten digits, of which spreadsheets lose the leading zeros.
    RSPO is the register of schools; its numbers have none.
    """
    digits = re.sub(r"[\s.\u00a0-]", "", (written or "").upper().removeprefix("PL"))
    return CHECKS[kind](digits) if digits else None


def _nip(digits: str) -> str:
    try:
        return str(nip.validate(digits))
    except InvalidChecksum:
        raise _refusal("nip", "The check digit of this NIP is not right; one of its digits is a slip") from None
    except ValidationError:
        raise _refusal("nip", "A NIP has ten digits") from None


def _regon(digits: str) -> str:
    try:
        return str(regon.validate(digits))
    except InvalidChecksum:
        raise _refusal("regon", "The check digit of this REGON is not right; one of its digits is a slip") from None
    except ValidationError:
        raise _refusal("regon", "A REGON has nine or fourteen digits") from None


def _krs(digits: str) -> str:
    if not re.fullmatch("[0-9]{1,10}", digits) or not digits.strip("0"):
        raise _refusal("krs", "A KRS number has ten digits")
    return digits.zfill(10)


def _rspo(digits: str) -> str:
    number = digits.lstrip("0")
    if not re.fullmatch("[0-9]{1,7}", number):
        raise _refusal("rspo", "A number in RSPO has at most seven digits")
    return number


def _refusal(kind: str, detail: str) -> InvalidInput:
    return InvalidInput((f"/{kind}", detail))


CHECKS: Mapping[str, Callable[[str], str]] = {"nip": _nip, "regon": _regon, "krs": _krs, "rspo": _rspo}
