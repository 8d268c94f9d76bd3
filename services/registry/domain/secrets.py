"""Secrets that open a session: drawn at random, kept only as a hash."""

import hashlib
import secrets

BYTES = 32


def new_secret() -> str:
    """Draw a secret of 256 bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """Hash a secret for storing; it is random and long, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
