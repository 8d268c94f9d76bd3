"""Shapes of how the installation fares: a summary for everybody, details for who runs it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from services.notifications.domain.advice import (
    CHANNEL_NAMES,
    LOOKS,
    Commands,
    advice_on,
    age,
    name_of,
    waiting,
    words_of,
)
from services.notifications.domain.health import FaultCode, Installation, Service, ServiceState, faults_of
from shared.i18n import say
from shared.version import VERSION


class ServiceShown(BaseModel):
    """How one service is. `last_heard_at` is none where nothing was heard of it."""

    service: str
    name: str
    state: ServiceState
    words: str
    look: Literal["success", "warning", "blocking"]
    last_heard_at: datetime | None


class ConsumerShown(BaseModel):
    """What a service has still to take in of one stream: not delivered, in hand, delivered more than once."""

    stream: str
    pending: int
    in_hand: int
    redelivered: int


class ServiceDetails(BaseModel):
    """The figures of one service, as it last said them."""

    service: str
    name: str
    version: str
    started_at: datetime | None
    database: str
    outbox_pending: int
    outbox_oldest_seconds: float
    set_aside: int
    consumers: list[ConsumerShown]


class StreamShown(BaseModel):
    """How full a stream is, 1 is full."""

    stream: str
    share: float


class BackupShown(BaseModel):
    """The last backup. `verified_at` is none where nobody has tried whether it can be restored."""

    name: str
    finished_at: datetime
    bytes: int
    verified_at: datetime | None
    problem: str


class FaultShown(BaseModel):
    """One thing that is not well, and what to do about it, by `command` or at `url`."""

    code: FaultCode
    about: str
    grave: bool
    words: str
    to_do: str
    command: str
    url: str


class FailedShown(BaseModel):
    """How much went by one channel in the last day and was given up."""

    channel: str
    name: str
    given_up: int


class StatusDetails(BaseModel):
    """What only administrators see. `failed` is none while it cannot be counted."""

    faults: list[FaultShown]
    services: list[ServiceDetails]
    streams: list[StreamShown]
    failed: list[FailedShown] | None
    backup: BackupShown | None
    nats: str


class StatusShown(BaseModel):
    """How the installation fares. `state` is `well` when everything works that people use; `details` need a role."""

    state: Literal["well", "troubled"]
    looked_at: datetime
    version: str
    bus: Literal["connected", "away"]
    services: list[ServiceShown]
    queue_delay_seconds: float
    queue_words: str
    last_backup_at: datetime | None
    backup_words: str
    details: StatusDetails | None


def status_shown(it: Installation, commands: Commands, *, with_details: bool) -> StatusShown:
    """Show an installation in the language of the running request."""
    good = it.backup if it.backup and not it.backup.problem else None
    return StatusShown(
        state="well" if it.is_well else "troubled",
        looked_at=it.looked_at,
        version=VERSION,
        bus="connected" if it.connected else "away",
        services=[_service(one) for one in it.services],
        queue_delay_seconds=it.delay.total_seconds(),
        queue_words=waiting(it.delay),
        last_backup_at=good.finished_at if good else None,
        backup_words=(
            say("The last good backup was made {age} ago.", age=age(it.looked_at - good.finished_at))
            if good
            else say("No good backup is known.")
            if it.backup
            else say("No backup is known yet.")
        ),
        details=_details(it, commands) if with_details else None,
    )


def _service(one: Service) -> ServiceShown:
    return ServiceShown(
        service=one.name,
        name=name_of(one.name),
        state=one.state,
        words=words_of(one),
        look=LOOKS.get(one.state, "warning"),
        last_heard_at=one.heard_at,
    )


def _details(it: Installation, commands: Commands) -> StatusDetails:
    streams = {name: share for one in it.services for name, share in one.streams.items()}
    last = it.backup
    return StatusDetails(
        faults=[
            FaultShown(code=fault.code, about=fault.about, grave=fault.is_grave, **vars(advice_on(fault, commands)))
            for fault in faults_of(it)
        ],
        services=[_figures(one) for one in it.services],
        streams=[StreamShown(stream=name, share=share) for name, share in sorted(streams.items())],
        failed=None
        if it.failed is None
        else [
            FailedShown(channel=channel, name=say(name), given_up=it.failed.get(channel, 0))
            for channel, name in CHANNEL_NAMES.items()
        ],
        backup=last
        and BackupShown(
            name=last.name,
            finished_at=last.finished_at,
            bytes=last.bytes,
            verified_at=last.verified_at,
            problem=last.problem,
        ),
        nats=it.server,
    )


def _figures(one: Service) -> ServiceDetails:
    return ServiceDetails(
        service=one.name,
        name=name_of(one.name),
        version=one.version,
        started_at=one.started_at,
        database=one.database,
        outbox_pending=one.outbox_pending,
        outbox_oldest_seconds=one.delay.total_seconds(),
        set_aside=one.set_aside,
        consumers=[
            ConsumerShown(
                stream=stream,
                pending=figures.get("pending", 0),
                in_hand=figures.get("in_hand", 0),
                redelivered=figures.get("redelivered", 0),
            )
            for stream, figures in sorted(one.consumers.items())
        ],
    )
