"""How the installation fares, judged from what each service said of itself: in codes and figures, said elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

SERVICES = ("registry", "calendar", "map", "notifications")
SILENT_AFTER = timedelta(seconds=15)
"""Each service speaks every five seconds; who is silent so long does not run, or has no bus."""
LATE_AFTER = timedelta(seconds=30)
"""A message that waits so long says that something holds it up."""
BACKUP_OLD_AFTER = timedelta(hours=36)
"""Backups are made each night; one may be missed before the day is over, not two."""
FULL_AT = 0.7
BEHIND_AT = 1000
"""So many messages that one service has not taken in yet are more than a busy minute."""

ServiceState = Literal["well", "late", "troubled", "silent", "unheard", "unknown"]
FaultCode = Literal[
    "service_silent",
    "service_unheard",
    "database_away",
    "bus_away",
    "bus_forgets",
    "bus_problem",
    "messages_late",
    "service_behind",
    "messages_set_aside",
    "stream_full",
    "deliveries_failed",
    "deliveries_unknown",
    "backup_unknown",
    "backup_failed",
    "backup_old",
    "versions_differ",
]
GRAVE: frozenset[FaultCode] = frozenset({"service_silent", "database_away", "bus_away", "bus_forgets", "backup_failed"})
"""What hinders people now, or lets something be lost; the rest can wait for the morning."""


@dataclass(frozen=True)
class Service:
    """One service as it last said of itself; what it did not say is empty. `delay` is that of its oldest message."""

    name: str
    state: ServiceState
    heard_at: datetime | None = None
    started_at: datetime | None = None
    version: str = ""
    database: str = ""
    outbox_pending: int = 0
    delay: timedelta = timedelta()
    set_aside: int = 0
    consumers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    streams: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""
    forgets: bool = False
    """Whether the bus acknowledges to it what is not on the disk yet."""


@dataclass(frozen=True)
class Backup:
    """The last backup, as the operator's command wrote it down; `problem` says why the last try failed."""

    name: str
    finished_at: datetime
    bytes: int = 0
    verified_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class Fault:
    """One thing that is not well: `about` names the service, stream or channel, `number` says how much."""

    code: FaultCode
    about: str = ""
    number: float = 0
    since: datetime | None = None
    said: str = ""

    @property
    def is_grave(self) -> bool:
        """Whether it cannot wait."""
        return self.code in GRAVE


@dataclass(frozen=True)
class Installation:
    """All that is known at one instant. `failed` counts, by channel, what was given up in the last day.

    `failed` is none where it was not asked for, or could not be counted (`counted` is false).
    """

    looked_at: datetime
    connected: bool
    server: str
    services: tuple[Service, ...]
    backup: Backup | None
    failed: Mapping[str, int] | None = None
    counted: bool = True

    @property
    def is_well(self) -> bool:
        """Whether everything that people use works."""
        return self.connected and all(one.state == "well" for one in self.services)

    @property
    def delay(self) -> timedelta:
        """How long the oldest message waits that some service has to tell the others."""
        return max((one.delay for one in self.services), default=timedelta())


def services_of(bus: Mapping[str, Any], now: datetime) -> tuple[Service, ...]:
    """Read what each service said, from the state of our own bus."""
    heard = bus.get("services", {})
    connected = bool(bus.get("connected"))
    return tuple(_service(name, heard.get(name), now, connected=connected) for name in SERVICES)


def _service(name: str, said: Mapping[str, Any] | None, now: datetime, *, connected: bool) -> Service:
    heard_at = instant(said.get("heard_at")) if said else None
    if not connected:  # nobody can be heard; of ourselves we know that we answer
        return Service(name, "well" if name == "notifications" else "unknown", heard_at)
    if said is None or heard_at is None:
        return Service(name, "unheard")
    told_at, oldest = instant(said.get("at")) or heard_at, instant(said.get("outbox_oldest_at"))
    delay = max(timedelta(), told_at - oldest) if oldest else timedelta()
    return Service(
        name,
        _state(said, now - heard_at, delay),
        heard_at,
        started_at=instant(said.get("started_at")),
        version=str(said.get("version") or ""),
        database=str(said.get("database") or ""),
        outbox_pending=_number(said.get("outbox_pending")),
        delay=delay,
        set_aside=_number(said.get("set_aside")),
        consumers=_table(said.get("consumers")),
        streams=_shares(said.get("streams")),
        problem=str(said.get("problem") or ""),
        forgets=said.get("sync") == "not always",
    )


def _state(said: Mapping[str, Any], silent: timedelta, delay: timedelta) -> ServiceState:
    if silent > SILENT_AFTER:
        return "silent"
    if said.get("database_answers") is False or said.get("sync") == "not always":
        return "troubled"
    return "late" if delay > LATE_AFTER else "well"


def faults_of(it: Installation) -> list[Fault]:
    """List what is not well, what cannot wait first."""
    return sorted(_faults(it), key=lambda fault: not fault.is_grave)


def _faults(it: Installation) -> Iterator[Fault]:
    if not it.connected:
        yield Fault("bus_away")
    for service in it.services:
        yield from _of_service(service)
    versions = sorted({one.version for one in it.services if one.version and one.state != "silent"})
    if len(versions) > 1:
        yield Fault("versions_differ", said=", ".join(versions))
    streams: dict[str, float] = {}
    for service in it.services:
        streams.update(service.streams)
    yield from (Fault("stream_full", name, share) for name, share in sorted(streams.items()) if share >= FULL_AT)
    if not it.counted:
        yield Fault("deliveries_unknown")
    yield from (Fault("deliveries_failed", name, number) for name, number in (it.failed or {}).items() if number)
    yield from _of_backup(it.backup, it.looked_at)


def _of_service(it: Service) -> Iterator[Fault]:
    if it.state == "silent":
        yield Fault("service_silent", it.name, since=it.heard_at)
        return  # what it said before may have changed since
    if it.state == "unheard":
        yield Fault("service_unheard", it.name)
    if it.forgets:
        yield Fault("bus_forgets", it.name)
    elif it.state == "troubled":
        yield Fault("database_away", it.name)
    elif it.state == "late":
        yield Fault("messages_late", it.name, it.delay.total_seconds(), said=it.problem)
    elif it.problem:
        yield Fault("bus_problem", it.name, said=it.problem)
    if it.set_aside:
        yield Fault("messages_set_aside", it.name, it.set_aside)
    behind = sum(figures.get("pending", 0) for figures in it.consumers.values())
    if behind >= BEHIND_AT:
        yield Fault("service_behind", it.name, behind)


def _of_backup(last: Backup | None, now: datetime) -> Iterator[Fault]:
    if last is None:
        yield Fault("backup_unknown")
    elif last.problem:
        yield Fault("backup_failed", since=last.finished_at, said=last.problem)
    elif now - last.finished_at > BACKUP_OLD_AFTER:
        yield Fault("backup_old", since=last.finished_at)


def backup_of(said: object) -> Backup | None:
    """Read the report of the last backup; none where it is no such report."""
    if not isinstance(said, Mapping):
        return None
    finished_at = instant(said.get("finished_at"))
    if finished_at is None:
        return None
    return Backup(
        str(said.get("name") or ""),
        finished_at,
        _number(said.get("bytes")),
        instant(said.get("verified_at")),
        str(said.get("problem") or ""),
    )


def instant(text: object) -> datetime | None:
    """Read an instant (RFC 3339), in UTC where it names no zone; none where it is none."""
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read is not None and read.tzinfo is None else read


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _table(value: object) -> dict[str, dict[str, int]]:
    rows = value.items() if isinstance(value, Mapping) else ()
    return {
        str(name): {str(key): _number(one) for key, one in row.items()}
        for name, row in rows
        if isinstance(row, Mapping)
    }


def _shares(value: object) -> dict[str, float]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(name): float(one) for name, one in pairs if isinstance(one, int | float)}
