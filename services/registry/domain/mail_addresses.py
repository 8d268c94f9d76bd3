"""Mail addresses as people type them: which spellings are one address, and the hash under which one is counted."""

import re
import unicodedata

from services.registry.domain.secrets import hash_of

LONGEST = 254
"""RFC 5321 §4.5.3.1, as erratum 1690 to RFC 3696 counts it."""
_SHAPE = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\".]+")


def usual_spelling(address: str) -> str:
    """Give the spelling under which an address is compared: without spaces around it and without capital letters.

    Before the @ capitals could make a difference (RFC 5321 §2.4); no provider lets them, and phones begin with one.
    """
    return unicodedata.normalize("NFC", address.strip()).casefold()


def is_mail_address(text: str) -> bool:
    """Say whether this has the form of one mail address; whether it exists, only a letter shows."""
    return len(text.strip()) <= LONGEST and _SHAPE.fullmatch(text.strip()) is not None


def email_hash_of(address: str) -> str:
    """Hash an address, so that it can be counted and found again without being kept."""
    return hash_of(f"mail address {usual_spelling(address)}")
