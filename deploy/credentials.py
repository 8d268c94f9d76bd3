"""What the operator signs for the NATS server: who it is, which accounts there are, and who may connect to them.

Tokens as github.com/nats-io/jwt (version 2) defines them; the server checks them against the operator's key alone.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from shared.nkeys import KeyPair

ANY = -1
LIMITS = dict.fromkeys(("subs", "data", "payload", "conn", "leaf", "imports", "exports"), ANY) | {"wildcards": True}
JETSTREAM = dict.fromkeys(("mem_storage", "disk_storage", "streams", "consumer", "max_ack_pending"), ANY)


def operator_token(operator: KeyPair, *, system: KeyPair) -> str:
    """Say who signs, and which account hears the server's own questions."""
    return _signed(operator, operator.public, "osiedle", {"type": "operator", "system_account": system.public})


def account_token(operator: KeyPair, account: KeyPair, name: str, limits: Mapping[str, Any], **more: Any) -> str:
    """Say what an account may; `more` has `imports` and `exports`."""
    return _signed(operator, account.public, name, {"type": "account", "limits": {**LIMITS, **limits}, **more})


def deletion_token(operator: KeyPair, accounts: Iterable[str]) -> str:
    """Ask the server to forget accounts, by their public keys, and to end their connections."""
    return _signed(operator, operator.public, "osiedle", {"type": "generic", "accounts": list(accounts)})


def creds(account: KeyPair, user: KeyPair, name: str, **permissions: Any) -> str:
    """Write the `.creds` file of one user of an account; without permissions it may say and hear all that it has."""
    claims = {"type": "user", "subs": ANY, "data": ANY, "payload": ANY, **permissions}
    token = _signed(account, user.public, name, claims)
    return (
        f"-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n"
        "The seed is secret: whoever has this file is this user.\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed}\n------END USER NKEY SEED------\n"
    )


def export(kind: str, subject: str) -> dict[str, str]:
    """Let every account of this operator import a subject; `kind` is service or stream."""
    return {"name": subject, "subject": subject, "type": kind}


def import_(kind: str, account: KeyPair, subject: str, as_subject: str) -> dict[str, str]:
    """Have a subject of another account under a name of one's own."""
    return {
        "name": as_subject,
        "subject": subject,
        "account": account.public,
        "local_subject": as_subject,
        "type": kind,
    }


def _signed(signer: KeyPair, subject: str, name: str, claims: Mapping[str, Any]) -> str:
    whole = {
        "iat": int(time.time()),
        "iss": signer.public,
        "name": name,
        "sub": subject,
        "nats": {**claims, "version": 2},
    }
    whole["jti"] = base64.b32encode(hashlib.sha256(json.dumps(whole).encode()).digest()).decode().rstrip("=")
    unsigned = f"{_part({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{_part(whole)}"
    return f"{unsigned}.{_base64(signer.sign(unsigned.encode()))}"


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
