"""Values that can be told apart wherever they come out: each is made once, for one row of the table of who may see it.

A word of letters and digits passes through lower-casing, HTML, JSON and URL encoding unharmed; it is also looked for in
base64, in hexadecimal and as a hash. A phone number is found however its digits are grouped.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass

WORD = re.compile(rb"zqj[a-z0-9]{13}")
APART = b" .()+-/"
WRITTEN_APART = (b"%20", b"%2b", b"&nbsp;", b"\xc2\xa0")
"""What may stand between the digits of one number."""
DIGITS = re.compile(rb"\d{11,}")
ENCODED = re.compile(rb"[A-Za-z0-9+/_=-]{20,}")
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
HEXADECIMAL = re.compile(rb"7a716a(?:[0-9a-f]{2}){13}")
HASH = re.compile(rb"[0-9a-f]{32,64}")
HASHES = (hashlib.sha256, hashlib.sha1, hashlib.md5)


@dataclass(frozen=True)
class Mark:
    """One private value; `row` is the line of the table that says who may see it, `what` names it in a failure."""

    value: str
    row: str
    what: str


class Marks:
    """Every marked value of a neighbourhood, and the finding of them in bytes."""

    def __init__(self) -> None:
        self.all: list[Mark] = []
        self._words: dict[bytes, Mark] = {}
        self._numbers: dict[bytes, Mark] = {}
        self._hashes: dict[bytes, Mark] = {}
        self._others: dict[bytes, Mark] = {}
        self._searched: dict[bytes, frozenset[Mark]] = {}

    def word(self, row: str, what: str) -> str:
        """Make a word that stands nowhere else."""
        letters = string.ascii_lowercase + string.digits
        word = "zqj" + "".join(secrets.choice(letters) for _ in range(13))
        self._words[word.encode()] = self._keep(word, row, what)
        return word

    def email(self, row: str, what: str) -> str:
        """Make a mail address; its hash would tell it as well as itself."""
        word = self.word(row, what)
        address = f"{word}@example.org"
        self._hashed(address, self._words[word.encode()])
        return address

    def phone(self, row: str, what: str) -> str:
        """Make a number of a mobile phone with its digits grouped as people write them, and as it is kept."""
        digits = "4872" + "".join(secrets.choice(string.digits) for _ in range(7))
        number = f"+{digits[:2]} {digits[2:5]} {digits[5:8]} {digits[8:]}"
        mark = self._numbers[digits.encode()] = self._keep(number, row, what)
        self._hashed(number, mark)
        return number

    def known(self, value: str, row: str, what: str) -> str:
        """Keep a value that somebody else made: a key, a link, an id; it is searched as it stands."""
        self._others[value.lower().encode()] = self._keep(value, row, what)
        self._searched.clear()
        return value

    def of(self, row: str) -> set[Mark]:
        """Give the values of one row."""
        return {mark for mark in self.all if mark.row == row}

    def found(self, data: bytes) -> frozenset[Mark]:
        """Find every marked value in some bytes, in whatever form."""
        digest = hashlib.blake2b(data).digest()
        if digest not in self._searched:
            self._searched[digest] = frozenset(self._search(data))
        return self._searched[digest]

    def _search(self, data: bytes) -> Iterator[Mark]:
        yield from self._plain(data.lower())
        for decoded in decodings(data):
            yield from self._plain(decoded.lower())

    def _plain(self, data: bytes) -> Iterator[Mark]:
        for word in WORD.findall(data):
            if word in self._words:
                yield self._words[word]
        for encoded in HEXADECIMAL.findall(data):
            if (word := bytes.fromhex(encoded.decode())) in self._words:
                yield self._words[word]
        for digest in HASH.findall(data):
            if digest in self._hashes:
                yield self._hashes[digest]
        for run in runs_of_digits(data):
            for start in range(len(run) - 10):
                if (number := run[start : start + 11]) in self._numbers:
                    yield self._numbers[number]
        for value, mark in self._others.items():
            if value in data:
                yield mark

    def _keep(self, value: str, row: str, what: str) -> Mark:
        mark = Mark(value, row, what)
        self.all.append(mark)
        self._searched.clear()
        return mark

    def _hashed(self, value: str, mark: Mark) -> None:
        for algorithm in HASHES:
            self._hashes[algorithm(value.encode()).hexdigest().encode()] = mark


def runs_of_digits(data: bytes) -> list[bytes]:
    """Give the digits of every number, however they are grouped."""
    for written in WRITTEN_APART:
        data = data.replace(written, b"")
    return DIGITS.findall(data.translate(None, APART))


def decodings(data: bytes) -> Iterator[bytes]:
    """Give what may stand in base64 (RFC 4648 §4 and §5) in some bytes, at each of its four beginnings."""
    for run in ENCODED.findall(data):
        text = run.translate(TO_STANDARD).rstrip(b"=").replace(b"=", b"")
        for start in range(4):
            part = text[start:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            try:
                yield binascii.a2b_base64(part + b"=" * (-len(part) % 4))
            except binascii.Error:
                continue


def forms_of(value: str) -> dict[str, bytes]:
    """Give the ways in which a value may come out, to prove that each is found."""
    plain = value.encode()
    forms = {
        "plain": plain,
        "upper case": plain.upper(),
        "JSON": json.dumps({"value": value}).encode(),
        "hexadecimal": plain.hex().encode(),
    }
    for start in range(3):
        hidden = b"x" * start + plain
        forms[f"base64 from {start}"] = b'"' + base64.b64encode(hidden) + b'"'
        forms[f"base64url from {start}"] = b"cursor=" + base64.urlsafe_b64encode(hidden).rstrip(b"=")
    return forms
