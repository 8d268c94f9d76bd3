"""A hundred requests for one slot at one instant: exactly one gets it, on every database."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC

from httpx import Response

from shared.messages.calendar import EventPlanned
from tests.builders import a_coordinator, an_administrator
from tests.service.calendar.builders import API, a_calendar, a_resource, a_venue, an_event, an_organisation, next_monday

ALL = 100
WEEKLY = "FREQ=WEEKLY;COUNT=12"


def refuse_all_but_one(answers: Sequence[Response], done: int) -> None:
    """One got the venue; everybody else is told who has it, and when it is free."""
    assert Counter(answer.status_code for answer in answers) == {done: 1, 409: len(answers) - 1}
    refusals = [answer.json() for answer in answers if answer.status_code == 409]
    assert all(one["conflicts"][0]["kind"] == "venue" and len(one["slots"]) == 3 for one in refusals)


async def test_a_hundred_requests_for_one_slot_give_one_event(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        body = an_event(venue_id=hall.id, host_ids=[club.id])
        answers = await asyncio.gather(
            *(calendar.client.post(f"{API}/events", json=body, headers=headers) for _ in range(ALL))
        )
        refuse_all_but_one(answers, 201)
        assert len(await calendar.rows("event")) == 1
        assert len(await calendar.outgoing(EventPlanned)) == 1


async def test_rooms_and_the_whole_building_are_never_taken_at_once(database_url):
    club = an_organisation()
    building = a_venue(club.id, name="Dom kultury")
    rooms = [
        a_venue(club.id, name=name, inside_venue_id=building.id, ancestor_ids=(building.id,)) for name in ("A", "B")
    ]
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, building, *rooms)
        headers = calendar.headers(an_administrator())
        wanted = [venue.id for venue in (building, *rooms) for _ in range(12)]
        answers = await asyncio.gather(
            *(
                calendar.client.post(f"{API}/events", json=an_event(venue_id=one, host_ids=[club.id]), headers=headers)
                for one in wanted
            )
        )
        taken = {answer.json()["venue_id"] for answer in answers if answer.status_code == 201}
        assert taken in ({building.id}, {room.id for room in rooms})
        assert sum(answer.status_code == 201 for answer in answers) == len(taken)


async def test_a_hundred_edits_into_one_slot_move_one_event(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        made = [
            await calendar.client.post(f"{API}/events", json=an_event(host_ids=[club.id]), headers=headers)
            for _ in range(ALL)
        ]
        answers = await asyncio.gather(
            *(
                calendar.client.patch(
                    f"{API}/events/{one.json()['id']}",
                    json={"venue_id": hall.id},
                    headers={**headers, "If-Match": one.headers["ETag"]},
                )
                for one in made
            )
        )
        refuse_all_but_one(answers, 200)
        assert Counter(row.venue_id for row in await calendar.rows("event")) == {hall.id: 1, None: ALL - 1}


async def test_a_hundred_series_for_one_slot_give_one_series(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        # Every second begins a week later: all dates but one are the same.
        bodies = [
            an_event(next_monday(weeks=1 + number % 2), venue_id=hall.id, host_ids=[club.id], rrule=WEEKLY)
            for number in range(ALL)
        ]
        answers = await asyncio.gather(
            *(calendar.client.post(f"{API}/events", json=body, headers=headers) for body in bodies)
        )
        refuse_all_but_one(answers, 201)
        assert len(await calendar.rows("occurrence")) == 12


async def test_a_hundred_series_that_move_from_one_date_on_into_one_slot_move_one(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        body = an_event(host_ids=[club.id], rrule=WEEKLY)
        made = [await calendar.client.post(f"{API}/events", json=body, headers=headers) for _ in range(ALL)]
        date = next_monday(weeks=5).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answers = await asyncio.gather(
            *(
                calendar.client.patch(
                    f"{API}/events/{one.json()['id']}/occurrences/{date}?scope=following",
                    json={"venue_id": hall.id},
                    headers={**headers, "If-Match": one.headers["ETag"]},
                )
                for one in made
            )
        )
        refuse_all_but_one(answers, 200)
        assert Counter(row.venue_id for row in await calendar.rows("event")) == {hall.id: 1, None: ALL}


async def test_a_hundred_imports_for_one_slot_take_over_one_event(database_url):
    hosts = [an_organisation(name=f"Klub {number}") for number in range(ALL)]
    hall = a_venue(hosts[0].id, name="Sala lustrzana")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(*hosts, hall)
        headers = {**calendar.headers(an_administrator()), "Content-Type": "text/calendar"}
        day = next_monday()
        file = "\r\n".join(
            ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", f"DTSTART;TZID=Europe/Warsaw:{day:%Y%m%dT%H%M%S}",
             "DURATION:PT2H", "SUMMARY:Bal", f"LOCATION:{hall.name}", "END:VEVENT", "END:VCALENDAR", ""]
        )  # fmt: skip
        answers = await asyncio.gather(
            *(
                calendar.client.post(f"{API}/imports?organisation_id={host.id}", content=file, headers=headers)
                for host in hosts
            )
        )
        assert {answer.status_code for answer in answers} == {200}
        items = [item for answer in answers for item in answer.json()["items"]]
        assert Counter(item["result"] for item in items) == {"imported": 1, "refused": ALL - 1}
        assert all(item["reason"] for item in items if item["result"] == "refused")
        assert len(await calendar.rows("event")) == 1


async def test_approvals_and_edits_race_for_one_slot(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(school.id, needs_approval=True)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        anna, owner = calendar.headers(a_coordinator(club.id)), calendar.headers(a_coordinator(school.id))
        own = []
        for _ in range(ALL // 2):
            asked = an_event(venue_id=hall.id, host_ids=[club.id])
            await calendar.client.post(f"{API}/events", json=asked, headers=anna)
            own.append(await calendar.client.post(f"{API}/events", json=an_event(host_ids=[school.id]), headers=owner))
        answers = await asyncio.gather(
            *(
                calendar.client.post(f"{API}/requests/{row.id}/accept", headers=owner)
                for row in await calendar.rows("request")
            ),
            *(
                calendar.client.patch(
                    f"{API}/events/{one.json()['id']}",
                    json={"venue_id": hall.id},
                    headers={**owner, "If-Match": one.headers["ETag"]},
                )
                for one in own
            ),
        )
        refuse_all_but_one(answers, 200)
        there = [row.status for row in await calendar.rows("event") if row.venue_id == hall.id]
        assert there.count("confirmed") == 1


async def test_a_hundred_approvals_for_one_slot_confirm_one_event(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(school.id, needs_approval=True)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        anna, owner = calendar.headers(a_coordinator(club.id)), calendar.headers(a_coordinator(school.id))
        body = an_event(venue_id=hall.id, host_ids=[club.id])
        for _ in range(ALL):
            assert (await calendar.client.post(f"{API}/events", json=body, headers=anna)).json()[
                "status"
            ] == "tentative"
        answers = await asyncio.gather(
            *(
                calendar.client.post(f"{API}/requests/{row.id}/accept", headers=owner)
                for row in await calendar.rows("request")
            )
        )
        refuse_all_but_one(answers, 200)
        assert Counter(row.status for row in await calendar.rows("event")) == {"confirmed": 1, "tentative": ALL - 1}
        assert Counter(row.state for row in await calendar.rows("request")) == {"accepted": 1, "open": ALL - 1}


async def test_no_more_is_borrowed_than_there_is(database_url):
    club = an_organisation()
    chairs = a_resource(club.id, quantity=10)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, chairs)
        headers = calendar.headers(an_administrator())
        body = an_event(host_ids=[club.id], borrowed=[{"resource_id": chairs.id, "quantity": 3}])
        answers = await asyncio.gather(
            *(calendar.client.post(f"{API}/events", json=body, headers=headers) for _ in range(20))
        )
        assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 17}
        refusal = next(answer.json() for answer in answers if answer.status_code == 409)
        assert refusal["conflicts"][0]["kind"] == "resource"
        assert len(refusal["slots"]) == 3
