"""Links that work without signing in: what they do is signed with this installation's own secret."""

import hmac
from base64 import b32encode, urlsafe_b64encode
from hashlib import sha256

NO_LETTERS = "no letters"
"""The purpose of a link that ends letters. It holds for good: who wants silence gets it, however old the letter."""

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


def link_key(secret: bytes, purpose: str, subject_id: str) -> str:
    """Give the key of a link that does one thing for one person or other subject: `<id>.<signature>`."""
    signature = hmac.digest(secret, f"{purpose}\n{subject_id}".encode(), sha256)
    return f"{subject_id}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def subject_of(secret: bytes, purpose: str, key: str) -> str | None:
    """Say whose link has this key, or none where it is not ours or is for something else."""
    subject_id, _, _ = key.partition(".")
    return subject_id if hmac.compare_digest(link_key(secret, purpose, subject_id).encode(), key.encode()) else None
