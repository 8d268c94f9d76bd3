"""How severe conflicts are is decided here, and what changes around events is checked again."""

from datetime import datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.models import Resource, Venue
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import ConflictChanged, ConflictDetected, ConflictResolved
from tests.builders import a_coordinator, a_person, an_administrator
from tests.service.calendar.builders import (
    API,
    HOME,
    WARSAW,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)


async def posted(calendar, **values):
    headers = calendar.headers(an_administrator())
    answer = await calendar.client.post(f"{API}/events", json=an_event(**values), headers=headers)
    await hear_itself(calendar)
    return answer


async def found(calendar):
    """List what was found; a Monday may be a holiday."""
    items = (await calendar.client.get(f"{API}/conflicts")).json()["items"]
    return [(one["kind"], one["severity"], one["state"]) for one in items if one["reason_code"] != "public_holiday"]


async def decide(calendar, by, kind, level, version=0, venue=None):
    query = {"venue": venue} if venue else {}
    headers = {**calendar.headers(by), "If-Match": f'"{version}"'}
    body = {"level": level, "because": "Tak się umówiliśmy"}
    return await calendar.client.put(f"{API}/conflict-rules/{kind}", params=query, json=body, headers=headers)


async def test_the_owner_of_a_venue_lets_two_events_share_it_and_takes_it_back(database_url):
    club, school = an_organisation(), an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        assert (await posted(calendar, venue_id=hall.id, host_ids=[club.id])).status_code == 201
        assert (await posted(calendar, venue_id=hall.id, host_ids=[school.id])).status_code == 409

        owner = a_coordinator(club.id)
        decided = await decide(calendar, owner, "venue", "warn", venue=hall.id)
        assert (decided.status_code, decided.json()["version"], decided.headers["etag"]) == (200, 1, '"1"')
        assert (await posted(calendar, venue_id=hall.id, host_ids=[school.id])).status_code == 201
        assert await found(calendar) == [("venue", "warning", "open")]

        assert (await decide(calendar, owner, "venue", "ignore", venue=hall.id)).status_code == 412
        assert (await decide(calendar, owner, "venue", "ignore", 1, hall.id)).status_code == 200
        await calendar.run_job("check again")
        assert await found(calendar) == [("venue", "warning", "resolved")]
        assert (await decide(calendar, owner, "venue", "standard", 2, hall.id)).status_code == 200
        await calendar.run_job("check again")
        assert await found(calendar) == [("venue", "blocking", "open")]
        assert (await posted(calendar, venue_id=hall.id, host_ids=[school.id])).status_code == 409
        assert len(await calendar.outgoing(ConflictResolved)) == 1

        address, query = f"{API}/conflict-rules/venue", {"venue": hall.id}
        told = (await calendar.client.get(f"{address}/history", params=query)).json()["items"]
        assert [one["changes"]["level"] for one in told] == [
            ["standard", "warn"], ["warn", "ignore"], ["ignore", "standard"],
        ]  # fmt: skip
        assert {(one["reason"], one["by_person_id"]) for one in told} == {("Tak się umówiliśmy", owner.id)}
        [listed] = (await calendar.client.get(f"{API}/conflict-rules", params=query)).json()["items"]
        assert listed == (await calendar.client.get(address, params=query)).json()
        assert (listed["level"], listed["version"]) == ("standard", 3)
        assert (await calendar.client.get(address)).json()["version"] == 0


async def test_a_rule_makes_an_overfull_venue_refuse(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False, capacity=50)
    crowd = {"venue_id": park.id, "host_ids": [club.id], "expected_participants": 40}
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        assert (await decide(calendar, an_administrator(), "venue", "block")).status_code == 200
        assert (await posted(calendar, **crowd)).status_code == 201
        refused = await posted(calendar, **crowd)
        assert refused.status_code == 409
        assert refused.json()["conflicts"][0]["reason_code"] == "venue_over_capacity"
        assert (await posted(calendar, **{**crowd, "expected_participants": 10})).status_code == 201


async def test_more_people_expected_than_fit_are_refused_by_that_rule_in_an_edit_too(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False, capacity=50)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        here = {"venue_id": park.id, "host_ids": [club.id]}
        await decide(calendar, a_coordinator(club.id), "venue", "block", venue=park.id)
        await posted(calendar, expected_participants=30, **here)
        made = (await posted(calendar, expected_participants=10, **here)).json()
        headers = {**calendar.headers(an_administrator()), "If-Match": '"1"'}
        for expected, status in ((30, 409), (20, 200)):
            changes = {"expected_participants": expected}
            edited = await calendar.client.patch(f"{API}/events/{made['id']}", json=changes, headers=headers)
            assert edited.status_code == status, edited.text


@pytest.mark.parametrize(
    ("kind", "level", "at_venue", "status", "pointer"),
    [
        ("audience", "block", False, 422, "/level"),
        ("calendar", "block", True, 422, "/level"),
        ("people", "warn", True, 422, "/venue"),
        ("calendar", "ignore", True, 200, None),
        ("resource", "block", False, 200, None),
        ("venue", "sometimes", False, 422, "/level"),
    ],
)
async def test_only_what_a_lock_guards_can_block_and_only_what_is_at_one_place_is_its_owners_matter(
    sqlite_database_url, kind, level, at_venue, status, pointer
):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, hall)
        answer = await decide(calendar, an_administrator(), kind, level, venue=hall.id if at_venue else None)
        assert answer.status_code == status, answer.text
        if pointer:
            assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
        member = a_coordinator(club.id)
        assert (await decide(calendar, member, kind, "warn")).status_code == 403
        assert (await decide(calendar, an_administrator(), "venue", "warn", venue=new_id())).status_code == 404


async def test_one_person_who_is_to_lead_two_events_is_found_and_said_from_each_side(database_url):
    club, school = an_organisation(), an_organisation()
    jan = new_id()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        here = {"latitude": HOME[0], "longitude": HOME[1], "leader_ids": [jan]}
        there = {**here, "latitude": HOME[0] + 1_000 / 111_195}
        weekly = {"rrule": "FREQ=WEEKLY;COUNT=30"}
        await posted(calendar, title="Szachy", host_ids=[club.id], **here, **weekly)
        await posted(calendar, starts_at=next_monday(15, 30), title="Chór", host_ids=[school.id], **there)
        assert await found(calendar) == [("people", "warning", "open")]
        [told] = [one for one in await calendar.outgoing(ConflictDetected) if one.kind == "people"]
        counts = {name: told.reason.values[name] for name in ("one_dates", "other_dates")}
        assert counts == {
            "one_dates": {"met": 1, "of": 30, "weekday": 1},
            "other_dates": {"met": 1, "of": 1, "weekday": 1},
        }
        item = (await calendar.client.get(f"{API}/conflicts/{told.id}")).json()
        assert "„Szachy” i „Chór”" in item["reason"]
        assert jan not in str(item)
        assert jan not in told.model_dump_json()

        page = calendar.browser(a_coordinator(school.id))
        assert "Państwa „Chór” i „Szachy”" in (await page.get("/calendar/inbox")).text


async def test_what_a_rebuild_changed_is_checked_again(database_url):
    club = an_organisation()
    hall, other = a_venue(club.id, one_at_a_time=False), a_venue(club.id)
    chairs = a_resource(club.id, quantity=10)
    borrows = {"borrowed": [{"resource_id": chairs.id, "quantity": 5}], "host_ids": [club.id]}
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall, other, chairs)
        for start, place in ((next_monday(12), hall), (next_monday(14), hall), (next_monday(14, weeks=3), other)):
            await posted(calendar, starts_at=start, hours=2, venue_id=place.id, **borrows)
        await calendar.run_job("see changes")
        await calendar.run_job("check again")
        assert await found(calendar) == []

        def rebuilt(session: Session) -> None:
            now = {"set_up_minutes": 30, "opening_hours": "Mo-Fr 12:00-18:00"}
            session.execute(update(Venue).where(Venue.id == hall.id).values(now))
            session.execute(update(Resource).values(quantity=4))

        await calendar.database.write(rebuilt)
        await calendar.run_job("see changes")
        await calendar.run_job("check again")
        assert sorted(await found(calendar)) == [
            ("calendar", "information", "open"),  # who owns the hall opens it
            *[("resource", "blocking", "open")] * 3,
            ("venue", "information", "open"),
        ]
        assert await calendar.rows("recheck") == []
        told = await calendar.outgoing()
        await calendar.run_job("see changes")
        await calendar.run_job("check again")
        assert await calendar.outgoing() == told


async def test_an_organisation_that_becomes_a_school_has_school_holidays(database_url):
    school = an_organisation(kind="other")
    hall = a_venue(school.id)
    july = datetime(clock.now().year + 1, 7, 14, 12, tzinfo=WARSAW)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(school, hall)
        await posted(calendar, starts_at=july, venue_id=hall.id, host_ids=[school.id])
        assert await found(calendar) == []
        await calendar.deliver(school.model_copy(update={"version": 2, "kind": "school"}))
        await calendar.run_job("check again")
        assert await found(calendar) == [("calendar", "information", "open")]
        [item] = (await calendar.client.get(f"{API}/conflicts", headers={"Accept-Language": "pl"})).json()["items"]
        assert "ferie letnie, od" in item["reason"]


async def test_another_almanac_is_met_by_all_events_a_few_at_a_time(sqlite_database_url):
    club = an_organisation()
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club)
        for number in range(22):
            await posted(calendar, starts_at=next_monday(7, weeks=number + 1), host_ids=[club.id])
        for edition, waiting in (("one", [20, 2, 0]), ("one", [0]), ("two", [20, 2, 0])):
            await calendar.database.write(commands.open_almanac, edition=edition, region="małopolskie")
            assert [await calendar.database.write(commands.recheck_some) for _ in waiting] == waiting
        await calendar.run_job("open the almanac")
        [row] = await calendar.rows("almanac")
        assert (row.region, row.edition.startswith("school years")) == ("małopolskie", True)
        assert len(await calendar.rows("recheck")) == 22
        assert await calendar.outgoing(ConflictChanged) == []


async def test_who_looks_after_the_neighbourhood_decides_on_a_page_without_javascript(database_url):
    club = an_organisation()
    hall = a_venue(club.id, name="Sala", one_at_a_time=False, capacity=50)
    maria = a_person(neighbourhood_coordinator=True)
    english = {"Accept-Language": "en"}
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        async with calendar.browser(maria) as browser:
            assert 'href="/calendar/rules"' in (await browser.get("/calendar/inbox")).text
            page = (await browser.get("/calendar/rules", headers={"Accept-Language": "pl"})).text
            assert page.count("Zdecyduj inaczej") == 6
            assert page.count('value="block"') == 2
            assert "Postanowiono" not in page
            form = {"kind": "audience", "level": "ignore", "version": "0", "because": "Za dużo ostrzeżeń"}
            done = await browser.post("/calendar/rules", data=form)
            assert (done.status_code, done.headers["location"]) == (303, "/calendar/rules?notice=audience#audience")
            page = (await browser.get(done.headers["location"], headers=english)).text
            assert "It is decided" in page
            assert page.count("Decided on") == 1
            assert (await browser.post("/calendar/rules", data=form)).status_code == 412
            assert (await browser.post("/calendar/rules", data={**form, "level": "block"})).status_code == 422
            assert (await browser.post("/calendar/rules", data={**form, "level": ""})).status_code == 422
            of_hall = {"kind": "venue", "level": "inform", "version": "0", "venue": hall.id}
            done = await browser.post("/calendar/rules", data=of_hall)
            page = (await browser.get(done.headers["location"], headers=english)).text
            assert page.count("Decide otherwise") == 3
            assert page.count("Nothing is decided here") == 2
            unknown = "01980000-0000-7000-8000-000000000000"
            assert (await browser.get(f"/calendar/rules?venue={unknown}")).status_code == 404
        rules = (await calendar.client.get(f"{API}/conflict-rules")).json()["items"]
        assert [(one["kind"], one["venue_id"], one["level"]) for one in rules] == [
            ("audience", None, "ignore"), ("venue", hall.id, "inform"),
        ]  # fmt: skip


async def test_others_read_the_rules_and_an_owner_decides_at_home(sqlite_database_url):
    club, school = an_organisation(), an_organisation()
    hall, gym = a_venue(club.id, name="Sala"), a_venue(school.id, name="Gimnastyczna")
    form = {"kind": "venue", "level": "warn", "version": "0"}
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, school, hall, gym)
        async with calendar.browser(a_coordinator(club.id)) as browser:
            page = (await browser.get("/calendar/rules")).text
            assert "Zdecyduj inaczej" not in page
            assert (hall.id in page, gym.id in page) == (True, False)
            assert page.count("Zdecyduj inaczej") == 0
            assert (await browser.get(f"/calendar/rules?venue={hall.id}")).text.count("Zdecyduj inaczej") == 3
            assert (await browser.get(f"/calendar/rules?venue={gym.id}")).text.count("Zdecyduj inaczej") == 0
            answers = [
                (await browser.post("/calendar/rules", data={**form, **place})).status_code
                for place in ({}, {"venue": gym.id}, {"venue": hall.id})
            ]
            assert answers == [403, 403, 303]
