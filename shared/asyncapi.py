"""What a service tells and hears as an AsyncAPI 3.0 document: channels, headers, JSON Schemas, and the streams."""

from collections.abc import Iterable
from typing import Any

from shared.messages import TYPES, Message

HEADERS: dict[str, tuple[str, bool]] = {
    "ce-specversion": ("The version of CloudEvents: 1.0.", True),
    "ce-id": ("The message's own id (UUIDv7); a repeat has the same one.", True),
    "ce-source": ("Who tells: /osiedle/<service>, or /municipal/<partner>.", True),
    "ce-type": ("The type of the message.", True),
    "ce-time": ("When the fact was committed (RFC 3339).", True),
    "ce-subject": ("The id of what it speaks of.", True),
    "ce-datacontenttype": ("application/json.", True),
    "ce-dataschema": ("Where the JSON Schema of the body stands.", False),
    "ce-partitionkey": ("Messages with the same key are in order.", True),
    "ce-sequence": ("The version of what it speaks of, after the fact.", True),
    "ce-correlationid": ("The request or message at the head of the chain.", True),
    "ce-causationid": ("The message that caused this one.", False),
    "ce-traceparent": ("W3C trace context.", False),
    "Nats-Msg-Id": ("Source and id, for deduplication in the stream.", True),
    "Nats-Expected-Stream": ("The stream, so that nothing goes astray.", True),
}


def document(service: str, heard: Iterable[str], *, server: str = "nats:4222", version: str = "1") -> dict[str, Any]:
    """Make the document of one service; `heard` are the types of messages that it hears (`bus.heard_types`)."""
    told = told_by(service)
    both = {message.type: message for message in [*told, *(TYPES[type_name] for type_name in heard)]}
    operations = {_key("tell", message): _operation("send", message) for message in told}
    operations |= {_key("hear", TYPES[name]): _operation("receive", TYPES[name]) for name in heard}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Osiedle: what {service} tells and hears", "version": version},
        "defaultContentType": "application/json",
        "servers": {"bus": {"host": server, "protocol": "nats"}},
        "channels": {name: _channel(message) for name, message in both.items()},
        "operations": operations,
        "components": {
            "messages": {name: _message(message) for name, message in both.items()},
            "schemas": {"headers": _headers()},
        },
    }


def told_by(owner: str) -> list[type[Message]]:
    """Give the messages that a service, or `municipal` for the partners, tells."""
    return [message for message in TYPES.values() if message.owner == owner]


def shown_by(service: str, heard: Iterable[str]) -> dict[str, type[Message]]:
    """Give, by type, the messages whose schemas a service shows: its own, and the partners' if it has their doors."""
    at_its_doors = [TYPES[name] for name in heard if TYPES[name].owner == "municipal"]
    return {message.type: message for message in [*told_by(service), *at_its_doors]}


def schema_of(message: type[Message]) -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a message's body, as a listener may rely on it."""
    return message.model_json_schema(mode="validation")


def _key(verb: str, message: type[Message]) -> str:
    return f"{verb}-{message.type}"


def _channel(message: type[Message]) -> dict[str, Any]:
    parameters = {"id": {"description": "The id of what the message speaks of."}}
    if message.owner == "municipal":
        parameters["partner"] = {"description": "The municipal system."}
    return {
        "address": message.subject_pattern(),
        "parameters": parameters,
        "messages": {message.type: {"$ref": f"#/components/messages/{message.type}"}},
        "x-jetstream": {"stream": "MUNICIPAL_{PARTNER}" if message.owner == "municipal" else message.stream},
    }


def _operation(action: str, message: type[Message]) -> dict[str, Any]:
    channel = f"#/channels/{message.type}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{message.type}"}],
    }


def _message(message: type[Message]) -> dict[str, Any]:
    return {
        "name": message.type,
        "summary": summary_of(message),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": schema_of(message)},
    }


def summary_of(message: type[Message]) -> str:
    """Give the first sentence of what the class says of itself."""
    return (message.__doc__ or "").strip().partition("\n")[0]


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name, (_, is_required) in HEADERS.items() if is_required],
        "properties": {name: {"type": "string", "description": what} for name, (what, _) in HEADERS.items()},
    }
