"""The main job inside one service: two organisations, one time, one place."""

from datetime import datetime, timedelta

import pytest

from shared.messages.calendar import (
    ConflictDetected,
    ConflictResolved,
    EventCancelled,
    EventChanged,
    EventMoved,
    EventPlanned,
)
from tests.builders import a_coordinator, an_administrator
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


@pytest.mark.parametrize("one_at_a_time", [True, False])
async def test_two_organisations_meet_at_one_venue(database_url, one_at_a_time):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(club.id, one_at_a_time=one_at_a_time, capacity=50)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        anna, jan = calendar.headers(a_coordinator(club.id)), calendar.headers(a_coordinator(school.id))
        post = calendar.client.post
        body = an_event(venue_id=hall.id, host_ids=[club.id], expected_participants=30)
        first = await post(f"{API}/events", json=body, headers=anna)
        assert first.status_code == 201, first.text
        assert first.json()["starts_at"] == body["starts_at"]
        await hear_itself(calendar)

        rival = an_event(
            next_monday(15), title="Koncert", venue_id=hall.id, host_ids=[school.id], expected_participants=30
        )
        checked = (await post(f"{API}/events/check", json=rival, headers=jan)).json()
        expected = "blocking" if one_at_a_time else "warning"
        assert [(one["kind"], one["severity"]) for one in checked["conflicts"]] == [("venue", expected)]
        assert checked["conflicts"][0]["event_ids"] == [first.json()["id"]]
        assert len(checked["slots"]) == 3
        assert await calendar.outgoing(ConflictDetected) == []

        second = await post(f"{API}/events", json=rival, headers=jan)
        if one_at_a_time:
            assert second.status_code == 409
            problem = second.json()
            assert problem["type"].endswith("event-blocked")
            assert [one["severity"] for one in problem["conflicts"]] == ["blocking"]
            assert "id" not in problem["conflicts"][0]
            assert len(problem["slots"]) == 3
            for slot in problem["slots"]:
                again = {**rival, "starts_at": slot["starts_at"], "ends_at": slot["ends_at"]}
                free = (await post(f"{API}/events/check", json=again, headers=jan)).json()
                assert [one for one in free["conflicts"] if one["kind"] == "venue"] == []
            assert len(await calendar.outgoing(EventPlanned)) == 1
            return

        assert second.status_code == 201
        await hear_itself(calendar)
        [detected] = await calendar.outgoing(ConflictDetected)
        assert detected.kind == "venue"
        assert detected.severity == "warning"
        assert set(detected.organisation_ids) == {club.id, school.id}
        assert detected.ends_at - detected.starts_at == timedelta(hours=1)
        [listed] = (await calendar.client.get(f"{API}/conflicts?state=open")).json()["items"]
        assert set(listed["event_ids"]) == {first.json()["id"], second.json()["id"]}

        address = f"{API}/events/{second.json()['id']}"
        later = datetime.fromisoformat(rival["starts_at"]) + timedelta(days=1)
        moved = await calendar.client.patch(
            address,
            json={"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=2)).isoformat()},
            headers={**jan, "If-Match": second.headers["ETag"]},
        )
        assert moved.status_code == 200, moved.text
        assert moved.headers["ETag"] == '"2"'
        await hear_itself(calendar)
        assert len(await calendar.outgoing(EventMoved)) == 1
        [resolved] = await calendar.outgoing(ConflictResolved)
        assert (resolved.id, resolved.version, resolved.resolved_by) == (detected.id, 2, "moved")
        assert (await calendar.client.get(f"{API}/conflicts?state=open")).json()["items"] == []


async def test_cancelling_resolves_the_conflict_and_frees_the_venue(database_url):
    club, school = an_organisation(), an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, park)
        anna = calendar.headers(an_administrator())
        one = await calendar.client.post(
            f"{API}/events", json=an_event(venue_id=park.id, host_ids=[club.id]), headers=anna
        )
        await calendar.client.post(f"{API}/events", json=an_event(venue_id=park.id, host_ids=[school.id]), headers=anna)
        await hear_itself(calendar)
        assert [told.severity for told in await calendar.outgoing(ConflictDetected)] == ["information"]
        address = f"{API}/events/{one.json()['id']}/cancel"
        cancelled = await calendar.client.post(address, json={"because": "deszcz"}, headers=anna)
        assert cancelled.json()["status"] == "cancelled"
        again = await calendar.client.post(address, headers=anna)
        assert again.headers["ETag"] == cancelled.headers["ETag"]
        await hear_itself(calendar)
        assert len(await calendar.outgoing(EventCancelled)) == 1
        assert [told.resolved_by for told in await calendar.outgoing(ConflictResolved)] == ["cancelled"]


async def test_what_an_event_borrows_is_told_and_told_anew_when_it_changes(database_url):
    club = an_organisation()
    chairs = a_resource(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, chairs)
        anna = calendar.headers(a_coordinator(club.id))
        body = an_event(host_ids=[club.id], borrowed=[{"resource_id": chairs.id, "quantity": 3}])
        made = await calendar.client.post(f"{API}/events", json=body, headers=anna)
        assert made.status_code == 201, made.text
        [told] = await calendar.outgoing(EventPlanned)
        assert [one.model_dump() for one in told.borrows] == body["borrowed"]

        path = f"{API}/events/{made.json()['id']}"
        changed = await calendar.client.patch(
            path, json={"borrowed": []}, headers={**anna, "If-Match": made.headers["etag"]}
        )
        assert changed.status_code == 200, changed.text
        [told] = await calendar.outgoing(EventChanged)
        assert told.borrows == ()
