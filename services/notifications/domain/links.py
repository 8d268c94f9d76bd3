"""Links that work without signing in: what they do is signed with this installation's own secret."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

NO_LETTERS = "no letters"
"""The purpose of a link that ends letters. It holds for good: who wants silence gets it, however old the letter."""


def link_key(secret: bytes, purpose: str, subject_id: str) -> str:
    """Give the key of a link that does one thing for one person or other subject: `<id>.<signature>`."""
    signature = hmac.digest(secret, f"{purpose}\n{subject_id}".encode(), sha256)
    return f"{subject_id}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def subject_of(secret: bytes, purpose: str, key: str) -> str | None:
    """Say whose link has this key, or none where it is not ours or is for something else."""
    subject_id, _, _ = key.partition(".")
    return subject_id if hmac.compare_digest(link_key(secret, purpose, subject_id).encode(), key.encode()) else None
