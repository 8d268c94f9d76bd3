"""Signatures of webhooks by Standard Webhooks 1.0.0: who receives one can tell that it is ours, whole and recent."""

import hmac
from base64 import b64encode
from hashlib import sha256

SECRET_BYTES = 32
"""The standard asks for 24 to 64."""


def secret_text(secret: bytes) -> str:
    """Write a secret as its receiver is shown it: `whsec_` and base64."""
    return f"whsec_{b64encode(secret).decode()}"


def signature(secret: bytes, message_id: str, at_seconds: int, body: bytes) -> str:
    """Sign a message that is sent at this Unix time: `v1,` and base64 of HMAC-SHA256 over id, time and body."""
    signed = f"{message_id}.{at_seconds}.".encode() + body
    return f"v1,{b64encode(hmac.digest(secret, signed, sha256)).decode()}"


def signed_headers(secret: bytes, message_id: str, at_seconds: int, body: bytes) -> dict[str, str]:
    """Give the three headers with which a receiver checks a message."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_seconds),
        "webhook-signature": signature(secret, message_id, at_seconds, body),
    }
