"""Links that work without signing in: what they do is signed with this installation's own secret, and they end."""

import hmac
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

NO_LETTERS = "no letters"
"""The purpose of a link that ends letters."""
NO_LETTERS_FOR = timedelta(days=365)
"""So long it holds; each letter brings a new one, so who gets letters always has one that works."""

ANSWER = "answer an invitation"
"""The purpose of a link that answers an invitation; it ends with the meeting, which its row says."""
REPLY = "reply to an invitation"


def reply_token(secret: bytes, letter_id: str) -> str:
    """Give what stands behind the plus of the address for answers: 16 letters and digits that mail leaves as they are.

    The part of an address before its host has 64 signs at most (RFC 5321 §4.5.3.1.1), and some servers write it in
    small letters: 80 bits of the signature, in base32.
    """
    signature = hmac.digest(secret, f"{REPLY}\n{letter_id}".encode(), sha256)
    return b32encode(signature[:10]).decode().lower()


@dataclass(frozen=True)
class Opened:
    """What a link of ours is about, and until when it holds; none, where it was written before links had an end."""

    subject_id: str
    until: datetime | None


def link_key(secret: bytes, purpose: str, subject_id: str, until: datetime) -> str:
    """Give the key of a link that does one thing for one person or other subject: `<id>.<seconds>.<signature>`."""
    seconds = int(until.timestamp())
    return f"{subject_id}.{seconds}.{_signature(secret, purpose, subject_id, str(seconds))}"


def opened(secret: bytes, purpose: str, key: str) -> Opened | None:
    """Say what a link with this key is about, or none where it is not ours or is for something else.

    Whether its time is over is for the caller to look at: who comes late is told so, who forges is told nothing.
    """
    match key.split("."):
        case [subject_id, seconds, signature] if seconds.isascii() and seconds.isdigit() and len(seconds) <= 11:
            until: datetime | None = datetime.fromtimestamp(int(seconds), UTC)
            said = _signature(secret, purpose, subject_id, seconds)
        case [subject_id, signature]:
            until = None
            said = _signature(secret, purpose, subject_id)
        case _:
            return None
    if not hmac.compare_digest(said.encode(), signature.encode()):
        return None
    return Opened(subject_id, until)


def _signature(secret: bytes, purpose: str, *parts: str) -> str:
    signature = hmac.digest(secret, "\n".join((purpose, *parts)).encode(), sha256)
    return urlsafe_b64encode(signature).rstrip(b"=").decode()
