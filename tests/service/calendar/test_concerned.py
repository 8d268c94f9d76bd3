"""Messages name whom an event or a conflict concerns beside its hosts: owners of what is taken, and who is invited."""

from datetime import timedelta

from shared.messages.calendar import ConflictDetected, EventCancelled, EventMoved, EventPlanned
from tests.builders import a_coordinator
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)
from tests.service.calendar.calling import a_neighbourhood, told_of


async def test_whose_things_are_taken_is_named_unless_they_host_it(database_url):
    school, club, house = an_organisation(), an_organisation(), an_organisation()
    hall, screen = a_venue(school.id, one_at_a_time=False, capacity=50), a_resource(house.id, quantity=3)
    async with a_calendar(database_url) as it:
        await it.deliver(school, club, house, hall, screen)
        by = a_coordinator(club.id, school.id)
        taken = {"venue_id": hall.id, "borrowed": [{"resource_id": screen.id, "quantity": 1}]}
        for hosts in ([club.id], [club.id, school.id]):
            body = an_event(host_ids=hosts, expected_participants=40, **taken)
            answer = await it.client.post(f"{API}/events", json=body, headers=it.headers(by))
            assert answer.status_code == 201, answer.text
        first, second = await told_of(it, EventPlanned)
        await hear_itself(it)
        over_full = [one for one in await told_of(it, ConflictDetected) if one.kind == "venue"]

    assert first.owner_ids == (school.id, house.id)
    assert second.owner_ids == (house.id,)
    assert [(set(one.organisation_ids), one.owner_ids) for one in over_full] == [({club.id, school.id}, ())]


async def test_the_owner_of_a_venue_that_others_fill_is_named_in_their_conflict(database_url):
    school, club = an_organisation(), an_organisation()
    hall = a_venue(school.id, one_at_a_time=False, capacity=50)
    async with a_calendar(database_url) as it:
        await it.deliver(school, club, hall)
        for _ in range(2):
            body = an_event(host_ids=[club.id], expected_participants=40, venue_id=hall.id)
            await it.client.post(f"{API}/events", json=body, headers=it.headers(a_coordinator(club.id)))
        await hear_itself(it)
        [conflict] = [one for one in await told_of(it, ConflictDetected) if one.kind == "venue"]

    assert (conflict.organisation_ids, conflict.owner_ids) == ((club.id,), (school.id,))


async def test_who_is_invited_is_named_by_ids_alone_when_a_meeting_moves_or_is_cancelled(database_url):
    async with a_calendar(database_url, answers_per_minute=0) as it:
        town = await a_neighbourhood(it)
        starts_at = next_monday(9, weeks=2)
        body = an_event(starts_at, host_ids=[town.host_id], kind="meeting")
        headers = it.headers(town.by)
        event = (await it.client.post(f"{API}/events", json=body, headers=headers)).json()
        invited = [{"organisation_id": one, "required": False} for one in town.invited_ids[:2]]
        guests = [{"name": "Jan Nowak", "mail": "jan@example.org", "required": False}]
        path = f"{API}/meetings/{event['id']}/invitations"
        listed = await it.client.get(path, headers=headers)
        put = await it.client.put(path, json={"invited": invited + guests}, headers=headers | if_match(listed))
        assert put.status_code == 200, put.text
        address = f"{API}/events/{event['id']}"
        known = await it.client.get(address)
        later = {"starts_at": (starts_at + timedelta(hours=30)).isoformat()}
        later["ends_at"] = (starts_at + timedelta(hours=31)).isoformat()
        moved = await it.client.patch(address, json=later, headers=headers | if_match(known))
        assert moved.status_code == 200, moved.text
        cancelled = await it.client.post(f"{address}/cancel", headers=headers | if_match(moved))
        assert cancelled.status_code == 200, cancelled.text
        [planned] = await told_of(it, EventPlanned)
        [first], [last] = await told_of(it, EventMoved), await told_of(it, EventCancelled)

    assert planned.invited_ids == ()
    assert set(first.invited_ids) == set(last.invited_ids) == set(town.invited_ids[:2])
    assert "Nowak" not in str(first)


def if_match(answer):
    return {"If-Match": answer.headers["ETag"]} if "ETag" in answer.headers else {}
