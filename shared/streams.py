"""The streams and their durable consumers: one definition in code, brought about by whichever service comes first."""

import logging
from collections.abc import Iterable
from typing import Any

from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, NotFoundError, ServerError

from shared.pace import Pace

log = logging.getLogger(__name__)

SERVICES = ("registry", "calendar", "map", "notifications")
PEOPLE = "PEOPLE"
INVITED = "INVITED"
STATES = frozenset({PEOPLE, INVITED})
"""Streams of state, not history: of each subject the last message alone, without its former bytes."""
MUNICIPAL = "MUNICIPAL_"
MEGABYTE = 1024**2
LARGEST_MESSAGE = 256 * 1024
LARGEST_MUNICIPAL_MESSAGE = 64 * 1024
DEDUPE_SECONDS = 600.0
FULL = 10077
"""What JetStream says when a stream that discards nothing has no room."""
ALARM = 0.7
"""A stream that is so full is told of."""
NEVER = (
    "mirror", "sources", "republish", "subject_transform", "placement", "allow_msg_ttl", "allow_msg_schedules",
    "allow_msg_counter", "subject_delete_marker_ttl",
)  # fmt: skip
"""What no stream of ours has: it would bring in, take away or rename messages."""


class StreamDrift(Exception):
    """A stream or consumer on the server is not as we define it, and cannot be mended without losing something."""


class StreamFull(Exception):
    """A stream has no room; what is told waits in the outbox until it has."""

    def __init__(self, stream: str) -> None:
        super().__init__(
            f"The stream {stream} is full: give it more room (nats stream edit {stream} --max-bytes=…); "
            "what is told waits in the outbox until then."
        )


def service_stream(service: str) -> api.StreamConfig:
    """Define the stream of what one service tells: history, kept without an end."""
    return _stream(service.upper(), f"osiedle.{service}.>")


def people_stream() -> api.StreamConfig:
    """Define the stream of people: state, the last message of each person only."""
    return _stream(PEOPLE, "osiedle.people.>", max_bytes=64 * MEGABYTE, max_msgs_per_subject=1)


def invited_stream() -> api.StreamConfig:
    """Define the stream of who is invited: state, the last message of each invitation only."""
    return _stream(INVITED, "osiedle.invited.>", max_bytes=64 * MEGABYTE, max_msgs_per_subject=1)


def municipal_stream(partner: str) -> api.StreamConfig:
    """Define the stored door of one partner; ids deduplicate within a stream, so partners never share one."""
    return _stream(municipal_name(partner), municipal_subjects(partner), max_msg_size=LARGEST_MUNICIPAL_MESSAGE)


def municipal_name(partner: str) -> str:
    """Name the stream of one partner."""
    return f"{MUNICIPAL}{partner.upper()}"


def municipal_subjects(partner: str) -> str:
    """Name the subjects under which one partner speaks."""
    return f"municipal.{partner}.>"


def partner_of(stream: str) -> str:
    """Name the partner whose stored door a stream is; empty for every other stream."""
    return stream.removeprefix(MUNICIPAL).lower() if stream.startswith(MUNICIPAL) else ""


def defined(name: str) -> api.StreamConfig:
    """Give the definition of one stream by its name."""
    partner = partner_of(name)
    return municipal_stream(partner) if partner else all_streams(())[name]


def all_streams(partners: Iterable[str]) -> dict[str, api.StreamConfig]:
    """Define every stream of the installation, by name."""
    services = (service_stream(service) for service in SERVICES)
    defined = (*services, people_stream(), invited_stream(), *(municipal_stream(partner) for partner in partners))
    return {str(config.name): config for config in defined}


def durable(service: str, subjects: Iterable[str], pace: Pace) -> api.ConsumerConfig:
    """Define the one consumer that a service has on a stream, for the subjects it hears there.

    A single subject is said as one: the client asks for such a consumer under a subject that names it, so the server
    can allow one subject of a stream and refuse the others.
    """
    heard = sorted(subjects)
    return api.ConsumerConfig(
        name=service,
        durable_name=service,
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=pace.ack_wait,
        max_ack_pending=pace.pending,
        max_deliver=-1,
        filter_subject=heard[0] if len(heard) == 1 else None,
        filter_subjects=heard if len(heard) > 1 else None,
    )


async def bring_about(jetstream: JetStreamContext, name: str, config: api.StreamConfig) -> api.StreamInfo:
    """Make a stream, or mend what differs; gives what the server says of it. Only whose it is may mend it.

    A stream that somebody made larger stays so. Raises `StreamDrift` when the difference cannot be mended, or the
    stream acknowledges before it has written.
    """
    info = await found_or_made(jetstream, name, config)
    found = info.config
    if str(found.persist_mode or "").endswith("async"):
        raise StreamDrift(f"The stream {name} acknowledges before it has written (persist_mode async).")
    wrong = _differences(config, found)
    if (found.max_bytes or 0) > (config.max_bytes or 0):
        wrong.remove("max_bytes")
    if not wrong:
        return info
    log.warning("the stream %s is not as it should be: %s", name, ", ".join(wrong))
    try:
        return await jetstream.update_stream(found.evolve(**{name: getattr(config, name) for name in wrong}))
    except (BadRequestError, ServerError) as error:
        raise StreamDrift(f"The stream {name} cannot be mended ({', '.join(wrong)}): {error}") from error


async def found_or_made(jetstream: JetStreamContext, name: str, config: api.StreamConfig) -> api.StreamInfo:
    """Look for a stream, and make it where whose it is has not come yet. Several may do so at once."""
    try:
        return await jetstream.stream_info(name)
    except NotFoundError:
        try:
            return await jetstream.add_stream(config)
        except BadRequestError:
            # Somebody else was quicker, with a definition that differs a little; ours is compared with it.
            return await jetstream.stream_info(name)


def warn_when_filling(info: api.StreamInfo) -> float:
    """Say how full a stream is (1 is full), with a warning from 70 % on."""
    most = info.config.max_bytes or 0
    fill = round(info.state.bytes / most, 3) if most > 0 else 0.0
    if fill >= ALARM:
        log.warning(
            "the stream %s is %.0f %% full; before it is, give it more room: nats stream edit %s --max-bytes=%d",
            info.config.name,
            fill * 100,
            info.config.name,
            most * 2,
        )
    return fill


async def bring_about_durable(jetstream: JetStreamContext, stream: str, config: api.ConsumerConfig) -> None:
    """Make a durable consumer, or mend what differs; creating with new settings updates (ADR-42, action unset).

    Raises `StreamDrift` when the server refuses, or kept what differs.
    """
    try:
        info = await jetstream.add_consumer(stream, config)
    except (BadRequestError, ServerError) as error:
        raise StreamDrift(f"The consumer {config.durable_name} on {stream} cannot be mended: {error}") from error
    wrong = _differences(config, info.config)
    if wrong:
        raise StreamDrift(f"The consumer {config.durable_name} on {stream} keeps other settings: {', '.join(wrong)}.")
    if info.paused:
        name = config.durable_name
        log.error(
            "somebody paused %s on %s: nothing is heard until: nats consumer resume %s %s", name, stream, stream, name
        )


def _stream(name: str, subject: str, **more: Any) -> api.StreamConfig:
    # The server sets max_bytes aside: together they must fit on a small disk.
    settings = {"max_bytes": 256 * MEGABYTE, "max_msgs_per_subject": -1, "max_msg_size": LARGEST_MESSAGE} | more
    return api.StreamConfig(
        name=name,
        subjects=[subject],
        storage=api.StorageType.FILE,
        retention=api.RetentionPolicy.LIMITS,
        discard=api.DiscardPolicy.NEW,
        max_age=0,
        duplicate_window=DEDUPE_SECONDS,
        allow_direct=True,
        allow_atomic=True,
        num_replicas=1,
        max_msgs=-1,
        max_consumers=-1,
        **settings,
    )


def _differences(wanted: Any, found: Any) -> list[str]:
    """Name the settings that we define and the server has otherwise."""
    return [
        name
        for name, value in vars(wanted).items()
        if (value is not None or name in NEVER) and _plain(value) != _plain(getattr(found, name))
    ]


def _plain(value: Any) -> Any:
    """Make an enumeration, a list and a missing value comparable with what the server writes."""
    if isinstance(value, list):
        return sorted(value)
    return getattr(value, "value", value) or None
