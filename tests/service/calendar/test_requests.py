"""A venue or a resource whose owner wants to be asked: requested, answered in every way, over in time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.calendar.models import Request
from shared import clock
from shared.messages.calendar import BookingAnswered, BookingRequested
from tests.builders import a_coordinator
from tests.service.calendar.builders import API, an_event, an_organisation, hear_itself, next_monday
from tests.service.calendar.giving import (
    ANNA,
    CLUB,
    EVA,
    HALL,
    HOUSE,
    OWNER,
    OWNER_AND_HOST,
    SCHOOL,
    SCREEN,
    YARD,
    a_house,
)  # fmt: skip

DAY = timedelta(days=1)


async def test_an_event_is_confirmed_when_everybody_who_is_asked_agrees(database_url):
    async with a_house(database_url) as house:
        event = await house.planned(borrowed=[{"resource_id": SCREEN.id, "quantity": 2}])
        assert event["status"] == "tentative"
        [for_hall] = await house.requests(OWNER)
        [for_screen] = await house.requests(EVA)
        assert (for_hall["thing_name"], for_hall["host_ids"], for_hall["state"]) == ("Sala", [CLUB.id], "open")
        assert (for_screen["kind"], for_screen["quantity"]) == ("resource", 2)
        assert {one["id"] for one in await house.requests(ANNA)} == {for_hall["id"], for_screen["id"]}
        assert await house.requests(a_coordinator(an_organisation().id)) == []
        assert (await house.post(f"requests/{for_hall['id']}/accept", ANNA)).status_code == 403
        assert (await house.post(f"requests/{for_hall['id']}/accept", OWNER)).status_code == 200
        assert await house.status(event) == "tentative"
        assert (await house.post(f"requests/{for_screen['id']}/accept", EVA)).status_code == 200
        assert await house.status(event) == "confirmed"
        taken = await house.post("events", OWNER, **an_event(venue_id=HALL.id, host_ids=[SCHOOL.id]))
        assert taken.status_code == 409
        assert (await house.post(f"requests/{for_hall['id']}/refuse", OWNER, because="Jednak nie")).status_code == 409
        assert len(await house.it.outgoing(BookingRequested)) == 2


async def test_who_hosts_at_its_own_venue_asks_nobody(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        assert (await house.planned(OWNER, SCHOOL.id))["status"] == "confirmed"
        wanted = await house.planned(starts_at=next_monday(18))
        both = await house.edit(wanted, OWNER_AND_HOST, host_ids=[CLUB.id, SCHOOL.id])
        assert (both["status"], await house.answers()) == ("confirmed", ["withdrawn"])
        pencilled = await house.planned(starts_at=next_monday(20), status="tentative")
        assert await house.requests(OWNER, event=pencilled["id"]) == []


async def test_who_moves_asks_again_and_who_only_renames_does_not(database_url):
    async with a_house(database_url) as house:
        event = await house.planned()
        [asked] = await house.requests(OWNER)
        await house.post(f"requests/{asked['id']}/accept", OWNER)
        assert (await house.edit(event, title="Bal"))["status"] == "confirmed"
        later = {"starts_at": next_monday(17).isoformat(), "ends_at": next_monday(19).isoformat()}
        assert (await house.edit(event, **later))["status"] == "tentative"
        assert [one["state"] for one in await house.requests(OWNER)] == ["withdrawn", "open"]
        assert (await house.edit(event, borrowed=[{"resource_id": SCREEN.id}]))["status"] == "tentative"
        assert [one["state"] for one in await house.requests(OWNER)] == ["withdrawn", "open"]
        assert (await house.edit(event, venue_id=None, borrowed=[]))["status"] == "confirmed"
        assert {one["state"] for one in await house.requests(ANNA)} == {"withdrawn"}


async def test_a_refusal_says_why_and_another_time_is_asked_for_anew(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event = await house.planned()
        [asked] = await house.requests(OWNER)
        assert (await house.post(f"requests/{asked['id']}/refuse", OWNER)).status_code == 422
        refused = await house.post(f"requests/{asked['id']}/refuse", OWNER, because="Egzaminy")
        assert (refused.json()["state"], refused.json()["because"]) == ("refused", "Egzaminy")
        assert (await house.edit(event, expected_participants=20))["status"] == "tentative"
        assert len(await house.requests(OWNER)) == 1
        await house.edit(event, starts_at=next_monday(9).isoformat(), ends_at=next_monday(10).isoformat())
        assert [one["state"] for one in await house.requests(OWNER)] == ["refused", "open"]


@pytest.mark.parametrize(
    ("counter", "expected"),
    [
        ({"starts_at": next_monday(18).isoformat(), "ends_at": next_monday(20).isoformat()}, "starts_at"),
        ({"venue_id": YARD.id, "message": "Na powietrzu"}, "venue_id"),
    ],
)
async def test_an_owner_proposes_something_else_and_the_hosts_take_it(database_url, counter, expected):
    async with a_house(database_url) as house:
        event = await house.planned()
        [asked] = await house.requests(OWNER)
        path = f"requests/{asked['id']}"
        assert (await house.post(f"{path}/counter", OWNER)).json()["errors"][0]["pointer"] == "/starts_at"
        assert (await house.post(f"{path}/counter", OWNER, venue_id=CLUB.id)).status_code == 422
        assert (await house.post(f"{path}/counter", ANNA, **counter)).status_code == 403
        assert (await house.post(f"{path}/counter", OWNER, **counter)).json()["state"] == "countered"
        taken = await house.post(f"{path}/accept", ANNA)
        assert taken.status_code == 200, taken.text
        now = (await house.it.client.get(f"{API}/events/{event['id']}")).json()
        assert (now["status"], now[expected]) == ("confirmed", counter[expected])
        assert [one["state"] for one in await house.requests(OWNER)] == ["accepted"]
        assert await house.answers() == ["countered", "accepted"]


async def test_fewer_are_lent_than_were_asked_for(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event = await house.planned(venue_id=None, borrowed=[{"resource_id": SCREEN.id, "quantity": 3}])
        [asked] = await house.requests(EVA)
        await house.post(f"requests/{asked['id']}/counter", EVA, quantity=1)
        assert (await house.post(f"requests/{asked['id']}/accept", ANNA)).json()["quantity"] == 1
        now = (await house.it.client.get(f"{API}/events/{event['id']}")).json()
        assert (now["status"], now["borrowed"]) == ("confirmed", [{"resource_id": SCREEN.id, "quantity": 1}])


async def test_requests_for_one_slot_know_each_other_and_hear_who_got_it(database_url):
    async with a_house(database_url) as house:
        first, second = await house.planned(), await house.planned(EVA, HOUSE.id, starts_at=next_monday(15))
        other_day = await house.planned(starts_at=next_monday() + timedelta(days=1))
        one, two, three = await house.requests(OWNER)
        assert (one["rival_ids"], two["rival_ids"], three["rival_ids"]) == ([two["id"]], [one["id"]], [])
        assert (await house.post(f"requests/{one['id']}/accept", OWNER)).status_code == 200
        await hear_itself(house.it)
        assert [await house.status(event) for event in (first, second, other_day)] == [
            "confirmed", "tentative", "tentative"
        ]  # fmt: skip
        [told] = [told for told in await house.it.outgoing(BookingAnswered) if told.answer == "slot_taken"]
        assert told.event_id == second["id"]
        assert [(card["state"], card["slot_taken"]) for card in await house.requests(OWNER)] == [
            ("accepted", False), ("open", True), ("open", False)
        ]  # fmt: skip
        refused = await house.post(f"requests/{two['id']}/accept", OWNER)
        assert (refused.status_code, refused.json()["conflicts"][0]["kind"]) == (409, "venue")
        agreed = await house.post(f"requests/{two['id']}/accept", OWNER, despite_conflicts=True)
        assert agreed.status_code == 200, agreed.text
        assert await house.status(second) == "confirmed"


async def test_who_waits_hears_that_the_slot_is_gone_however_it_went(database_url):
    async with a_house(database_url) as house:
        screens = [{"resource_id": SCREEN.id, "quantity": 1}]
        both = await house.planned(borrowed=screens)
        waiting = await house.planned(EVA, HOUSE.id)
        other = await house.planned(EVA, HOUSE.id, starts_at=next_monday(18))
        [hall, *_] = await house.requests(OWNER, event=both["id"], venue=HALL.id)
        [screen] = await house.requests(EVA, event=both["id"], resource=SCREEN.id)
        assert (await house.post(f"requests/{hall['id']}/accept", OWNER)).status_code == 200
        await hear_itself(house.it)
        assert await house.answers() == ["accepted"]
        assert (await house.post(f"requests/{screen['id']}/accept", EVA)).status_code == 200
        await house.planned(OWNER, SCHOOL.id, starts_at=next_monday(19))
        await hear_itself(house.it)
        told = [one for one in await house.it.outgoing(BookingAnswered) if one.answer == "slot_taken"]
        assert [one.event_id for one in told] == [waiting["id"], other["id"]]
        await house.edit(both, description="Z tańcami")
        await hear_itself(house.it)
        assert (await house.answers()).count("slot_taken") == 2


async def test_what_nobody_answers_is_over_in_time_and_never_after_the_event_begins(database_url):
    async with a_house(database_url) as house:
        await house.planned(starts_at=next_monday(weeks=3))
        soon = await house.planned(starts_at=next_monday(weeks=1))
        late, early = await house.requests(OWNER)
        assert datetime.fromisoformat(early["expires_at"]) == datetime.fromisoformat(soon["starts_at"])
        assert datetime.fromisoformat(late["expires_at"]) - datetime.fromisoformat(late["created_at"]) == timedelta(14)
        await house.it.run_job("expire requests")
        assert await house.answers() == []

        def let_pass(session: Session) -> None:
            session.execute(update(Request).where(Request.id == late["id"]).values(created_at=clock.now() - 14 * DAY))
            session.execute(update(Request).where(Request.id == early["id"]).values(start=0))

        await house.it.database.write(let_pass)
        assert (await house.post(f"requests/{early['id']}/accept", OWNER)).status_code == 409
        await house.it.run_job("expire requests")
        assert await house.answers() == ["expired", "expired"]
        assert {one["state"] for one in await house.requests(OWNER)} == {"expired"}
        assert await house.status(soon) == "tentative"


async def test_a_request_is_taken_back_by_its_hosts_or_with_its_event(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event, other = await house.planned(), await house.planned(starts_at=next_monday(18))
        first, second = await house.requests(OWNER)
        assert (await house.post(f"requests/{first['id']}/withdraw", OWNER)).status_code == 403
        assert (await house.post(f"requests/{first['id']}/withdraw", ANNA)).json()["state"] == "withdrawn"
        await house.post(f"events/{other['id']}/cancel", ANNA)
        assert {one["state"] for one in await house.requests(OWNER)} == {"withdrawn"}
        assert (await house.post(f"requests/{second['id']}/accept", OWNER)).status_code == 409
        assert await house.status(event) == "tentative"
