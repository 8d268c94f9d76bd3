"""Slow hashes (argon2id, RFC 9106) of what is short enough to be guessed: passwords and codes of six digits.

One takes some 25 ms and 19 MiB here (OWASP's least): off the event loop and outside of every transaction. Who holds
our database and a browser that asked would search the million codes for hours; a code holds for ten minutes.
"""

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$tu3hPBlzt/UVRYJTzVo8JA$Wq0sneUFDlzv4Im5osyrN3byjha5AP/m5rBnBhvAHyk"
"""The hash of a secret that was thrown away: compared with where there is none, so that this takes as long."""

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


def slow_hash_of(text: str) -> str:
    """Hash a password or code with a salt of its own."""
    return _HASHER.hash(text)


def is_hash_of(kept: str | None, text: str) -> bool:
    """Say whether `text` was hashed to `kept`; it takes the same time where nothing is kept, and then says no."""
    return _HASHER.verify(text, kept or NOBODYS) and kept is not None
