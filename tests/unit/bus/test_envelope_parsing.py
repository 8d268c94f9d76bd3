"""Whatever comes in at the bus, through our own door or the municipal one: a message, or `Malformed`."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared import outbox
from shared.envelope import STRUCTURED, Malformed, encoded, opened, opened_at_the_municipal_door
from shared.messages import TYPES, Envelope, Message
from shared.messages.municipal import ClosureAnnounced
from tests.unit.bus.test_envelope import CLOSURE, NOON, PROBLEM

ATTRIBUTES = ["id", "source", "type", "time", "subject", "sequence", "partitionkey", "correlationid", "causationid"]
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from([*TYPES, "9" * 30, "-1", "0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "%", "%FF%00"]),
)
HEADERS = st.dictionaries(st.sampled_from([f"ce-{name}" for name in ATTRIBUTES] + ["CE-ID", "content-type"]), VALUES)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)


def changed(body: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Give this body with some of its fields as they should not be."""
    changes = st.dictionaries(st.sampled_from(sorted(body)), ANY_JSON, max_size=3)
    return changes.map(lambda change: json.dumps({**body, **change}).encode())


def sound(head: Envelope, message: Message) -> None:
    """Assert that what was opened can be kept in a database and told on."""
    assert isinstance(message, Message)
    assert -(2**63) <= head.sequence < 2**63
    assert head.time.tzinfo is not None
    for text in (head.id, head.source, head.type, head.subject, message.id):
        assert text.encode()
        assert "\0" not in text


def told(refused: Malformed) -> None:
    """Assert that a partner is told what was wrong."""
    assert refused.faults
    assert all(fault.message for fault in refused.faults)


@given(HEADERS, st.one_of(st.binary(max_size=200), changed(json.loads(PROBLEM.model_dump_json()))))
@example({"ce-sequence": "9" * 5000}, PROBLEM.model_dump_json().encode())
@example({"ce-subject": "%00"}, PROBLEM.model_dump_json().encode())
@example({}, b"[" * 100_000)
def test_what_comes_through_our_own_door_is_a_message_or_malformed(headers: dict[str, str], body: bytes):
    whole = {**encoded(outbox.headers_of(PROBLEM, "registry", "m1", NOON)), **headers}
    try:
        head, message = opened(whole, body)
    except Malformed:
        return
    sound(head, message)


@given(HEADERS, st.one_of(st.binary(max_size=200), changed(CLOSURE)))
@example({}, json.dumps({**CLOSURE, "id": "\0"}).encode())
@example({}, json.dumps({**CLOSURE, "id": "\ud800"}).encode())
@example({}, json.dumps({**CLOSURE, "id": "x" * 100_000}).encode())
def test_what_a_partner_sends_is_a_message_or_malformed(headers: dict[str, str], body: bytes):
    sent = {"ce-type": "municipal.closure.announced.v1", "ce-id": "7", **headers}
    try:
        head, message = opened_at_the_municipal_door("roads", sent, body)
    except Malformed as refused:
        return told(refused)
    assert head.source == "/municipal/roads"
    sound(head, message)


WHOLE = {"specversion": "1.0", "type": "municipal.closure.announced.v1", "id": "7", "source": "x", "data": CLOSURE}


@given(st.one_of(st.binary(max_size=200), ANY_JSON.map(lambda value: json.dumps(value).encode()), changed(WHOLE)))
@example(b"[" * 100_000)
@example(b'{"data":' * 50_000)
@example(b'{"id": ' + b"9" * 10_000 + b"}")
@example(json.dumps({**WHOLE, "id": "\ud800"}).encode())
@example(json.dumps({**WHOLE, "id": "\0"}).encode())
@example(json.dumps({**WHOLE, "source": "/osiedle/registry"}).encode())
def test_a_structured_event_is_a_message_or_malformed(body: bytes):
    try:
        head, message = opened_at_the_municipal_door("roads", {"content-type": STRUCTURED}, body)
    except Malformed as refused:
        return told(refused)
    assert head.source == "/municipal/roads"
    sound(head, message)


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_is_right_is_opened(wrapped: bool):
    headers = {"content-type": STRUCTURED} if wrapped else {"ce-type": str(WHOLE["type"]), "ce-id": "7"}
    body = json.dumps(WHOLE if wrapped else CLOSURE).encode()
    head, message = opened_at_the_municipal_door("roads", headers, body)
    assert isinstance(message, ClosureAnnounced)
    sound(head, message)
