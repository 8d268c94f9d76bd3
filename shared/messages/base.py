"""What every message on the bus has in common: an immutable fact, its name, and its envelope (CloudEvents 1.0)."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

TYPE = re.compile(r"[a-z]+(\.[a-z_]+){2}\.v([1-9][0-9]*)")


class Value(BaseModel):
    """A plain, immutable value; a listener ignores fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Reason(Value):
    """Why something is so, as a code and its values; the sentence is made where it is shown."""

    code: str
    values: dict[str, Any] = {}


class Message(Value):
    """A fact that one service tells all others, in the past tense.

    `id` is the aggregate it speaks of and `version` that aggregate's version after the fact.
    A published class never changes except by an optional field; anything else is a new class, `…V2`.
    """

    type: ClassVar[str]
    """`<service>.<aggregate>.<verb in the past>.v<n>`, for instance `calendar.event.planned.v1`."""
    stream: ClassVar[str]
    """The JetStream stream that keeps it."""
    owner: ClassVar[str]
    """The service that tells it; `municipal` for partners."""
    type_version: ClassVar[int]
    """The `n` of its type."""

    id: str
    version: int

    @property
    def subject(self) -> str:
        """The NATS subject it travels on."""
        return f"osiedle.{self.type}.{self.id}"

    @classmethod
    def subject_pattern(cls) -> str:
        """Give the subject with its parameters in braces."""
        return f"osiedle.{cls.type}.{{id}}"

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Refuse a type that is not written as all are."""
        declared = cls.__dict__.get("type")
        if declared is None:
            return
        match = TYPE.fullmatch(declared)
        if match is None:
            raise TypeError(f"{declared!r} is not <service>.<aggregate>.<verb in the past>.v<n>")
        cls.type_version = int(match[2])


def by_type(messages: Iterable[type[Message]]) -> dict[str, type[Message]]:
    """Give every message by its type. Raises `ValueError` when two have the same one."""
    found: dict[str, type[Message]] = {}
    for message in messages:
        if message.type in found:
            raise ValueError(f"{message.type} is both {found[message.type].__name__} and {message.__name__}")
        found[message.type] = message
    return found


class Summary(Value):
    """One sentence in both languages."""

    pl: str
    en: str


class Describes(Value):
    """What a message says of itself, so that who tells people of it need know nothing of what it is about.

    With a `summary` it becomes an alert of kind `news` for the people of these organisations, and for these people,
    as soon as its type stands in `MESSAGES`. `severity` is `blocking`, `warning`, `information` or none.
    """

    summary: Summary | None = None
    organisation_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()
    severity: Literal["blocking", "warning", "information"] | None = None
    url: str = ""


class Envelope(Value):
    """What travels beside a message, as CloudEvents attributes in the headers."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    sequence: int
    partition_key: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


class ApiKeyUse(Message):
    """A program or feed showed its key (`id`) to this service; told at most once an hour. `version` counts hours."""

    used_at: datetime


class Erasure(Message):
    """This service holds nothing any more of a person (`id`) up to this version."""


class SetAside(Message):
    """This service could not take in a message; it is kept under `id` and waits for a decision."""

    heard_type: str
    heard_id: str
    heard_stream: str
    heard_sequence: int | None = None
    attempts: int
    fingerprint: str
    """The same for the same error; the error itself stays where the message is kept."""
