"""The envelope in headers: CloudEvents 1.0 in binary mode, after the NATS protocol binding."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote, unquote

from pydantic import ValidationError

from shared import clock
from shared.malformed import UNKEEPABLE, Fault, Malformed, malformed, pointer_of, strict_json
from shared.messages import TYPES, Envelope, Message, municipal

__all__ = ["Fault", "Malformed", "attributes", "encoded", "identity", "opened", "opened_at_the_municipal_door"]

PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""What travels as it is; a space, a quote, a percent sign and all else is percent-encoded (HTTP binding §3.1.3.2)."""
Types = Mapping[str, type[Message]]
STRUCTURED = "application/cloudevents+json"
LARGEST_MUNICIPAL_BODY = 64 * 1024
LONGEST_ID = 200
"""The inbox keeps so many characters of a message's id."""
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def encoded(headers: Mapping[str, str]) -> dict[str, str]:
    """Percent-encode the CloudEvents headers, so that Polish letters survive; NATS' own headers stay as they are."""
    return {
        name: quote(value, safe=PRINTABLE, encoding="utf-8") if name.startswith("ce-") else value
        for name, value in headers.items()
    }


def attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """Read the CloudEvents attributes out of headers, decoded, names in lower case and without their `ce-`."""
    return {
        attribute: unquote(value, encoding="utf-8", errors="replace") if "%" in value else value
        for name, value in headers.items()
        if (attribute := _attribute(name))
    }


@lru_cache(maxsize=256)
def _attribute(header: str) -> str:
    """Give the attribute that a header tells; none, where it is not one of CloudEvents."""
    return header[3:].lower() if header[:3].lower() == "ce-" else ""


def opened(headers: Mapping[str, str], body: bytes, types: Types = TYPES) -> tuple[Envelope, Message]:
    """Read envelope and message as our own services write them. Raises `Malformed`, saying what is wrong."""
    found = attributes(headers)
    head, message = _envelope(found), _message(found.get("type", ""), body, types)
    if head.source != f"/osiedle/{message.owner}":
        raise Malformed(f"{head.source[:100]!r} says what only /osiedle/{message.owner} may say: {head.type}.")
    return head, message


def opened_at_the_municipal_door(partner: str, headers: Mapping[str, str], body: bytes) -> tuple[Envelope, Message]:
    """Read what a partner sent, binary or structured; whatever source it claims, it is the partner's own.

    Only `type` and `id` must be there: partners write with plain clients. Everything else is looked at strictly.
    Raises `Malformed`; its pointers lead into the body as it was sent.
    """
    found, data, at = attributes(headers), strict_json(body, LARGEST_MUNICIPAL_BODY), ""
    is_structured = _content_type(headers).lower().startswith(STRUCTURED)
    if is_structured:
        found, data, at = *_unfolded(data), "/data"
    if faults := list(_attribute_faults(found)):
        raise malformed("The envelope is not right", [(f"/{name}" * is_structured, what) for name, what in faults])
    message = _municipal_message(found["type"], data, at)
    found |= {"source": f"/municipal/{partner}"}
    found.setdefault("time", clock.now().isoformat())
    found |= {"subject": message.id, "partitionkey": message.id, "sequence": str(message.version)}
    found.setdefault("correlationid", found["id"])
    return _envelope(found), message


def _attribute_faults(found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Say what is wrong with the attributes that a partner wrote, by their names."""
    if found.get("specversion", "1.0") != "1.0":
        yield "specversion", "the version of CloudEvents taken here is 1.0"
    if not 0 < len(found.get("id", "")) <= LONGEST_ID:
        yield "id", f"ce-id is missing, or longer than {LONGEST_ID} characters"
    if not found.get("type"):
        yield "type", "ce-type is missing"
    elif found["type"] not in municipal.TYPES:
        yield "type", _unknown(found["type"], municipal.TYPES)
    try:
        _instant(found.get("time", "2000-01-01T00:00:00Z"))
    except (ValueError, OverflowError):
        yield "time", "write a time as in RFC 3339: 2026-11-25T08:00:00+01:00"
    for name, value in found.items():
        if UNKEEPABLE.search(value):
            yield name[:100], "a character that cannot be kept"


def _municipal_message(type_name: str, data: Any, at: str) -> Message:
    kind = municipal.TYPES[type_name]
    # A withdrawal may repeat the whole announcement; else a name that nobody reads is a slip of somebody's pen.
    extra: Literal["ignore", "forbid"] = "ignore" if issubclass(kind, municipal.Withdrawal) else "forbid"
    data = municipal.as_sent_here(kind, data)
    try:
        message = kind.model_validate_json(json.dumps(data), strict=True, extra=extra)
    except ValidationError as error:
        raise _not_a(type_name, error, at) from error
    faults = [
        (f"/{name}", "write a time as in RFC 3339: 2026-11-25T08:00:00+01:00")
        for name, value in message
        if isinstance(value, datetime) and not RFC3339.fullmatch(data[name])
    ]
    faults += municipal.faults_of(message, clock.now())
    if faults:
        raise malformed(f"The body is not a good {type_name}", [(f"{at}{pointer}", what) for pointer, what in faults])
    return message


def identity(headers: Mapping[str, str]) -> tuple[str, str]:
    """Give source and message id as far as the headers tell them; for what is too broken to open."""
    found = attributes(headers)
    return found.get("source", ""), found.get("id", "")


def _envelope(found: Mapping[str, str]) -> Envelope:
    _refuse_unkeepable("\n".join(found.values()))
    try:
        return Envelope(
            id=_needed(found, "id"),
            source=_needed(found, "source"),
            type=_needed(found, "type"),
            time=_instant(_needed(found, "time")),
            subject=_needed(found, "subject"),
            sequence=_number(found.get("sequence", "1")),
            partition_key=found.get("partitionkey") or _needed(found, "subject"),
            correlation_id=found.get("correlationid") or _needed(found, "id"),
            causation_id=found.get("causationid"),
            traceparent=found.get("traceparent"),
        )
    except (ValueError, OverflowError, ValidationError) as error:
        raise Malformed(f"The envelope is not right: {error}") from error


def _needed(found: Mapping[str, str], name: str) -> str:
    value = found.get(name)
    if not value:
        raise Malformed(f"The header ce-{name} is missing.")
    return value


def _instant(text: str) -> datetime:
    """Read an instant (RFC 3339); raises `ValueError` without an offset, `OverflowError` where no calendar has it."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("ce-time needs an offset from UTC")
    return instant.astimezone(UTC)


def _number(text: str) -> int:
    """Read a number that every database can hold; raises `ValueError`."""
    number = int(text)
    if abs(number) >= 2**63:
        raise ValueError("ce-sequence is too large")
    return number


def _refuse_unkeepable(text: str) -> None:
    """Refuse a text that no database keeps: with the character NUL, or halves of characters (surrogates)."""
    if ("\0" in text or not text.isascii()) and UNKEEPABLE.search(text):
        raise Malformed("A text has a character that cannot be kept.")


def _message(type_name: str, body: bytes, types: Types) -> Message:
    message = types.get(type_name)
    if message is None:
        raise Malformed(_unknown(type_name, types))
    try:
        read = message.model_validate_json(body)
    except ValidationError as error:
        raise _not_a(type_name, error) from error
    _refuse_unkeepable(read.id)
    return read


def _unknown(type_name: str, known: Iterable[str]) -> str:
    """Say that nobody knows a type, and which other versions of it are known."""
    others = [name for name in known if name.rpartition(".")[0] == type_name.rpartition(".")[0]]
    hint = f" only {', '.join(others)}" if others else ""
    return f"Nobody knows the type {type_name[:100]!r}" + (f",{hint}." if hint else ".")


def _not_a(type_name: str, error: ValidationError, at: str = "") -> Malformed:
    faults = [(at + pointer_of(fault["loc"]), fault["msg"]) for fault in error.errors(include_input=False)]
    return malformed(f"The body is not a {type_name}", faults)


def _content_type(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "")


def _unfolded(whole: Any) -> tuple[dict[str, str], Any]:
    """Split a structured CloudEvent (JSON format §3) into its attributes and its data."""
    if not isinstance(whole, dict):
        raise malformed("The envelope is not right", [("", "a structured CloudEvent is a JSON object")])
    return {name.lower(): str(value) for name, value in whole.items() if name != "data"}, whole.get("data")
