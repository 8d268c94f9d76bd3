"""Secrets that open a session: drawn at random, kept only as a hash."""

import hashlib
import secrets

BYTES = 32
CODE_DIGITS = 6


def new_secret() -> str:
    """Draw a secret of 256 bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(BYTES)


def new_code() -> str:
    """Draw a code of six digits that a person types; it is short, so it is hashed slowly (`slow_hashes`)."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def hash_of(secret: str) -> str:
    """Hash a secret for storing; it is random and long, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def network_hash_of(owner: str, network: str) -> str:
    """Hash where somebody came from, for one account alone: nobody's ways are compared with another's."""
    return hash_of(f"{owner} {network}")
