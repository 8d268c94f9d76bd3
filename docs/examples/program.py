"""A program with a key of its own: it plans an event and takes it back, and is refused where its key does not reach.

Run it beside a running Osiedle, for instance the demo (`make run`):

    .venv/bin/python docs/examples/program.py

A person makes a key on their page `/registry/account/keys`; put it into KEY in the environment. Without one this
example makes itself a key, as that page does, and ends it afterwards. ADDRESS, DATA and TOKEN can be set too.
"""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ADDRESS = os.environ.get("ADDRESS", "http://127.0.0.1:8000")
DATA = Path(os.environ.get("DATA", "data"))
ZONE = "Europe/Warsaw"


def main() -> None:
    """Use a key that writes in the calendar, and nothing else."""
    token = None if "KEY" in os.environ else token_of_a_person()
    made = None if token is None else a_key(token)
    key = os.environ["KEY"] if made is None else made["key"]
    print(f"The key begins with {key[:8]}…, and goes into the header Authorization: Bearer {key[:4]}…")

    starts_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    span = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=2)).isoformat(), "zone": ZONE}
    _, event = ask("POST", "/calendar/api/v1/events", key, {"title": "Planned by a program", **span})
    print(f"Planned: {event['title']}, {event['starts_at']}")
    _, event = ask("POST", f"/calendar/api/v1/events/{event['id']}/cancel", key)
    print(f"Now it is {event['status']}")
    status, refusal = ask("GET", "/notifications/api/v1/alerts", key)
    print(f"Alerts: {status} {refusal.get('title', 'shown')}. {refusal.get('detail', '')}")

    if made is not None and token is not None:
        ask("POST", f"/registry/api/v1/keys/{made['id']}/revoke", token)
        status, refusal = ask("GET", "/registry/api/v1/keys", key)
        print(f"After it was ended: {status} {refusal['title']}. {refusal['detail']}")


def a_key(token: str) -> dict[str, Any]:
    """Make a key that writes in the calendar until tomorrow; only this answer ever holds it."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    wanted = {"name": f"Example {uuid.uuid4().hex[:8]}", "scopes": ["calendar:write"], "expires_at": tomorrow}
    return ask("POST", "/registry/api/v1/keys", token, wanted)[1]


def ask(method: str, path: str, bearer: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """Send a request as JSON; a POST carries an Idempotency-Key, so that it may be repeated safely."""
    headers = {"Authorization": f"Bearer {bearer}", "Accept-Language": "en", "Content-Type": "application/json"}
    if method == "POST":
        headers["Idempotency-Key"] = str(uuid.uuid4())
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, data, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def token_of_a_person() -> str:
    """Take TOKEN from the environment, else ask the registry's command line for an administrator's."""
    if "TOKEN" in os.environ:
        return os.environ["TOKEN"]
    command = [sys.executable, "-m", "services.registry", "token", "--role", "administrator"]
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "DATA": str(DATA.resolve())}
    told = subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True)
    return told.stdout.strip()


if __name__ == "__main__":
    main()
