"""How a letter is written as bytes: as the standard library does, but plain headers are not taken apart first.

`email.policy.SMTP` parses each header into a tree when it is set and folds the tree when it is written: half of what a
letter costs. It also breaks a long link of `List-Unsubscribe` into encoded words, and no mail program follows that.
"""

from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any

LONGEST = 76
LONGEST_LINE = 998
"""RFC 5322 §2.1.1: no line may be longer."""
STRUCTURED = frozenset({"from", "to", "cc", "bcc", "sender", "reply-to", "mime-version"})
"""Headers that the library itself looks into; so are all that describe a part of the letter (`Content-…`)."""


class LetterPolicy(EmailPolicy):
    """The policy of mail that leaves by SMTP."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Keep a header of plain text as it is; raises `ValueError` where there is a line break in it."""
        if _is_plain(name, value):
            return name, value
        return _parsed(name, value) if type(value) is str else super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write one header; what is one word (the address of a link) is not broken, for nobody could follow it then."""
        if type(value) is str and _is_plain(name, value):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


LETTERS = LetterPolicy(linesep=SMTP.linesep, raise_on_defect=False)


@lru_cache(maxsize=256)
def _parsed(name: str, value: str) -> tuple[str, Any]:
    """Take a header apart; the same few come in every letter, and nobody changes what is made of them."""
    return SMTP.header_store_parse(name, value)


def _is_plain(name: str, value: Any) -> bool:
    """Say whether a header needs neither encoding nor folding, and has no structure that must be checked."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return False
    if name.lower() in STRUCTURED or (name.lower().startswith("content-") and name.lower() != "content-language"):
        return False
    length = len(name) + 2 + len(value)
    return length <= LONGEST or (length <= LONGEST_LINE and " " not in value)
