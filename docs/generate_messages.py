"""Writes `docs/messages.md`, the schema of each message and the AsyncAPI document of each service.

`python -m docs.generate_messages` refuses a change that would break a listener: a published class may only gain
optional fields, and stays on its subject and stream.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from shared.asyncapi import document, schema_of, summary_of, told_by
from shared.messages import TYPES, Message
from shared.streams import SERVICES

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "messages.md"
SCHEMAS = ROOT / "tests" / "unit" / "messages"
DOCUMENTS = ROOT / "docs" / "asyncapi"
OPENING = """# Messages

What the services tell each other, on NATS JetStream. Made by `python -m docs.generate_messages`; do not edit.
The body is JSON, the envelope is CloudEvents 1.0 in headers (`ce-…`). Each service's `/<service>/asyncapi.json` says
the same for programs. A type never changes except by an optional field; anything else is a new type, `.v2`, beside it.
"""


def page() -> str:
    """Write the page: by teller, each message with its subject, stream and fields."""
    parts = [OPENING]
    for owner in dict.fromkeys(message.owner for message in TYPES.values()):
        parts.append(f"## {owner}\n")
        parts += [_section(message) for message in told_by(owner)]
    return "\n".join(parts)


def _section(message: type[Message]) -> str:
    schema = schema_of(message)
    required = set(schema.get("required", ()))
    lines = [
        f"### `{message.type}`\n",
        f"{summary_of(message)}\n",
        f"Subject `{message.subject_pattern()}`, stream `{message.stream}`.\n",
        "| field | is | |",
        "| --- | --- | --- |",
    ]
    for name, field in schema["properties"].items():
        lines.append(f"| `{name}` | {_kind(field)} | {'' if name in required else 'optional'} |")
    return "\n".join([*lines, ""])


def _kind(field: dict[str, Any]) -> str:
    """Say in a few words what a field holds."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " or ".join(_kind(choice) for choice in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    return str(field.get("format") or field.get("type") or "any")


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Say how a new schema would break those who rely on the old one; nothing is well."""
    faults = _object_breaks("", old, new)
    for name, definition in old.get("$defs", {}).items():
        faults += _object_breaks(f"{name}.", definition, new.get("$defs", {}).get(name, {}))
    return faults


def _object_breaks(where: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    if "properties" not in old:
        return [] if _bare(old) == _bare(new) else [f"{where or 'it'} is something else now"]
    properties = new.get("properties", {})
    faults = [
        f"{where}{name} is {'something else now' if name in properties else 'gone'}"
        for name, field in old["properties"].items()
        if _bare(field) != _bare(properties.get(name, {}))
    ]
    if set(old.get("required", ())) != set(new.get("required", ())):
        changed = set(old.get("required", ())) ^ set(new.get("required", ()))
        faults.append(f"{where}{', '.join(sorted(changed))}: what must be there has changed")
    return faults


def _bare(schema: Any) -> Any:
    """Leave out words for people."""
    if isinstance(schema, dict):
        return {name: _bare(value) for name, value in schema.items() if name not in ("title", "description")}
    return [_bare(value) for value in schema] if isinstance(schema, list) else schema


def described(service: str) -> dict[str, Any]:
    """Make the AsyncAPI document of a service as it is wired; nothing is started."""
    settings = importlib.import_module(f"services.{service}.settings").Settings(connected=False)
    app = importlib.import_module(f"services.{service}.app").create_app(settings)
    return document(service, app.state.bus.heard_types)


def moved(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Say which channels of an AsyncAPI document are on another subject or stream than before."""
    both = old["channels"].keys() & new["channels"].keys()
    facts = ("address", "x-jetstream")
    return sorted(name for name in both if any(old["channels"][name][f] != new["channels"][name][f] for f in facts))


def main() -> int:
    """Write all, unless something breaks."""
    faults = []
    for type_name, message in TYPES.items():
        file, schema = SCHEMAS / f"{type_name}.json", schema_of(message)
        broken = breaks(json.loads(file.read_text()), schema) if file.exists() else []
        faults += [f"{type_name}: {'; '.join(broken)}. Write a new type beside it."] if broken else _write(file, schema)
    for service in SERVICES:
        file, said = DOCUMENTS / f"{service}.json", described(service)
        elsewhere = moved(json.loads(file.read_text()), said) if file.exists() else []
        faults += [f"{', '.join(elsewhere)}: not where it was."] if elsewhere else _write(file, said)
    PAGE.write_text(page())
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def _write(file: Path, document: dict[str, Any]) -> list[str]:
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return []


if __name__ == "__main__":
    sys.exit(main())
