"""NATS' key pairs (Ed25519) and `.creds` files: how a service proves to the server who it is, without a password."""

import base64
import os
import re
from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Kind = Literal["operator", "account", "user"]
PREFIXES: dict[Kind, int] = {"operator": 14 << 3, "account": 0, "user": 20 << 3}
"""What makes the first letter of a key say what it is: O, A, U."""
SEED = 18 << 3
CREDS = re.compile(r"-----BEGIN [A-Z ]+-----\s+(\S+)\s+-+END [A-Z ]+-+")


@dataclass(frozen=True)
class KeyPair:
    """One key pair; `secret` is its 32 bytes."""

    kind: Kind
    secret: bytes

    @classmethod
    def made(cls, kind: Kind) -> "KeyPair":
        """Make a new one."""
        return cls(kind, os.urandom(32))

    @classmethod
    def of_seed(cls, seed: str) -> "KeyPair":
        """Read one as `seed` writes it. Raises `ValueError` for anything else."""
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))
        if len(raw) == 36 and raw[0] & 0xF8 == SEED and _checked(raw[:-2]) == raw:
            prefix = (raw[0] & 7) << 5 | raw[1] >> 3
            for kind in (kind for kind, byte in PREFIXES.items() if byte == prefix):
                return cls(kind, raw[2:34])
        raise ValueError("this is not the seed of a key")

    @property
    def seed(self) -> str:
        """Write the secret half, which only its owner may see."""
        prefix = PREFIXES[self.kind]
        return _text(bytes([SEED | prefix >> 5, (prefix & 31) << 3]) + self.secret)

    @property
    def public(self) -> str:
        """Write the public half, by which the server knows it."""
        return _text(bytes([PREFIXES[self.kind]]) + self._key.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """Sign (64 bytes)."""
        return self._key.sign(data)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def sign_in(creds: str) -> dict[str, Callable[..., Any]]:
    """Give what `nats.connect` needs to sign in with the text of a `.creds` file; raises `ValueError` for another."""
    token, key = opened(creds)
    return {
        "user_jwt_cb": token.encode,
        "signature_cb": lambda nonce: base64.b64encode(key.sign(nonce.encode())),
    }


def opened(creds: str) -> tuple[str, KeyPair]:
    """Read token and key of a `.creds` file. Raises `ValueError` when it is none."""
    found = CREDS.findall(creds)
    if len(found) != 2:
        raise ValueError("this is not a .creds file: a token and a seed are needed")
    return found[0], KeyPair.of_seed(found[1])


def _text(raw: bytes) -> str:
    return base64.b32encode(_checked(raw)).decode().rstrip("=")


def _checked(raw: bytes) -> bytes:
    return raw + crc_hqx(raw, 0).to_bytes(2, "little")
