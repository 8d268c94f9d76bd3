"""How the key of a program, and the secret in a private feed's address, is written, and how it is compared."""

import hashlib
import hmac
import re
import secrets
from uuid import UUID

PREFIX = "osk"
"""What every key begins with, so that people, and programs that look for leaked secrets, recognise one."""
SECRET_BYTES = 32
SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{32}})_([0-9a-f]{{64}})")
HIDDEN = f"{PREFIX}_…"


def new_key_secret() -> str:
    """Draw the secret part of a key: 256 random bits, as 64 hexadecimal digits."""
    return secrets.token_hex(SECRET_BYTES)


def key_text(key_id: str, secret: str) -> str:
    """Write a key as its owner gets to see it, once: `osk_<32 digits of its id>_<64 of its secret>`."""
    return f"{PREFIX}_{UUID(key_id).hex}_{secret}"


def key_parts(text: str) -> tuple[str, str] | None:
    """Read id and secret of a key; none when the text does not have the shape of one."""
    match = SHAPE.fullmatch(text)
    return (str(UUID(match[1])), match[2]) if match else None


def key_hash(secret: str) -> str:
    """Hash a secret for keeping; it is random and long, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_same_secret(secret: str, kept_hash: str) -> bool:
    """Compare a secret with a kept hash, in a time that tells nothing about how much of it is right."""
    return hmac.compare_digest(key_hash(secret), kept_hash)


def without_keys(text: str) -> str:
    """Give a text in which every key is hidden, so that none stands in a log."""
    return SHAPE.sub(HIDDEN, text) if PREFIX in text else text
