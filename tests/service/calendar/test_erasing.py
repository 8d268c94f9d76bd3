"""A person is erased: their events stay, and nobody is named as who planned, changed or accepted anything."""

import pytest

from shared.messages.calendar import ErasureConfirmed
from shared.messages.registry import PersonErased
from tests.builders import a_coordinator
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, hear_itself


@pytest.fixture
async def calendar(database_url, tmp_path):
    async with a_calendar(database_url, data=tmp_path) as service:
        yield service


async def test_events_stay_and_name_nobody(calendar):
    club = an_organisation()
    hall = a_venue(club.id, one_at_a_time=False, capacity=10)
    await calendar.deliver(club, hall)
    person = a_coordinator(club.id)
    headers = calendar.headers(person)
    body = an_event(venue_id=hall.id, host_ids=[club.id], expected_participants=9, leader_ids=[person.id])
    events = [
        (await calendar.client.post(f"{API}/events", json=body, headers={**headers, "Idempotency-Key": key})).json()
        for key in ("one", "two")
    ]
    await hear_itself(calendar)
    for conflict in (await calendar.client.get(f"{API}/conflicts")).json()["items"]:
        address = f"{API}/conflicts/{conflict['id']}/accept"
        assert (await calendar.client.post(address, json={"because": "Tak"}, headers=headers)).status_code == 200

    tag = {**headers, "If-Match": '"1"'}
    changed = await calendar.client.patch(f"{API}/events/{events[0]['id']}", json={"leader_ids": []}, headers=tag)
    assert changed.status_code == 200, changed.text

    await calendar.deliver(PersonErased(id=person.id, version=5))

    assert person.id not in "".join(str(row.changes) for row in await calendar.rows("history"))
    assert {row.by_person_id for row in await calendar.rows("event")} == {None}
    assert [row for row in await calendar.rows("claim") if row.kind == "person"] == []
    await calendar.run_job("check again")
    assert [row.state for row in await calendar.rows("conflict") if row.kind == "people"] == ["resolved"]
    assert {row.by_person_id for row in await calendar.rows("history")} == {None}
    assert {row.accepted_by_id for row in await calendar.rows("conflict")} == {None}
    assert await calendar.rows("idempotency_key") == []
    shown = (await calendar.client.get(f"{API}/events/{events[0]['id']}")).json()
    assert (shown["title"], shown["host_ids"]) == (events[0]["title"], [club.id])


async def test_what_others_did_still_has_their_name(calendar):
    club = an_organisation()
    await calendar.deliver(club)
    other = a_coordinator(club.id)
    body = an_event(host_ids=[club.id])
    answer = await calendar.client.post(
        f"{API}/events", json=body, headers={**calendar.headers(other), "Idempotency-Key": "k"}
    )
    assert answer.status_code == 201
    await calendar.deliver(PersonErased(id=a_coordinator(club.id).id, version=5))
    assert {row.by_person_id for row in await calendar.rows("event")} == {other.id}
    assert len(await calendar.rows("idempotency_key")) == 1


async def test_it_is_confirmed_once(calendar):
    person = a_coordinator()
    await calendar.deliver(PersonErased(id=person.id, version=5))
    await calendar.run_job("finish erasures")
    await calendar.run_job("finish erasures")
    assert [(one.id, one.version) for one in await calendar.outgoing(ErasureConfirmed)] == [(person.id, 5)]
