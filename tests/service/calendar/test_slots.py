"""Before saving: alternatives that really cure; and a free time for many, with a place and what is borrowed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.calendar.domain.slots import Question
from services.calendar.models import Claim, Event
from services.calendar.queries.free_times import free_times
from shared import clock
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.calendar.builders import (
    API,
    HOME,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    next_monday,
)

WEEK = timedelta(weeks=1)
ENGLISH = {"Accept-Language": "en"}


async def planned(calendar: Running, start: datetime, host: str, hours: float = 2, **values: Any) -> dict[str, Any]:
    body = an_event(start, hours, host_ids=[host], **values)
    answer = await calendar.client.post(f"{API}/events", json=body, headers=calendar.headers(a_coordinator(host)))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def checked(calendar: Running, body: dict[str, Any], host: str) -> dict[str, Any]:
    headers = calendar.headers(a_coordinator(host)) | ENGLISH
    answer = await calendar.client.post(f"{API}/events/check", json={**body, "host_ids": [host]}, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_each_alternative_cures_the_whole_series_and_is_saved_as_it_is(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(club.id, name="Sala 1", equipment=("rzutnik",), step_free=True)
    far = {"latitude": HOME[0] + 0.0018, "longitude": HOME[1], "one_at_a_time": True}
    near = a_venue(school.id, name="Sala 3", capacity=62, equipment=("Rzutnik", "piano"), step_free=True, **far)
    without = a_venue(school.id, name="Sala 4", capacity=62, step_free=True, **far)
    monday = next_monday(17)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall, near, without)
        for week in (2, 3):
            await planned(calendar, monday + week * WEEK + timedelta(hours=1), club.id, venue_id=hall.id)
        await planned(calendar, monday + timedelta(days=1), club.id, 5, venue_id=hall.id, rrule="FREQ=WEEKLY;COUNT=30")
        series = an_event(monday, venue_id=hall.id, rrule="FREQ=WEEKLY;COUNT=30")

        found = await checked(calendar, series, school.id)
        assert found["conflicts"][0]["severity"] == "blocking"
        said = {one["kind"]: one for one in found["alternatives"]}
        assert list(said) == ["skip", "shift", "shorten", "near", "other_time"]
        wednesday = monday + timedelta(days=2)
        texts = {kind: one["reason"] for kind, one in said.items()}
        assert texts["shift"] == "The same day, 16:00–18:00: free 30 of 30."
        assert texts["shorten"] == "Shorter by 60 min, 17:00–18:00: free 30 of 30."
        assert texts["near"] == "“Sala 3”, 200 m away, is free then. Room for 12 people more."
        assert texts["other_time"] == "Wednesday 17:00: free 30 of 30."
        assert texts["skip"].endswith(": 28 of 30 dates stay.")
        assert len(said["skip"]["changes"]["exdates"]) == 2
        assert said["near"]["changes"] == {"venue_id": near.id}
        assert wednesday.isoformat() == said["other_time"]["changes"]["starts_at"]

        for one in found["alternatives"]:
            cured = await checked(calendar, {**series, **one["changes"]}, school.id)
            assert [it for it in cured["conflicts"] if it["severity"] != "information"] == [], one
            assert cured["alternatives"] == []
        headers = calendar.headers(a_coordinator(school.id))
        body = {**series, **said["skip"]["changes"], "host_ids": [school.id]}
        assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201


async def test_a_weekday_on_which_two_dates_are_taken_leaves_them_out(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    monday = next_monday(17)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        busy = {"venue_id": hall.id, "rrule": "FREQ=WEEKLY;COUNT=30"}
        for day in (0, 1, 2, 4, 5, 6):
            await planned(calendar, monday.replace(hour=6) + timedelta(days=day), club.id, 17, **busy)
        for week in (3, 4):
            thursday = monday.replace(hour=6) + timedelta(days=3 + 7 * week)
            await planned(calendar, thursday, club.id, 17, venue_id=hall.id)
        series = an_event(monday, venue_id=hall.id, rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=30")
        found = await checked(calendar, series, club.id)
        [thursday] = [one for one in found["alternatives"] if one["kind"] == "other_time"]
        assert thursday["reason"] == "Thursday 17:00: free 28 of 30."
        assert (thursday["free"], thursday["dates"]) == (28, 30)
        assert thursday["changes"]["rrule"] == "FREQ=WEEKLY;BYDAY=TH;COUNT=30"
        cured = await checked(calendar, {**series, **thursday["changes"]}, club.id)
        assert [one for one in cured["conflicts"] if one["severity"] == "blocking"] == []


async def search(calendar: Running, **values: Any) -> dict[str, Any]:
    monday = next_monday(0)
    body = {"from": monday.isoformat(), "to": (monday + WEEK).isoformat(), "on_holidays": True, **values}
    headers = calendar.headers(a_coordinator()) | ENGLISH
    answer = await calendar.client.post(f"{API}/slots/search", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_free_time_is_found_for_many_with_a_place_and_what_is_borrowed(database_url):
    clubs = [an_organisation(name=f"Klub {number}") for number in range(4)]
    one, two, three, four = (club.id for club in clubs)
    hall, big = a_venue(one, name="Sala", set_up_minutes=60), a_venue(one, name="Aula", capacity=200)
    room = a_venue(one, name="Pokój", capacity=60, inside_venue_id=big.id, ancestor_ids=(big.id,))
    chairs = a_resource(one, quantity=10)
    monday = next_monday(0)

    def at(hour: float, day: int = 0) -> datetime:
        return monday + timedelta(days=day, hours=hour)

    async with a_calendar(database_url) as calendar:
        await calendar.deliver(*clubs, hall, big, room, chairs)
        await planned(calendar, at(7), one, 3)
        await planned(calendar, at(12), two, 10)
        await planned(calendar, at(9), four, 3, venue_id=hall.id)
        lent = await planned(calendar, at(10), three, 1, borrowed=[{"resource_id": chairs.id, "quantity": 6}])
        day = {"to": at(0, 1).isoformat(), "minutes": 60}

        both = await search(calendar, organisation_ids=[one, two], **day)
        assert [slot["starts_at"] for slot in both["items"]] == [at(10).isoformat(), at(11).isoformat()]
        assert both["items"][0]["reason"] == "Everybody who must come is free."
        many = {"organisation_ids": [one], "optional_organisation_ids": [two, three], **day}
        assert (await search(calendar, **many))["items"][0] | {"reason_values": {}} == {
            "starts_at": at(11).isoformat(),
            "ends_at": at(12).isoformat(),
            "venue_id": None,
            "venue_name": "",
            "reason": "Everybody who must come is free. Of those who need not come, free: 2 of 2.",
            "reason_code": "slot_for_all",
            "reason_values": {},
            "dates": 1,
            "free": 1,
            "skipped": [],
            "missing_ids": [],
        }
        chosen = await search(calendar, venue_id=hall.id, not_before="09:00", **day)
        assert [slot["starts_at"] for slot in chosen["items"]] == [at(13).isoformat(), at(14).isoformat()]
        fitting = await search(calendar, venue_needs={"capacity": 55}, weeks=8, **day)
        assert [slot["venue_name"] for slot in fitting["items"][:1]] == ["Pokój"]
        assert fitting["items"][0]["reason"] == "“Pokój” is free; ask when it is open. Free 8 of 8 dates."
        borrowed = await search(
            calendar, borrowed=[{"resource_id": chairs.id, "quantity": 5}], not_before="10:00", **day
        )
        assert borrowed["items"][0]["starts_at"] == lent["ends_at"]

        nothing = await search(calendar, venue_needs={"capacity": 500}, **day)
        assert (nothing["items"], [one["reason"] for one in nothing["in_the_way"]]) == ([], ["No place is big enough."])
        never = await search(calendar, organisation_ids=[one, two], not_before="12:00", **day)
        assert [(it["obstacle"], it["starts_at"]) for it in never["in_the_way"][:2]] == [
            ("hours", at(10).isoformat()),
            ("participant", at(12).isoformat()),
        ]
        assert never["in_the_way"][1]["reason"].startswith("“Klub 1” has no time then. If that may be otherwise: Mon")

        await planned(calendar, at(9, 1), one, 4, venue_id=big.id)
        inside = await search(calendar, venue_id=room.id, **{"from": at(9, 1).isoformat(), "to": at(15, 1).isoformat()})
        assert inside["items"][0]["starts_at"] == at(13, 1).isoformat()


async def test_people_are_taken_by_what_they_lead(database_url):
    club, anna = an_organisation(), a_coordinator()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        event = await planned(calendar, next_monday(7), club.id, 5)
        start = int(next_monday(7).timestamp())
        claim = Claim(
            kind="person", key=anna.id, start=start, end=start + 5 * 3600, event_id=event["id"], recurrence=start,
            direct=True, hard=False, quantity=0,
        )  # fmt: skip
        await calendar.database.write(lambda session: session.merge(claim))
        found = await search(calendar, leader_ids=[anna.id])
        assert found["items"][0]["starts_at"] == next_monday(12).isoformat()


async def test_what_a_subscribed_calendar_tells_is_uncertain_and_a_closed_place_is_not_free(sqlite_database_url):
    club = an_organisation()
    hall = a_venue(club.id, opening_hours="Mo-Su 10:00-13:00")
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, hall)
        event = await planned(calendar, next_monday(7), club.id, 14)
        day = {"to": next_monday(23).isoformat()}
        assert (await search(calendar, organisation_ids=[club.id], **day))["items"] == []

        def follow(session: Session) -> None:
            session.get_one(Event, event["id"]).source = "source:somewhere"

        await calendar.database.write(follow)
        [first, *_] = (await search(calendar, organisation_ids=[club.id], **day))["items"]
        assert first["reason"] == "Everybody who must come is free. Somebody has uncertain plans then."

        question = Question(next_monday(0), next_monday(23), "Europe/Warsaw", 180, venue_id=hall.id)
        answer = await calendar.database.read(free_times, question, now=clock.now())
        assert [(one.starts_at, one.room.opening_known) for one in answer.found] == [(next_monday(10), True)]
        longer = await calendar.database.read(free_times, replace(question, length_minutes=240), now=clock.now())
        assert [one.obstacle for one in longer.in_the_way] == ["venue", "length"]
        room = a_venue(club.id, inside_venue_id=hall.id, ancestor_ids=(hall.id,), set_up_minutes=60)
        await calendar.deliver(room)
        inside = replace(question, venue_id=room.id, length_minutes=120)
        answer = await calendar.database.read(free_times, inside, now=clock.now())
        assert [one.starts_at for one in answer.found] == [next_monday(11)]


async def test_a_question_that_makes_no_sense_is_refused_with_a_pointer(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        monday = next_monday(0)
        body = {"from": monday.isoformat(), "to": (monday + WEEK).isoformat()}
        for values, pointer in (
            ({"to": (monday + 14 * WEEK).isoformat()}, "/to"),
            ({"rrule": "FREQ=WEEKLY;BYHOUR=9"}, "/rrule"),
            ({"rrule": "often"}, "/rrule"),
            ({"zone": "Nowhere"}, "/zone"),
            ({"venue_id": monday and an_organisation().id}, "/venue_id"),
            ({"optional_organisation_ids": [an_organisation().id]}, "/optional_organisation_ids/0"),
            ({"borrowed": [{"resource_id": an_organisation().id}]}, "/borrowed/0/resource_id"),
            ({"not_before": "12:00", "not_after": "11:00"}, "/not_after"),
            ({"from": "9999-12-31T00:00:00Z"}, "/from"),
        ):
            answer = await calendar.client.post(
                f"{API}/slots/search", json={**body, **values}, headers=calendar.headers(a_coordinator())
            )
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), values
