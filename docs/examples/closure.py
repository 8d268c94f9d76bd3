"""A municipal system in one file: tells of a road closure and of a city event, and prints what Osiedle makes of them.

Run it beside a running Osiedle that has an event with a place, for instance the demo (`make run`):

    .venv/bin/python docs/examples/closure.py

It publishes CloudEvents 1.0 in binary mode, as a partner of the city would, with nats-py. The logins of the partners
`roads` and `culture` stand in the data folder; ADDRESS, DATA and TOKEN can be set in the environment.
"""

import asyncio
import base64
import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nats
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ADDRESS = os.environ.get("ADDRESS", "http://127.0.0.1:8000")
DATA = Path(os.environ.get("DATA", "data"))
ZONE = "Europe/Warsaw"
PATIENCE_SECONDS = 20


async def main() -> None:
    """Close the road at the next event's place, hold a concert there, and wait for the conflicts and the alerts."""
    event, point = next_event_with_a_place()
    print(f"The next event with a place: {event['title']}, {event['starts_at']}")
    began = datetime.now(UTC)
    known = {conflict["id"] for conflict in conflicts_of(event)}
    span = {"starts_at": event["starts_at"], "ends_at": event["ends_at"], "zone": ZONE}
    closure = {"title": {"pl": "Zamknięta ulica: wymiana gazociągu", "en": "Street closed: gas main works"}, **span}
    await publish("roads", "closure.announced.v1", {**closure, **point, "radius_m": 200})
    concert = {"title": {"pl": "Koncert miejski pod gołym niebem", "en": "Open-air city concert"}, **span}
    await publish("culture", "event.planned.v1", {**concert, **point, "radius_m": 300})

    found = await eventually(lambda: [one for one in conflicts_of(event) if one["id"] not in known], at_least=2)
    for conflict in found:
        print(f"Conflict ({conflict['severity']}): {conflict['reason']}")
    alerts = await eventually(lambda: alerts_since(event, began), at_least=2)
    for text, times in Counter(alert["text"] for alert in alerts).items():
        print(f"Alert (to {times}): {text}")


async def publish(partner: str, kind: str, body: dict[str, Any]) -> None:
    """Publish one CloudEvent by the stored door and wait until JetStream has written it down."""
    address = (DATA / "nats" / "url").read_text().strip()
    connection = await nats.connect(address, **signed_in(DATA / "partners" / f"{partner}.creds"))
    try:
        body = {"id": f"{partner}-{uuid.uuid4().hex[:12]}", **body}
        headers = {
            "ce-specversion": "1.0",
            "ce-id": str(uuid.uuid4()),
            "ce-source": f"/municipal/{partner}",
            "ce-type": f"municipal.{kind}",
            "ce-time": datetime.now(UTC).isoformat(),
            "ce-subject": body["id"],
            "ce-datacontenttype": "application/json",
        }
        headers["Nats-Msg-Id"] = f"{headers['ce-source']}/{headers['ce-id']}"
        subject = f"municipal.{partner}.{kind}.{body['id']}"
        written = await connection.jetstream().publish(subject, json.dumps(body).encode(), headers=headers)
        print(f"Published {subject}: number {written.seq} of stream {written.stream}")
    finally:
        await connection.close()


def signed_in(creds: Path) -> dict[str, Any]:
    """Sign in with a .creds file; where the package nkeys is installed, `user_credentials=creds` does the same."""
    token, seed = re.findall(r"-----BEGIN .+\n(\S+)\n", creds.read_text())
    key = Ed25519PrivateKey.from_private_bytes(base64.b32decode(seed + "=" * (-len(seed) % 8))[2:34])
    return {"user_jwt_cb": token.encode, "signature_cb": lambda nonce: base64.b64encode(key.sign(nonce.encode()))}


def next_event_with_a_place() -> tuple[dict[str, Any], dict[str, float]]:
    """Find the next date of an event whose venue has a point, and the point."""
    venues = {venue["id"]: venue for venue in get("/registry/api/v1/venues?limit=200")["items"]}
    now = quote(datetime.now(UTC).isoformat())
    for date in get(f"/calendar/api/v1/occurrences?from={now}&limit=200")["items"]:
        venue = venues.get(date["venue_id"])
        is_ahead = datetime.fromisoformat(date["starts_at"]) > datetime.now(UTC)
        if is_ahead and venue and venue["latitude"] is not None:
            return date, {"latitude": venue["latitude"], "longitude": venue["longitude"]}
    sys.exit("There is no event with a place yet: plan one, or load the demo.")


def conflicts_of(event: dict[str, Any]) -> list[dict[str, Any]]:
    """List the conflicts of an event with what municipal systems told."""
    conflicts = get(f"/calendar/api/v1/conflicts?limit=200&event={event['event_id']}")["items"]
    return [conflict for conflict in conflicts if conflict["kind"] == "municipal"]


def alerts_since(event: dict[str, Any], began: datetime) -> list[dict[str, Any]]:
    """List what people were told of an event since then; alerts are not for everybody, so this needs a token."""
    alerts = get("/notifications/api/v1/alerts?limit=200", token=token())["items"]
    newest = [alert for alert in alerts if datetime.fromisoformat(alert["created_at"]) >= began - timedelta(seconds=1)]
    return [alert for alert in newest if event["event_id"] in alert["event_ids"]]


def token() -> str:
    """Take TOKEN from the environment, else ask the registry's command line for one."""
    if "TOKEN" not in os.environ:
        command = [sys.executable, "-m", "services.registry", "token", "--role", "administrator"]
        root = Path(__file__).resolve().parents[2]
        environment = {**os.environ, "DATA": str(DATA.resolve())}
        told = subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True)
        os.environ["TOKEN"] = told.stdout.strip()
    return os.environ["TOKEN"]


def get(path: str, token: str | None = None) -> dict[str, Any]:
    """Read JSON from Osiedle."""
    headers = {"Accept-Language": "en", **({"Authorization": f"Bearer {token}"} if token else {})}
    with urllib.request.urlopen(urllib.request.Request(ADDRESS + path, headers=headers), timeout=10) as answer:  # noqa: S310
        document: dict[str, Any] = json.load(answer)
        return document


async def eventually(look: Any, *, at_least: int) -> list[dict[str, Any]]:
    """Look again and again until there are so many, at most 20 seconds."""
    for _ in range(PATIENCE_SECONDS * 5):
        found: list[dict[str, Any]] = await asyncio.to_thread(look)
        if len(found) >= at_least:
            return found
        await asyncio.sleep(0.2)
    sys.exit("Nothing came of it within 20 seconds: is Osiedle running on this data folder?")


if __name__ == "__main__":
    asyncio.run(main())
