"""Telephone numbers as people in Poland write them, kept in one form each, so that the same number is the same text."""

import re

import phonenumbers

EXTENSION = re.compile(r"\s*,?\s*\b(?:wewn?|ext|w|x)\.?\s*(\d{1,6})\s*$", re.IGNORECASE)
WRITTEN = re.compile(r"\(?\+?[\d\s()./\u00a0\u2013-]{3,40}")
SHORT = 6
"""Digits; 112, 986 and the like are numbers too, and have no country."""
POLAND, POLISH_DIGITS = 48, 9
NUMBER = re.compile(r"(\+[\d ()/-]+\d|\d+)(?: wew\. (\d+))?")


def normal_phone(written: str) -> str:
    """Give a number in its international form, such as `+48 12 411 41 21 wew. 5`. Raises `ValueError`.

    What has no country is Polish; a leading 0, as numbers had it until 2005, falls away. Without its spaces the number
    is E.164 (ITU-T).
    """
    text = " ".join(written.split())
    extension = EXTENSION.search(text)
    number = text[: extension.start()] if extension else text
    if not WRITTEN.fullmatch(number):
        raise ValueError("A telephone number has digits, spaces, brackets and hyphens only")
    return _international(number) + (f" wew. {extension[1]}" if extension else "")


def e164_of(value: str) -> tuple[str, str]:
    """Give a kept number for machines: in E.164 (a short one as it is), and its extension or nothing."""
    found = NUMBER.fullmatch(value)
    if found is None:
        return "".join(letter for letter in value if letter.isdigit() or letter == "+"), ""
    return re.sub("[^0-9+]", "", found[1]), found[2] or ""


def _international(number: str) -> str:
    digits = re.sub("[^0-9]", "", number)
    has_country = number.lstrip(" (").startswith("+")
    if not has_country and 3 <= len(digits) <= SHORT:
        return digits
    if not has_country:
        digits = _with_country(digits)
    parsed = _parsed(digits)
    if parsed is None or not phonenumbers.is_possible_number(parsed) or _is_no_polish_one(parsed):
        raise ValueError("A Polish number has nine digits; begin one of another country with + and its country")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    """Take digits with their country apart; of a usual Polish number it is plain, and tables have thousands of them."""
    if len(digits) == POLISH_DIGITS + 2 and digits.startswith("48") and digits[2] != "0":
        return phonenumbers.PhoneNumber(country_code=POLAND, national_number=int(digits[2:]))
    try:
        return phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None


def _is_no_polish_one(parsed: phonenumbers.PhoneNumber) -> bool:
    return parsed.country_code == POLAND and len(str(parsed.national_number)) != POLISH_DIGITS


def _with_country(digits: str) -> str:
    """Put Poland's 48 before what has no country; `0012…` names one by the old sign for going abroad."""
    if digits.startswith("00"):
        return digits[2:]
    if len(digits) == POLISH_DIGITS + 2 and digits.startswith("48"):
        return digits
    if len(digits) == POLISH_DIGITS + 1 and digits.startswith("0"):
        digits = digits[1:]
    return f"48{digits}"
