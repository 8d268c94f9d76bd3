"""The NATS server's configuration, and what each service may say and hear on the bus.

`render` writes it, for the embedded server (`deploy/embedded_nats.py`) and for Compose (`deploy/make_secrets.py`). Who
may connect is not in it: the server trusts what the operator signed (`deploy/accounts.py`), so nothing here changes
when a partner comes or goes.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.streams import INVITED, PEOPLE, STATES, all_streams

STATE_OF: Mapping[str, str] = {PEOPLE: "registry", INVITED: "calendar"}
"""Which service alone writes each stream of state, and takes what it wrote away again."""
STATE_READ: Mapping[str, Mapping[str, str]] = {
    PEOPLE: {
        "notifications": "osiedle.people.person.changed.v1",
        "map": "osiedle.people.contacts.changed.v1",
    },
    INVITED: {"notifications": "osiedle.invited.invitation.changed.v1"},
}
"""What each service may read on a stream of state, and nothing else there; whose it is reads all."""
DOORKEEPER = "calendar"
"""The one service that reads what partners say, and answers them."""
SECONDS_TO_ANSWER = 60


@dataclass(frozen=True)
class Place:
    """Where the server listens, keeps its store, and finds the accounts."""

    store: str
    accounts: str
    listen: str
    monitor: str
    log: str | None = None
    certificate: str | None = None
    """With its key beside it (`.key`): then everybody comes by TLS, and nobody in plain text."""


def render(place: Place, operator: str, system: str) -> str:
    """Write the configuration; `operator` is the operator's token, `system` the public key of the system's account."""
    log = f'log_file: "{place.log}"\nlogfile_size_limit: 10MB\nlogfile_max_num: 3\n' if place.log else ""
    tls = (
        f'tls {{ cert_file: "{place.certificate}", key_file: "{place.certificate}.key" }}\n'
        if place.certificate
        else ""
    )
    return (
        f'server_name: osiedle\nlisten: "{place.listen}"\nhttp: "{place.monitor}"\n{log}'
        "max_payload: 1MB\nping_interval: 20s\nwrite_deadline: 10s\n"
        # A login says all that its owner may: more than the 4 KB that a line may have by default.
        "max_control_line: 16KB\n"
        # Acknowledged means written: the default writes to the disk up to two minutes after it acknowledged.
        f'jetstream {{\n  store_dir: "{place.store}"\n  sync_interval: always\n  max_mem: 64MB\n}}\n'
        f"operator: {operator}\nsystem_account: {system}\n"
        # There is no other server to ask for an account that is not in the folder: no use in waiting for one.
        f'resolver: {{type: full, dir: "{place.accounts}", allow_delete: true, timeout: "200ms"}}\n'
        f"{tls}"
    )


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = file.with_suffix(file.suffix + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    draft.replace(file)


def service_permissions(service: str) -> dict[str, Any]:
    """Say what a service may say and hear, as the claims of a user."""
    states = [name for name, owner in STATE_OF.items() if owner == service]
    own = [service.upper(), *states]
    publish = [f"osiedle.{service}.>", f"osiedle.status.{service}", "$JS.API.INFO"]
    for name in all_streams(()):
        # whoever comes first makes a stream; to change one is for whose it is
        verbs = ("INFO", "CREATE", "UPDATE") if name in own else ("INFO", "CREATE")
        publish += [f"$JS.API.STREAM.{verb}.{name}" for verb in verbs]
        if name not in STATES or name in own:
            publish += _hearing(service, name)
        elif service in STATE_READ[name]:
            publish += _hearing(service, name, STATE_READ[name][service])
            publish += [f"$JS.API.DIRECT.GET.{name}.{STATE_READ[name][service]}.*"]
    for name in own:
        publish += [f"$JS.API.DIRECT.GET.{name}", f"$JS.API.DIRECT.GET.{name}.>"]
    for name in states:
        publish += [f"osiedle.{name.lower()}.>", *(f"$JS.API.STREAM.{verb}.{name}" for verb in ("PURGE", "MSG.DELETE"))]
    permissions = {
        "pub": {"allow": publish},
        "sub": {"allow": [f"_INBOX_{service}.>", "osiedle.status.*"]},
    }
    return _with_doors(service, permissions, own) if service == DOORKEEPER else permissions


def _hearing(service: str, stream: str, only: str = "") -> list[str]:
    """Name what it takes to hear one stream; or what of it is under one subject `only`.

    A consumer of one subject is asked for under a subject that names it, and the server compares the two.
    """
    # the other is a consumer that is made and taken away again, by which a service reads a stream to rebuild its copies
    names = (service, f"{service}-rebuild")
    filters = (f".{only}.>",) if only else ("", ".>")
    return [
        *(f"$JS.API.CONSUMER.CREATE.{stream}.{name}{heard}" for name in names for heard in filters),
        f"$JS.API.CONSUMER.INFO.{stream}.{service}",
        f"$JS.API.CONSUMER.RESET.{stream}.{service}",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{service}",
        f"$JS.ACK.{stream}.{service}.>",
        f"$JS.API.CONSUMER.DELETE.{stream}.{service}-rebuild",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{service}-rebuild",
    ]


def _with_doors(service: str, permissions: dict[str, Any], own: Collection[str]) -> dict[str, Any]:
    """Add the doors of every partner, whoever they will be.

    A wildcard cannot say `MUNICIPAL_…`: the doorkeeper may hear any stream but the one that it is kept from, and change
    any but those of others.
    """
    of_others = [f"$JS.API.STREAM.UPDATE.{name}" for name in all_streams(()) if name not in own]
    streams = [f"$JS.API.STREAM.{verb}.*" for verb in ("INFO", "CREATE", "UPDATE")]
    publish = [*permissions["pub"]["allow"], *streams, *_hearing(service, "*"), "osiedle.door.*.rejected.*"]
    return {
        "pub": {"allow": publish, "deny": [*_hearing(service, PEOPLE), *of_others]},
        "sub": {"allow": [*permissions["sub"]["allow"], "osiedle.door.*.submit"]},
        "resp": {"max": 1, "ttl": SECONDS_TO_ANSWER * 1_000_000_000},
    }
