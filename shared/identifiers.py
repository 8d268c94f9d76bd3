"""The one way to make an identifier: a UUIDv7, so that keys sort by the time they were made."""

import uuid

import uuid_utils


def new_id() -> str:
    """Make a UUIDv7 (RFC 9562 §5.7) in its 36-character text form."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Say whether `text` is a UUID in the form that `new_id` writes."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
