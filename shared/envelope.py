"""The envelope in headers: CloudEvents 1.0 in binary mode, after the NATS protocol binding."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from pydantic import ValidationError

from shared import clock
from shared.messages import TYPES, Envelope, Message

PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""What travels as it is; a space, a quote, a percent sign and all else is percent-encoded (HTTP binding §3.1.3.2)."""
UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
STRUCTURED = "application/cloudevents+json"


class Malformed(Exception):
    """These bytes are not a message that we know; trying again cannot help."""


def encoded(headers: Mapping[str, str]) -> dict[str, str]:
    """Percent-encode the CloudEvents headers, so that Polish letters survive; NATS' own headers stay as they are."""
    return {
        name: quote(value, safe=PRINTABLE, encoding="utf-8") if name.startswith("ce-") else value
        for name, value in headers.items()
    }


def attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """Read the CloudEvents attributes out of headers, decoded, names in lower case and without their `ce-`."""
    return {
        name[3:].lower(): unquote(value, encoding="utf-8", errors="replace") if "%" in value else value
        for name, value in headers.items()
        if name[:3].lower() == "ce-"
    }


def opened(headers: Mapping[str, str], body: bytes) -> tuple[Envelope, Message]:
    """Read envelope and message as our own services write them. Raises `Malformed`, saying what is wrong."""
    found = attributes(headers)
    return _envelope(found), _message(found.get("type", ""), body)


def opened_at_the_municipal_door(partner: str, headers: Mapping[str, str], body: bytes) -> tuple[Envelope, Message]:
    """Read what a partner sent, binary or structured; whatever source it claims, it is the partner's own.

    Only `type` and `id` must be there: partners write with plain clients. Raises `Malformed`.
    """
    found = attributes(headers)
    if _content_type(headers).startswith(STRUCTURED):
        found, body = _unfolded(body)
    found |= {"source": f"/municipal/{partner}"}
    message = _message(found.get("type", ""), body)
    found.setdefault("time", clock.now().isoformat())
    found |= {"subject": message.id, "partitionkey": message.id, "sequence": str(message.version)}
    found.setdefault("correlationid", found.get("id", ""))
    return _envelope(found), message


def identity(headers: Mapping[str, str]) -> tuple[str, str]:
    """Give source and message id as far as the headers tell them; for what is too broken to open."""
    found = attributes(headers)
    return found.get("source", ""), found.get("id", "")


def _envelope(found: Mapping[str, str]) -> Envelope:
    _refuse_unkeepable(found.values())
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


def _refuse_unkeepable(values: Iterable[object]) -> None:
    """Refuse texts that no database keeps: the character NUL, and halves of characters (surrogates)."""
    if UNKEEPABLE.search("\n".join(text for text in values if isinstance(text, str))):
        raise Malformed("A text has a character that cannot be kept.")


def _message(type_name: str, body: bytes) -> Message:
    message = TYPES.get(type_name)
    if message is None:
        raise Malformed(f"Nobody knows the type {type_name!r}.")
    try:
        read = message.model_validate_json(body)
    except ValidationError as error:
        places = "; ".join(f"/{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Malformed(f"The body is not a {type_name}: {places}") from error
    _refuse_unkeepable([read.id])
    return read


def _content_type(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "content-type"), "")


def _unfolded(body: bytes) -> tuple[dict[str, str], bytes]:
    """Split a structured CloudEvent (JSON format §3) into its attributes and the bytes of its data."""
    try:
        whole: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {error}") from error
    if not isinstance(whole, dict):
        raise Malformed("A structured CloudEvent is a JSON object.")
    data = whole.pop("data", None)
    return {name.lower(): str(value) for name, value in whole.items()}, json.dumps(data).encode()
