"""A municipal system that speaks by every door of Osiedle: asks, stores, posts, and hears what was rejected.

    .venv/bin/python docs/examples/partner.py city-roads

What the operator handed over stands in the environment: CREDS is the file for NATS, KEY the key for HTTP; BUS and
ADDRESS say where Osiedle is, and CA is the bus' certificate where it speaks TLS. See docs/partners.md.
"""

import asyncio
import base64
import json
import os
import re
import ssl
import sys
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nats
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client

ANNOUNCED, WITHDRAWN = "municipal.closure.announced.v1", "municipal.closure.withdrawn.v1"


async def main(partner: str) -> None:
    """Announce a closure by each door, make mistakes, and withdraw it again."""
    closure = a_closure()
    bus = await nats.connect(os.environ["BUS"], **login(Path(os.environ["CREDS"])))
    try:
        headers = attributes(ANNOUNCED)
        print("Asked:", told(await ask(bus, partner, closure, headers)))
        print("Asked again:", told(await ask(bus, partner, closure, headers)))
        print("Asked wrongly:", told(await ask(bus, partner, {**closure, "latitude": 500}, attributes(ANNOUNCED))))

        rejected = await bus.subscribe(f"municipal.{partner}.rejected.>")
        written = await store(bus, partner, a_closure(), attributes(ANNOUNCED))
        print(f"Stored: number {written.seq} of {written.stream}")
        await store(bus, partner, {**a_closure(), "ends_at": closure["starts_at"]}, attributes(ANNOUNCED))
        print("Stored wrongly:", told(json.loads((await rejected.next_msg(timeout=30)).data)))

        print("Posted:", told(post(partner, {**closure, "version": 2, "radius_m": 500}, attributes(ANNOUNCED))))
        print("Withdrawn:", told(await ask(bus, partner, {"id": closure["id"], "version": 3}, attributes(WITHDRAWN))))
    finally:
        await bus.close()


async def ask(bus: Client, partner: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Use the door that answers: when the answer is there, the message is written down."""
    message = json.dumps(body).encode()
    answer = await bus.request(f"municipal.{partner}.submit", message, headers=headers, timeout=30)
    document: dict[str, Any] = json.loads(answer.data)
    return document


async def store(bus: Client, partner: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    """Use the stored door: what is acknowledged is kept until the calendar hears it, also while it is away."""
    kind = headers["ce-type"].removeprefix("municipal.")
    headers = {**headers, "Nats-Msg-Id": headers["ce-id"]}  # sent again within ten minutes, it is stored once
    subject = f"municipal.{partner}.{kind}.{body['id']}"
    return await bus.jetstream().publish(subject, json.dumps(body).encode(), headers=headers)


def post(partner: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """Use the HTTP door: the same message, the same answers."""
    address = f"{os.environ['ADDRESS']}/calendar/api/v1/municipal/{partner}/messages"
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['KEY']}", **headers}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)  # noqa: S310 — the operator's address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        document: dict[str, Any] = json.load(answer)
        return document


def attributes(kind: str) -> dict[str, str]:
    """Give the attributes of a new message, as headers (CloudEvents 1.0, binary mode)."""
    return {"ce-specversion": "1.0", "ce-id": str(uuid.uuid4()), "ce-type": kind, "ce-source": "/roads"}


def a_closure() -> dict[str, Any]:
    """Close a street for a day, a week from now."""
    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
    return {
        "id": f"works-{uuid.uuid4().hex[:12]}",
        "title": {"pl": "Zamknięta ulica: wymiana gazociągu", "en": "Street closed: gas main works"},
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=10)).isoformat(),
        "zone": "Europe/Warsaw",
        "latitude": 50.0885,
        "longitude": 19.9189,
        "radius_m": 200,
    }


def login(creds: Path) -> dict[str, Any]:
    """Sign in with a .creds file; where the package nkeys is installed, `user_credentials=creds` does the same."""
    token, seed = re.findall(r"-----BEGIN .+\n(\S+)\n", creds.read_text())
    key = Ed25519PrivateKey.from_private_bytes(base64.b32decode(seed + "=" * (-len(seed) % 8))[2:34])
    signing = {"user_jwt_cb": token.encode, "signature_cb": lambda nonce: base64.b64encode(key.sign(nonce.encode()))}
    return signing | ({"tls": ssl.create_default_context(cafile=os.environ["CA"])} if os.environ.get("CA") else {})


def told(answer: dict[str, Any]) -> str:
    """Say what an answer says."""
    faults = [f"{fault['pointer']}: {fault['detail']}" for fault in answer.get("errors", ())]
    return "; ".join(faults) or str(answer["status"])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
