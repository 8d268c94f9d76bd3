"""What a partner sends is looked at strictly: each fault is told with a pointer into the body as it was sent."""

import json
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.envelope import LARGEST_MUNICIPAL_BODY, STRUCTURED, Fault, Malformed, opened_at_the_municipal_door
from shared.messages import TYPES, municipal
from tests.unit.bus.test_envelope import CLOSURE

ANNOUNCED = "municipal.closure.announced.v1"
EVENT = {key: CLOSURE[key] for key in ("id", "title", "starts_at", "ends_at")}
FAR = (clock.now() + timedelta(days=5000)).isoformat()


def faults(body: Any, kind: str = ANNOUNCED, **headers: str) -> tuple[Fault, ...]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Malformed) as refused:
        opened_at_the_municipal_door("roads", {"ce-type": kind, "ce-id": "7", **headers}, sent)
    assert all(fault.message in str(refused.value) for fault in refused.value.faults)
    return refused.value.faults


def pointers(body: Any, kind: str = ANNOUNCED, **headers: str) -> list[str]:
    return [fault.pointer for fault in faults(body, kind, **headers)]


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/colour", {"colour": "red"}),
        ("/a~1b~0", {"a/b~": 1}),
        ("/title/de", {"title": {"pl": "Remont", "de": "Bau"}}),
        ("/title", {"title": "Remont"}),
        ("/title/pl", {"title": {"pl": ""}}),
        ("/title/pl", {"title": {"pl": "x" * 501}}),
        ("/title/en", {"title": {"pl": "x", "en": "\0"}}),
        ("/title/pl", {"title": {"pl": "\ud800"}}),
        ("/starts_at", {"starts_at": 1_700_000_000}),
        ("/starts_at", {"starts_at": "1700000000"}),
        ("/starts_at", {"starts_at": "2026-11-25T08:00:00"}),
        ("/starts_at", {"starts_at": "1999-12-31T23:00:00Z", "ends_at": "2000-01-02T00:00:00Z"}),
        ("/starts_at", {"starts_at": FAR, "ends_at": FAR.replace("+00:00", "-01:00")}),
        ("/ends_at", {"ends_at": CLOSURE["starts_at"]}),
        ("/ends_at", {"ends_at": "2226-11-25T16:00:00+01:00"}),
        ("/zone", {"zone": "Europe/Krakow"}),
        ("/zone", {"zone": "../../etc/passwd"}),
        ("/latitude", {"latitude": 0, "longitude": 0}),
        ("/latitude", {"latitude": 90.1}),
        ("/latitude", {"latitude": "50.08"}),
        ("/longitude", {"longitude": None}),
        ("/radius_m", {"radius_m": 0}),
        ("/radius_m", {"radius_m": 20_001}),
        ("/radius_m", {"radius_m": 100.5}),
        ("/url", {"url": "javascript:alert(1)"}),
        ("/url", {"url": "https://krakow.pl/" + "x" * 2000}),
        ("/version", {"version": 0}),
        ("/version", {"version": 2**31}),
        ("/version", {"version": True}),
        *(("/id", {"id": wrong}) for wrong in ("", "a.b", "a b", "*", ">", "ż", "a\n", "x" * 101, 7)),
    ],
)
def test_a_wrong_field_is_told_by_its_pointer(pointer, change):
    """Fails when the model alone judges (lax numbers, times, zones and names pass), or when `strict` is left out."""
    assert pointers(CLOSURE | change) == [pointer]


def test_all_faults_are_told_together():
    """Fails where the first fault ends the look, or where a stranger decides how long an answer is."""
    assert pointers(CLOSURE | {"zone": "x", "id": "a.b", "ends_at": CLOSURE["starts_at"]}) == [
        "/id",
        "/ends_at",
        "/zone",
    ]
    many = pointers(CLOSURE | {f"x{number}": 1 for number in range(1000)})
    assert len(many) == 20


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/longitude", {"latitude": 50.0}),
        ("/latitude", {"longitude": 20.0}),
        ("/audiences/1", {"audiences": ["seniors", "dogs"]}),
        ("/rrule", {"rrule": "FREQ=DAILY"}),
    ],
)
def test_a_wrong_field_of_an_event_is_told(pointer, change):
    """Fails when half a point passes: the fact then has no place, and no conflict is ever found."""
    assert pointers(EVENT | change, "municipal.event.planned.v1") == [pointer]


def test_an_event_without_a_point_and_a_withdrawal_that_repeats_everything_are_good():
    """Fails where every name that nobody reads is refused: systems withdraw by sending the whole once more."""
    for kind, body in (("event.planned", EVENT), ("closure.withdrawn", CLOSURE), ("event.cancelled", EVENT)):
        head, _ = opened_at_the_municipal_door(
            "roads", {"ce-type": f"municipal.{kind}.v1", "ce-id": "7"}, json.dumps(body).encode()
        )
        assert head.subject == "c1"


def test_an_event_in_the_form_of_the_calendars_own_api_is_good():
    """Fails where every name that nobody reads is refused: systems that send us events also read ours."""
    whole = EVENT | {"title": "Koncert", "rrule": None, "venue_id": None, "host_ids": [], "status": "confirmed"}
    body = json.dumps(whole | {"kind": "feast", "funding": [], "outcome": None}).encode()
    headers = {"ce-type": "municipal.event.planned.v1", "ce-id": "7"}
    _, message = opened_at_the_municipal_door("culture", headers, body)
    assert message.model_dump(include={"title", "kind"}) == {"title": {"pl": "Koncert", "en": None}, "kind": "feast"}


@pytest.mark.parametrize("kind", sorted(set(TYPES) - set(municipal.TYPES)))
def test_a_partner_speaks_for_no_service(kind):
    """Fails when the door knows every type: a partner then erases people, or publishes keys that sign tokens."""
    [fault] = faults({"id": "p1", "version": 9}, kind)
    assert "Nobody knows the type" in fault.message


def test_an_unknown_version_names_the_known_one():
    """Fails where all that is unknown is told alike: a partner that is ahead could not see it."""
    [fault] = faults(CLOSURE, "municipal.closure.announced.v9")
    known = "municipal.closure.announced.v1"
    assert fault.message == f"Nobody knows the type 'municipal.closure.announced.v9', only {known}."


def test_what_is_too_large_or_too_deep_is_not_read():
    """Fails without a limit of size or depth, or where a parser that gives up (`RecursionError`) is let through."""
    assert "65537 bytes" in faults(b" " * (LARGEST_MUNICIPAL_BODY + 1))[0].message
    for body in (b"[" * 60_000, b'{"data":' * 5_000, b'{"a":' * 9 + b"1" + b"}" * 9):
        assert "at most 8 levels" in faults(body)[0].message


def test_a_body_that_could_be_read_in_two_ways_is_refused():
    """Fails with a plain `json.loads`: the last name wins here, the first one elsewhere."""
    for body in (b'{"id": "a", "id": "b"}', b'{"latitude": NaN}'):
        assert pointers(body) == [""]


@pytest.mark.parametrize("headers", [{"ce-id": ""}, {"ce-id": "x" * 201}, {"ce-specversion": "0.3"}])
def test_a_wrong_attribute_is_told(headers):
    """Fails where attributes only have to be there: the inbox would be asked to keep an id that it cannot."""
    assert pointers(CLOSURE, **headers) == [""]


def test_pointers_of_a_structured_event_lead_into_the_whole():
    """Fails where a pointer leads into the data alone, or where a fault of the envelope has none."""
    whole = {"specversion": "1.0", "type": ANNOUNCED, "id": "7", "source": "x", "data": CLOSURE}
    structured = {"Content-Type": STRUCTURED}
    assert pointers(whole | {"data": CLOSURE | {"zone": "x", "colour": 1}}, **structured) == ["/data/colour"]
    assert pointers(whole | {"data": CLOSURE | {"zone": "x"}}, **structured) == ["/data/zone"]
    assert pointers(whole | {"id": "", "type": "x"}, **structured) == ["/id", "/type"]
    assert pointers(whole | {"time": "noon"}, **structured) == ["/time"]
    assert pointers([whole], **structured) == [""]
