"""Conflicts as they live: resources, audiences, rooms in buildings, acceptance, time."""

import pytest

from services.calendar import commands
from shared import clock
from shared.messages.calendar import ConflictAccepted, ConflictChanged, ConflictDetected, ConflictResolved, EventChanged
from tests.builders import a_coordinator, an_administrator
from tests.service.calendar.builders import (
    API,
    HOME,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)


async def planned(calendar, **values):
    headers = calendar.headers(an_administrator())
    answer = await calendar.client.post(f"{API}/events", json=an_event(**values), headers=headers)
    assert answer.status_code == 201, answer.text
    await hear_itself(calendar)
    return answer.json()


async def conflicts_of(calendar, event_id=None, state=None):
    query = {name: value for name, value in {"event": event_id, "state": state}.items() if value}
    answer = await calendar.client.get(f"{API}/conflicts", params=query)
    return [(one["kind"], one["severity"], one["state"]) for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("metres_north", "one", "other", "expected"),
    [
        (500, ["seniors"], ["seniors", "families"], "warning"),
        (1500, ["seniors"], ["seniors"], "information"),
        (500, ["everyone"], ["seniors"], "information"),
        (100, ["everyone"], ["seniors"], "warning"),
        (100, ["children"], ["seniors"], None),
        (100, ["everyone"], ["everyone"], "warning"),
    ],
)
async def test_the_same_audience_is_called_at_the_same_time(sqlite_database_url, metres_north, one, other, expected):
    club, school = an_organisation(), an_organisation()
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, school)
        here = {"latitude": HOME[0], "longitude": HOME[1]}
        there = {"latitude": HOME[0] + metres_north / 111_195, "longitude": HOME[1]}
        first = await planned(calendar, audiences=one, host_ids=[club.id], **here)
        await planned(calendar, audiences=other, host_ids=[school.id], **there)
        found = await conflicts_of(calendar, first["id"])
        assert found == ([("audience", expected, "open")] if expected else [])


async def test_two_rooms_of_one_building_do_not_clash_but_the_building_clashes_with_both(database_url):
    club = an_organisation()
    building = a_venue(club.id, name="Dom kultury")
    rooms = [
        a_venue(club.id, name=name, inside_venue_id=building.id, ancestor_ids=(building.id,)) for name in ("A", "B")
    ]
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, building, *rooms)
        for room in rooms:
            await planned(calendar, venue_id=room.id, host_ids=[club.id])
        assert await conflicts_of(calendar) == []
        headers = calendar.headers(an_administrator())
        whole = an_event(venue_id=building.id, host_ids=[club.id])
        refused = await calendar.client.post(f"{API}/events", json=whole, headers=headers)
        assert refused.status_code == 409
        assert len(refused.json()["conflicts"]) == 2


async def test_set_up_time_widens_what_an_event_takes_but_not_the_event(database_url):
    club = an_organisation()
    hall = a_venue(club.id, set_up_minutes=60, clear_up_minutes=30)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        await planned(calendar, starts_at=next_monday(14), hours=2, venue_id=hall.id, host_ids=[club.id])
        for hour, minute, status in ((16, 0, 409), (17, 0, 409), (17, 30, 201)):
            body = an_event(next_monday(hour, minute), hours=1, venue_id=hall.id, host_ids=[club.id])
            answer = await calendar.client.post(f"{API}/events", json=body, headers=headers)
            assert answer.status_code == status, (hour, minute)
        own = an_event(next_monday(13), hours=1, venue_id=hall.id, host_ids=[club.id], clear_up_minutes=0)
        assert (await calendar.client.post(f"{API}/events", json=own, headers=headers)).status_code == 409


async def test_touching_is_no_conflict(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        for hour in (12, 14, 16):
            await planned(calendar, starts_at=next_monday(hour), hours=2, venue_id=hall.id, host_ids=[club.id])
        assert await conflicts_of(calendar) == []


async def test_a_tentative_event_takes_nothing_until_it_is_confirmed(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        await planned(calendar, venue_id=hall.id, host_ids=[club.id])
        wish = await planned(calendar, venue_id=hall.id, host_ids=[club.id], status="tentative")
        assert await conflicts_of(calendar) == [("venue", "warning", "open")]
        headers = {**calendar.headers(an_administrator()), "If-Match": '"1"'}
        address = f"{API}/events/{wish['id']}"
        refused = await calendar.client.patch(address, json={"status": "confirmed"}, headers=headers)
        assert refused.status_code == 409
        words = await calendar.client.patch(address, json={"title": "Może koncert"}, headers=headers)
        assert words.status_code == 200
        assert len(await calendar.outgoing(EventChanged)) == 1


async def test_more_borrowed_than_there_is_by_one_event_alone_is_refused(sqlite_database_url):
    club = an_organisation()
    chairs = a_resource(club.id, quantity=10)
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, chairs)
        body = an_event(host_ids=[club.id], borrowed=[{"resource_id": chairs.id, "quantity": 11}])
        headers = {**calendar.headers(an_administrator()), "Accept-Language": "en"}
        refused = await calendar.client.post(f"{API}/events", json=body, headers=headers)
        assert refused.status_code == 409
        assert refused.json()["conflicts"][0]["reason"].startswith("“Święto rodzin” borrows 11")


async def test_a_conflict_is_accepted_with_a_reason_by_somebody_concerned(database_url):
    club, school = an_organisation(), an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, park)
        await planned(calendar, venue_id=park.id, host_ids=[club.id])
        other = await planned(calendar, venue_id=park.id, host_ids=[school.id])
        [found] = (await calendar.client.get(f"{API}/conflicts")).json()["items"]
        address = f"{API}/conflicts/{found['id']}/accept"
        stranger = calendar.headers(a_coordinator(an_organisation().id))
        assert (await calendar.client.post(address, json={"because": "x"}, headers=stranger)).status_code == 403
        anna = calendar.headers(a_coordinator(club.id))
        assert (await calendar.client.post(address, json={}, headers=anna)).status_code == 422
        accepted = await calendar.client.post(address, json={"because": "Park jest duży"}, headers=anna)
        assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
        [told] = await calendar.outgoing(ConflictAccepted)
        assert (told.accepted_because, told.version) == ("Park jest duży", 2)
        assert (await calendar.client.post(address, json={"because": "x"}, headers=anna)).status_code == 409

        later = an_event(next_monday(15))
        moved = await calendar.client.patch(
            f"{API}/events/{other['id']}",
            json={"starts_at": later["starts_at"], "ends_at": later["ends_at"]},
            headers={**calendar.headers(a_coordinator(school.id)), "If-Match": '"1"'},
        )
        assert moved.status_code == 200
        await hear_itself(calendar)
        [changed] = await calendar.outgoing(ConflictChanged)
        assert changed.id == found["id"]
        assert await conflicts_of(calendar, state="open") == [("venue", "information", "open")]


async def test_a_conflict_that_comes_back_is_told_again(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        await planned(calendar, venue_id=park.id, host_ids=[club.id])
        other = await planned(calendar, venue_id=park.id, host_ids=[club.id])
        headers = calendar.headers(an_administrator())
        for version, hour in ((1, 20), (2, 14)):
            body = an_event(next_monday(hour))
            await calendar.client.patch(
                f"{API}/events/{other['id']}",
                json={"starts_at": body["starts_at"], "ends_at": body["ends_at"]},
                headers={**headers, "If-Match": f'"{version}"'},
            )
            await hear_itself(calendar)
        assert [one.version for one in await calendar.outgoing(ConflictDetected)] == [1, 3]
        assert [one.version for one in await calendar.outgoing(ConflictResolved)] == [2]
        assert len(await conflicts_of(calendar)) == 1


async def test_another_capacity_changes_the_conflicts_there(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False, capacity=100)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        for _ in range(2):
            await planned(calendar, venue_id=park.id, host_ids=[club.id], expected_participants=40)
        assert await conflicts_of(calendar) == [("venue", "information", "open")]
        await calendar.deliver(park.model_copy(update={"version": 2, "capacity": 50}))
        await calendar.run_job("check again")
        assert await conflicts_of(calendar) == [("venue", "warning", "open")]
        await calendar.deliver(park.model_copy(update={"version": 1}))
        assert await conflicts_of(calendar) == [("venue", "warning", "open")]


async def test_checking_twice_or_late_finds_the_same(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        await planned(calendar, venue_id=park.id, host_ids=[club.id])
        await planned(calendar, venue_id=park.id, host_ids=[club.id])
        told = await calendar.outgoing()
        for number, message in enumerate(told):
            if message.type.startswith("calendar.event."):
                await calendar.deliver(message, source="calendar", message_id=f"again-{number}")
        assert await calendar.outgoing() == told


async def test_conflicts_age_and_are_found_by_state(sqlite_database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, park)
        for _ in range(2):
            await planned(calendar, venue_id=park.id, host_ids=[club.id])
        assert await calendar.database.write(commands.age_conflicts, now=clock.now()) == 0
        assert await calendar.database.write(commands.age_conflicts, now=next_monday(weeks=3)) == 1
        assert await conflicts_of(calendar, state="past") == [("venue", "information", "past")]


async def test_reasons_are_said_in_the_readers_language(sqlite_database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False, name="Park")
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, park)
        await planned(calendar, venue_id=park.id, host_ids=[club.id])
        await planned(calendar, venue_id=park.id, host_ids=[club.id], title="Koncert")
        [english] = (await calendar.client.get(f"{API}/conflicts", headers={"Accept-Language": "en"})).json()["items"]
        assert english["reason"] == (
            "“Święto rodzin” and “Koncert” are at “Park” at the same time. Overlap: 14:00–16:00."
        )
        [polish] = (await calendar.client.get(f"{API}/conflicts")).json()["items"]
        assert polish["reason"] != english["reason"]
        assert "Park" in polish["reason"]


async def test_what_is_only_counted_is_checked_again_like_the_rest(sqlite_database_url):
    """Fails where a pair that is not among the nearest twenty any more is taken to have counts of its own."""
    club, school = an_organisation(), an_organisation()
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, school)
        headers = calendar.headers(an_administrator())
        for number in range(24):
            host = (club, school)[number % 2]
            values = {"audiences": ["seniors"], "host_ids": [host.id], "latitude": HOME[0] + number / 10_000}
            body = an_event(title=str(number), longitude=HOME[1], **values)
            await calendar.client.post(f"{API}/events", json=body, headers=headers)
        await hear_itself(calendar)
        for row in await calendar.rows("event"):
            await calendar.database.write(commands.check_event, row.id)
        assert {row.state for row in await calendar.rows("conflict")} == {"open"}


async def test_a_sum_is_looked_at_again_by_those_that_remain(database_url):
    """Fails where only the pairs of the event that was cancelled are settled."""
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False, capacity=100)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        ids = [(await planned(calendar, venue_id=park.id, expected_participants=40))["id"] for _ in range(3)]
        await calendar.run_job("check again")
        crowded = [one for one in await conflicts_of(calendar, state="open") if one[:2] == ("venue", "warning")]
        assert len(crowded) == 3
        await calendar.client.post(
            f"{API}/events/{ids[2]}/cancel", json={}, headers=calendar.headers(an_administrator())
        )
        await hear_itself(calendar)
        await calendar.run_job("check again")
        assert [one for one in await conflicts_of(calendar, state="open") if one[1] == "warning"] == []
