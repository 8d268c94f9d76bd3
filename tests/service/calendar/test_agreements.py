"""What an agreement covers: one thing, its dates and no more, through edits, series, counter-proposals and undoing."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from services.calendar import queries
from services.calendar.models import Event
from shared.messages.calendar import BookingRequested
from tests.service.calendar.builders import API, a_resource, a_venue, an_event, next_monday
from tests.service.calendar.giving import ANNA, EVA, HALL, HOUSE, OWNER, SCHOOL, SCREEN, YARD, a_house

A_WEEK = timedelta(days=7)
WEEKLY = "FREQ=WEEKLY;COUNT=5"
CHAIRS = a_resource(SCHOOL.id, name="Krzesła", quantity=1)


def at(hour, *, weeks=1):
    """Two hours, as a change names them."""
    start = next_monday(hour, weeks=weeks)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}


async def agreed(house, event, by=OWNER, **body):
    for one in await house.requests(by, event=event["id"], state="open"):
        answer = await house.post(f"requests/{one['id']}/accept", by, **body)
        assert answer.status_code == 200, answer.text


async def states(house, event, by=ANNA):
    return Counter((one["thing_name"], one["state"]) for one in await house.requests(by, event=event["id"]))


async def change(house, event, weeks, scope="this", **changes):
    """Change the date of so many weeks after the first."""
    date = quote((next_monday() + weeks * A_WEEK).isoformat())
    version = (await house.it.client.get(f"{API}/events/{event['id']}")).headers["ETag"]
    path = f"{API}/events/{event['id']}/occurrences/{date}?scope={scope}"
    answer = await house.it.client.patch(path, json=changes, headers={**house.it.headers(ANNA), "If-Match": version})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_agreement_is_about_one_thing_and_not_about_all_that_its_owner_has(database_url):
    async with a_house(database_url) as house:
        await house.it.deliver(CHAIRS)
        chairs = [{"resource_id": CHAIRS.id, "quantity": 1}]
        await house.planned(OWNER, SCHOOL.id, borrowed=chairs)
        event = await house.planned()
        await agreed(house, event, despite_conflicts=True)
        assert await house.status(event) == "confirmed"
        version = (await house.it.client.get(f"{API}/events/{event['id']}")).headers["ETag"]
        refused = await house.it.client.patch(
            f"{API}/events/{event['id']}",
            json={"borrowed": chairs},
            headers={**house.it.headers(ANNA), "If-Match": version},
        )
        assert refused.status_code == 409
        assert [one["kind"] for one in refused.json()["conflicts"]] == ["resource"]


async def test_another_venue_of_the_same_owner_is_asked_for_and_so_is_another_thing(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event = await house.planned()
        await agreed(house, event)
        assert (await house.edit(event, venue_id=YARD.id))["status"] == "tentative"
        assert await states(house, event) == {("Sala", "withdrawn"): 1, ("Boisko", "open"): 1}
        await agreed(house, event)
        assert (await house.edit(event, borrowed=[{"resource_id": SCREEN.id}]))["status"] == "tentative"
        await agreed(house, event, EVA)
        assert await house.status(event) == "confirmed"
        assert (await house.edit(event, description="Z tańcami"))["status"] == "confirmed"


async def test_who_was_let_in_although_it_is_taken_lets_in_nobody_else_and_hinders_nobody_who_stands(database_url):
    async with a_house(database_url) as house:
        await house.it.deliver(CHAIRS)
        own = await house.planned(OWNER, SCHOOL.id)
        second = await house.planned(starts_at=next_monday(15))
        await agreed(house, second, despite_conflicts=True)
        third = await house.post("events", OWNER, **an_event(next_monday(16), venue_id=HALL.id, host_ids=[SCHOOL.id]))
        assert third.status_code == 409
        lent = await house.edit(own, OWNER, borrowed=[{"resource_id": CHAIRS.id, "quantity": 1}])
        assert lent["status"] == "confirmed"


async def test_the_owner_of_a_room_does_not_give_the_building_of_somebody_else(sqlite_database_url):
    building = a_venue(HOUSE.id, name="Dom")
    room = a_venue(
        SCHOOL.id, name="Pokój", inside_venue_id=building.id, ancestor_ids=(building.id,), needs_approval=True
    )
    async with a_house(sqlite_database_url) as house:
        await house.it.deliver(building, room)
        await house.planned(EVA, HOUSE.id, venue_id=building.id)
        await house.planned(venue_id=room.id)
        [asked] = await house.requests(OWNER)
        assert asked["slot_taken"]
        refused = await house.post(f"requests/{asked['id']}/accept", OWNER, despite_conflicts=True)
        assert refused.status_code == 409


async def test_a_series_keeps_the_agreement_when_it_loses_a_date_or_a_date_gets_a_title(database_url):
    async with a_house(database_url) as house:
        event = await house.planned(rrule=WEEKLY)
        await agreed(house, event)
        await change(house, event, 1, status="cancelled")
        await change(house, event, 2, title="Bal")
        await change(house, event, 4, "following", status="cancelled")
        assert await house.status(event) == "confirmed"
        assert await states(house, event) == {("Sala", "accepted"): 1}
        await change(house, event, 1, status="confirmed")
        assert await house.status(event) == "tentative"
        assert await states(house, event) == {("Sala", "withdrawn"): 1, ("Sala", "open"): 1}


@pytest.mark.parametrize("changes", [{"title": "Bal"}, {"description": "Z tańcami"}])
async def test_a_series_that_is_parted_only_in_words_keeps_the_agreement_on_both_sides(database_url, changes):
    async with a_house(database_url) as house:
        event = await house.planned(rrule=WEEKLY)
        await agreed(house, event)
        later = await change(house, event, 2, "following", **changes)
        assert (later["id"] != event["id"], later["status"]) == (True, "confirmed")
        assert await house.status(event) == "confirmed"
        assert [await states(house, one) for one in (event, later)] == 2 * [{("Sala", "accepted"): 1}]
        assert len(await house.it.outgoing(BookingRequested)) == 1
        [kept] = await house.requests(OWNER, event=later["id"])
        assert kept["starts_at"] == later["starts_at"]
        taken = await house.post(
            "events", OWNER, **an_event(next_monday(weeks=4), venue_id=HALL.id, host_ids=[SCHOOL.id])
        )
        assert taken.status_code == 409


async def test_a_part_of_a_series_that_moves_asks_for_itself_alone(database_url):
    async with a_house(database_url) as house:
        event = await house.planned(rrule=WEEKLY)
        await agreed(house, event)
        start = next_monday(18, weeks=3)
        moved = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        later = await change(house, event, 2, "following", **moved)
        assert (await house.status(event), later["status"]) == ("confirmed", "tentative")
        assert await states(house, event) == {("Sala", "accepted"): 1}
        assert await states(house, later) == {("Sala", "open"): 1}


async def test_what_was_refused_once_and_then_agreed_to_is_brought_along_once(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event = await house.planned(rrule=WEEKLY)
        [asked] = await house.requests(OWNER)
        await house.post(f"requests/{asked['id']}/refuse", OWNER, because="Remont")
        await house.edit(event, status="confirmed")
        await agreed(house, event)
        later = await change(house, event, 2, "following", status="tentative")
        assert (await house.status(event), later["status"]) == ("confirmed", "tentative")
        assert await states(house, later) == {("Sala", "accepted"): 1}


async def test_a_series_that_waits_is_asked_for_in_both_its_parts(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event = await house.planned(rrule=WEEKLY)
        later = await change(house, event, 2, "following", title="Bal")
        assert [await house.status(one) for one in (event, later)] == ["tentative", "tentative"]
        assert [await states(house, one) for one in (event, later)] == 2 * [{("Sala", "open"): 1}]
        await agreed(house, later)
        assert [await house.status(one) for one in (event, later)] == ["tentative", "confirmed"]


async def test_a_counter_proposal_moves_a_whole_series_and_is_agreed_to_at_once(database_url):
    async with a_house(database_url) as house:
        left_out = (next_monday() + A_WEEK).isoformat()
        event = await house.planned(
            rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=5", exdates=[left_out], borrowed=[{"resource_id": SCREEN.id}]
        )
        await agreed(house, event, EVA)
        [asked] = await house.requests(OWNER)
        start = next_monday(18) + timedelta(days=1)
        counter = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
        countered = await house.post(f"requests/{asked['id']}/counter", OWNER, **counter)
        assert countered.status_code == 200
        taken = await house.post(f"requests/{asked['id']}/accept", ANNA)
        assert (taken.status_code, taken.json()["state"]) == (200, "accepted"), taken.text
        assert (taken.json()["starts_at"], taken.json()["ends_at"]) == (counter["starts_at"], counter["ends_at"])
        assert await states(house, event) == {("Sala", "accepted"): 1, ("Ekran", "withdrawn"): 1, ("Ekran", "open"): 1}
        assert await house.status(event) == "tentative"
        await agreed(house, event, EVA)
        assert await house.status(event) == "confirmed"
        dates = (await house.it.client.get(f"{API}/events/{event['id']}/occurrences")).json()["items"]
        assert [one["starts_at"] for one in dates] == [(start + n * A_WEEK).isoformat() for n in (0, 2, 3, 4)]


@pytest.mark.parametrize("was_agreed", [True, False])
async def test_undoing_a_cancel_asks_again_and_nothing_is_confirmed_without_its_owner(database_url, was_agreed):
    async with a_house(database_url) as house:
        event = await house.planned()
        if was_agreed:
            await agreed(house, event)
        await house.post(f"events/{event['id']}/cancel", ANNA)
        back = await house.post(f"events/{event['id']}/restore", ANNA)
        assert (back.status_code, back.json()["status"]) == (200, "tentative")
        assert await states(house, event) == {("Sala", "withdrawn"): 1, ("Sala", "open"): 1}
        await agreed(house, event)
        assert await house.status(event) == "confirmed"


@pytest.mark.parametrize("was_agreed", [True, False])
async def test_a_cancel_is_not_undone_where_somebody_else_has_the_slot(database_url, was_agreed):
    async with a_house(database_url) as house:
        event = await house.planned()
        if was_agreed:
            await agreed(house, event)
        await house.post(f"events/{event['id']}/cancel", ANNA)
        await house.planned(OWNER, SCHOOL.id)
        refused = await house.post(f"events/{event['id']}/restore", ANNA)
        assert (refused.status_code, len(refused.json()["slots"])) == (409, 3)
        assert refused.json()["conflicts"][0]["kind"] == "venue"
        assert await house.status(event) == "cancelled"


async def test_undoing_leaves_what_was_only_pencilled_in_as_it_was(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        pencilled = await house.planned(status="tentative")
        taken_back = await house.planned(starts_at=next_monday(18))
        [asked] = await house.requests(OWNER)
        await house.post(f"requests/{asked['id']}/withdraw", ANNA)
        for event in (pencilled, taken_back):
            await house.post(f"events/{event['id']}/cancel", ANNA)
            back = await house.post(f"events/{event['id']}/restore", ANNA)
            assert back.json()["status"] == "tentative"
        assert {one["state"] for one in await house.requests(OWNER)} == {"withdrawn"}


async def test_what_its_hosts_make_tentative_stays_so_until_they_confirm_it(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        event = await house.planned()
        await agreed(house, event)
        await house.edit(event, status="tentative")
        assert (await house.edit(event, latitude=50.09, longitude=19.92))["status"] == "tentative"
        assert (await house.edit(event, status="confirmed"))["status"] == "confirmed"
        assert await states(house, event) == {("Sala", "accepted"): 1}


async def test_what_is_over_asks_nobody(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        assert (await house.planned(starts_at=next_monday(weeks=-3)))["status"] == "confirmed"
        running = await house.planned(starts_at=next_monday(weeks=-3), rrule="FREQ=WEEKLY;COUNT=9")
        [asked] = await house.requests(OWNER)
        assert asked["event_id"] == running["id"]
        assert (await house.post(f"requests/{asked['id']}/accept", OWNER)).status_code == 200


async def test_more_people_than_fit_are_refused_by_an_edit_too(database_url):
    yard = a_venue(SCHOOL.id, name="Dziedziniec", one_at_a_time=False, capacity=50)
    async with a_house(database_url) as house:
        await house.it.deliver(yard)
        headers = {**house.it.headers(OWNER), "If-Match": '"0"'}
        rule = {"level": "block", "because": "Bezpieczeństwo"}
        answer = await house.it.client.put(
            f"{API}/conflict-rules/venue", params={"venue": yard.id}, json=rule, headers=headers
        )
        assert answer.status_code == 200, answer.text
        event = await house.planned(venue_id=yard.id, expected_participants=20)
        await house.planned(EVA, HOUSE.id, venue_id=yard.id, expected_participants=25)
        headers = {**house.it.headers(ANNA), "If-Match": '"1"'}
        refused = await house.it.client.patch(
            f"{API}/events/{event['id']}", json={"expected_participants": 40}, headers=headers
        )
        assert (refused.status_code, len(refused.json()["conflicts"])) == (409, 1)
        assert (await house.edit(event, expected_participants=25))["status"] == "confirmed"


async def test_the_plan_page_asks_for_no_agreement_that_goes_on(sqlite_database_url):
    """Fails where what was agreed to must be the very same."""
    async with a_house(sqlite_database_url) as house:
        event = await house.planned(rrule=WEEKLY)

        def waits(session, **changes):
            plan = replace(queries.plan_of(session.get_one(Event, event["id"])), status="confirmed", **changes)
            return [one.thing for one in queries.awaited(session, plan, event["id"])]

        assert await house.it.database.read(waits) == ["Sala"]
        await agreed(house, event)
        assert await house.it.database.read(waits) == []
        assert await house.it.database.read(waits, title="Inaczej", exdates=(next_monday() + A_WEEK,)) == []
        assert await house.it.database.read(waits, starts_at=next_monday(15)) == ["Sala"]
