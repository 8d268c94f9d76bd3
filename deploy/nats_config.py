"""The NATS server's configuration: one user for each service and partner, each allowed only what is its own.

`render` writes it, for the embedded server (`deploy/embedded_nats.py`) and for Compose (`deploy/make_secrets.py`).
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.streams import PEOPLE, SERVICES, all_streams

OPERATOR = "operator"
READERS_OF_PEOPLE = ("registry", "notifications")
"""Who may read how to reach people; everybody else is refused by the server."""


@dataclass(frozen=True)
class Place:
    """Where the server listens and keeps its store."""

    store: str
    listen: str
    monitor: str
    log: str | None = None


def render(place: Place, passwords: Mapping[str, str], partners: Iterable[str]) -> str:
    """Write the configuration; `passwords` has one for each user of `users`."""
    partners = tuple(partners)
    users = [_service_user(service, passwords[service], partners) for service in SERVICES]
    users += [_partner_user(partner, passwords[partner]) for partner in partners]
    users.append(_user(OPERATOR, passwords[OPERATOR], [">"], [">"]))
    log = f'log_file: "{place.log}"\nlogfile_size_limit: 10MB\nlogfile_max_num: 3\n' if place.log else ""
    return (
        f'server_name: osiedle\nlisten: "{place.listen}"\nhttp: "{place.monitor}"\n{log}'
        "max_payload: 1MB\nping_interval: 20s\nwrite_deadline: 10s\n"
        # Acknowledged means written: the default writes to the disk up to two minutes after it acknowledged.
        f'jetstream {{\n  store_dir: "{place.store}"\n  sync_interval: always\n  max_mem: 64MB\n}}\n'
        f"authorization {{\n  users: [\n{''.join(users)}  ]\n}}\n"
    )


def users(partners: Iterable[str]) -> tuple[str, ...]:
    """Name everybody who may connect."""
    return (*SERVICES, *partners, OPERATOR)


def logins(folder: Path, partners: Iterable[str]) -> dict[str, str]:
    """Read the passwords from `folder`, making those that are not there; the files are readable by their owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    passwords = {}
    for user in users(partners):
        file = folder / f"{user}.json"
        if not file.is_file():
            write_private(file, json.dumps({"user": user, "password": secrets.token_urlsafe(24)}) + "\n")
        passwords[user] = str(json.loads(file.read_text())["password"])
    return passwords


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = file.with_suffix(file.suffix + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    draft.replace(file)


def _service_user(service: str, password: str, partners: Iterable[str]) -> str:
    own = [service.upper(), *([PEOPLE] if service == "registry" else [])]
    hearable = [name for name in all_streams(partners) if name != PEOPLE or service in READERS_OF_PEOPLE]
    publish = [f"osiedle.{service}.>", f"osiedle.status.{service}", "$JS.API.INFO"]
    publish += [
        f"$JS.API.STREAM.{verb}.{name}" for name in all_streams(partners) for verb in ("INFO", "CREATE", "UPDATE")
    ]
    for name in hearable:
        publish += [
            f"$JS.API.CONSUMER.CREATE.{name}.{service}",
            f"$JS.API.CONSUMER.CREATE.{name}.{service}.>",
            f"$JS.API.CONSUMER.INFO.{name}.{service}",
            f"$JS.API.CONSUMER.RESET.{name}.{service}",
            f"$JS.API.CONSUMER.MSG.NEXT.{name}.{service}",
            f"$JS.ACK.{name}.{service}.>",
            # another consumer, made and taken away again, with which a service reads a stream to rebuild its copies
            f"$JS.API.CONSUMER.CREATE.{name}.{service}-rebuild",
            f"$JS.API.CONSUMER.DELETE.{name}.{service}-rebuild",
            f"$JS.API.CONSUMER.MSG.NEXT.{name}.{service}-rebuild",
        ]
    for name in own:
        publish += [f"$JS.API.DIRECT.GET.{name}", f"$JS.API.DIRECT.GET.{name}.>"]
    if service in READERS_OF_PEOPLE:
        publish += [f"$JS.API.DIRECT.GET.{PEOPLE}"]
    if PEOPLE in own:
        publish += ["osiedle.people.>", f"$JS.API.STREAM.PURGE.{PEOPLE}", f"$JS.API.STREAM.MSG.DELETE.{PEOPLE}"]
    return _user(service, password, publish, [f"_INBOX_{service}.>", "osiedle.status.*"])


def _partner_user(partner: str, password: str) -> str:
    publish = [f"municipal.{partner}.>"]
    return _user(partner, password, publish, ["_INBOX.>", f"_INBOX_{partner}.>", f"municipal.{partner}.rejected.>"])


def _user(name: str, password: str, publish: Iterable[str], subscribe: Iterable[str]) -> str:
    permissions = {"publish": {"allow": list(publish)}, "subscribe": {"allow": list(subscribe)}}
    return f'    {{user: "{name}", password: "{password}", permissions: {json.dumps(permissions)}}}\n'
