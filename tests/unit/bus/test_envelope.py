"""The envelope in headers: everything comes back as it was, and what is broken says what is wrong with it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import envelope, outbox
from shared.envelope import Malformed, attributes, encoded, opened, opened_at_the_municipal_door
from shared.messages.municipal import ClosureAnnounced
from shared.messages.registry import ProblemNamed

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROBLEM = ProblemNamed(id="p1", version=3, title="Żółta kałuża", url="/registry/problems/p1")
CLOSURE = {
    "id": "c1",
    "title": {"pl": "Ulica zamknięta"},
    "starts_at": "2026-11-25T08:00:00+01:00",
    "ends_at": "2026-11-25T16:00:00+01:00",
    "latitude": 50.08,
    "longitude": 19.92,
}


def headers(**more):
    return outbox.headers_of(PROBLEM, "registry", "m1", NOON) | more


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_in_a_header_and_travels_as_ascii(text):
    sent = encoded({"ce-subject": text})
    assert sent["ce-subject"].isascii()
    assert sent["ce-subject"].isprintable()
    assert attributes(sent) == {"subject": text}


def test_polish_letters_are_percent_encoded_as_the_binding_says():
    assert encoded({"ce-subject": "Żółć 5%"})["ce-subject"] == "%C5%BB%C3%B3%C5%82%C4%87%205%25"


def test_headers_of_nats_stay_as_they_are():
    assert encoded(headers())["Nats-Msg-Id"] == "/osiedle/registry/m1"


def test_what_was_sent_is_what_is_opened():
    head, message = opened(encoded(headers()), PROBLEM.model_dump_json().encode())
    assert message == PROBLEM
    assert (head.id, head.source, head.type) == ("m1", "/osiedle/registry", "registry.problem.named.v1")
    assert (head.subject, head.sequence, head.partition_key, head.time) == ("p1", 3, "p1", NOON)
    assert (head.correlation_id, head.causation_id) == ("m1", None)


def test_a_listener_ignores_fields_that_it_does_not_know():
    body = json.loads(PROBLEM.model_dump_json()) | {"weather": "rain"}
    assert opened(headers(), json.dumps(body).encode())[1] == PROBLEM


@pytest.mark.parametrize(
    ("change", "body", "says"),
    [
        ({"ce-id": ""}, None, "ce-id is missing"),
        ({"ce-time": "yesterday"}, None, "The envelope is not right"),
        ({"ce-sequence": "many"}, None, "The envelope is not right"),
        ({"ce-type": "registry.problem.sung.v1"}, None, "Nobody knows the type"),
        ({"ce-source": "/osiedle/map"}, None, "'/osiedle/map' says what only /osiedle/registry may say"),
        ({"ce-source": "/municipal/roads"}, None, "says what only /osiedle/registry may say"),
        ({}, b"{", "The body is not a registry.problem.named.v1"),
        ({}, b'{"id": "p1"}', "/version: Field required"),
    ],
)
def test_what_is_broken_says_what_is_wrong(change, body, says):
    with pytest.raises(Malformed, match=says):
        opened(headers(**change), PROBLEM.model_dump_json().encode() if body is None else body)


def test_a_partner_needs_only_type_and_id_and_cannot_choose_its_source():
    sent = {"ce-type": "municipal.closure.announced.v1", "ce-id": "7", "ce-source": "/osiedle/registry"}
    head, message = opened_at_the_municipal_door("roads", sent, json.dumps(CLOSURE).encode())
    assert (head.source, head.id, head.subject, message.id) == ("/municipal/roads", "7", "c1", "c1")


def test_a_partner_may_send_the_structured_form():
    whole = {"specversion": "1.0", "type": "municipal.closure.announced.v1", "id": "7", "source": "x", "data": CLOSURE}
    sent = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
    head, message = opened_at_the_municipal_door("roads", sent, json.dumps(whole).encode())
    assert head.source == "/municipal/roads"
    assert isinstance(message, ClosureAnnounced)
    assert message.radius_m == 100


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"3"])
def test_a_structured_form_that_is_none_is_malformed(body):
    with pytest.raises(Malformed):
        opened_at_the_municipal_door("roads", {"content-type": envelope.STRUCTURED}, body)


def test_a_closure_around_no_place_on_earth_is_malformed():
    sent = {"ce-type": "municipal.closure.announced.v1", "ce-id": "7"}
    with pytest.raises(Malformed, match="/latitude"):
        opened_at_the_municipal_door("roads", sent, json.dumps(CLOSURE | {"latitude": 95}).encode())
