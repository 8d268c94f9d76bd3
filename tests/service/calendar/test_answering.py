"""Who answers a request, to what, until when, and who reads what of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.calendar.models import Request
from shared import clock
from shared.messages.calendar import BookingRequested
from tests.builders import a_coordinator, a_person
from tests.service.calendar.builders import API, an_event, an_organisation, hear_itself, next_monday
from tests.service.calendar.giving import ANNA, CLUB, EVA, HALL, HOUSE, OWNER, SCHOOL, SCREEN, a_house

MONDAY = next_monday()


async def test_an_answer_is_to_what_was_read(database_url):
    async with a_house(database_url) as house:
        await house.planned()
        [asked] = await house.requests(OWNER)
        path = f"{API}/requests/{asked['id']}"
        read = (await house.it.client.get(path, headers=house.it.headers(ANNA))).headers["ETag"]
        later = {"starts_at": next_monday(18).isoformat(), "ends_at": next_monday(20).isoformat()}
        await house.post(f"requests/{asked['id']}/counter", OWNER, **later)
        stale = await house.it.client.post(f"{path}/accept", headers={**house.it.headers(ANNA), "If-Match": read})
        assert stale.status_code == 412, stale.text
        now = (await house.it.client.get(path, headers=house.it.headers(ANNA))).headers["ETag"]
        taken = await house.it.client.post(f"{path}/accept", headers={**house.it.headers(ANNA), "If-Match": now})
        assert taken.status_code == 200


async def test_of_two_answers_at_one_instant_one_counts(database_url):
    async with a_house(database_url) as house:
        event = await house.planned()
        [asked] = await house.requests(OWNER)
        path = f"requests/{asked['id']}"
        answers = await asyncio.gather(
            *(house.post(f"{path}/accept", OWNER) for _ in range(5)),
            *(house.post(f"{path}/refuse", OWNER, because="Nie") for _ in range(5)),
            *(house.post(f"{path}/withdraw", ANNA) for _ in range(5)),
        )
        assert sorted(answer.status_code for answer in answers) == [200] + 14 * [409]
        assert len(await house.answers()) == 1
        accepted = (await house.requests(OWNER))[0]["state"] == "accepted"
        assert (await house.status(event) == "confirmed") is accepted


@pytest.mark.parametrize(
    ("counter", "pointer"),
    [
        ({"starts_at": MONDAY - timedelta(days=70), "ends_at": MONDAY - timedelta(days=69)}, "/starts_at"),
        ({"starts_at": MONDAY + timedelta(days=1), "ends_at": MONDAY + timedelta(days=1, hours=1)}, "/rrule"),
        ({"quantity": 3}, "/quantity"),
    ],
)
async def test_nothing_is_proposed_that_the_hosts_could_not_accept(sqlite_database_url, counter, pointer):
    async with a_house(sqlite_database_url) as house:
        await house.planned(
            venue_id=None, borrowed=[{"resource_id": SCREEN.id, "quantity": 2}], rrule="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4"
        )
        [asked] = await house.requests(EVA)
        sent = {name: value if name == "quantity" else value.isoformat() for name, value in counter.items()}
        refused = await house.post(f"requests/{asked['id']}/counter", EVA, **sent)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_hosts_have_as_long_for_a_counter_proposal_as_the_owner_had(database_url):
    async with a_house(database_url) as house:
        await house.planned(starts_at=next_monday(weeks=5))
        [asked] = await house.requests(OWNER)
        since = clock.now() - timedelta(days=13, hours=23)
        await house.it.database.write(
            lambda session: session.execute(update(Request).values(created_at=since)) and None
        )
        counter = {"starts_at": next_monday(18, weeks=5).isoformat(), "ends_at": next_monday(20, weeks=5).isoformat()}
        await house.post(f"requests/{asked['id']}/counter", OWNER, **counter)
        await house.it.database.write(
            lambda session: session.execute(update(Request).values(created_at=since - timedelta(days=1))) and None
        )
        await house.it.run_job("expire requests")
        assert [one["state"] for one in await house.requests(OWNER)] == ["countered"]
        long_ago = clock.now() - timedelta(days=15)
        await house.it.database.write(
            lambda session: session.execute(update(Request).values(changed_at=long_ago)) and None
        )
        await house.it.run_job("expire requests")
        assert [one["state"] for one in await house.requests(OWNER)] == ["expired"]


async def test_who_is_no_coordinator_any_more_answers_nothing(sqlite_database_url):
    async with a_house(sqlite_database_url) as house:
        await house.planned()
        [asked] = await house.requests(OWNER)
        for by in (a_person(), a_person(roles={SCHOOL.id: "member"}), a_coordinator(CLUB.id)):
            for path, body in (("accept", {}), ("refuse", {"because": "Nie"}), ("counter", {"venue_id": HALL.id})):
                assert (await house.post(f"requests/{asked['id']}/{path}", by, **body)).status_code == 403


async def test_a_new_owner_is_asked_anew_and_answers(database_url):
    async with a_house(database_url) as house:
        event = await house.planned()
        [asked] = await house.requests(OWNER)
        await house.it.deliver(HALL.model_copy(update={"version": 2, "organisation_id": HOUSE.id}))
        assert await house.requests(OWNER) == []
        assert (await house.post(f"requests/{asked['id']}/accept", OWNER)).status_code == 403
        told = await house.it.outgoing(BookingRequested)
        assert [one.owner_id for one in told] == [SCHOOL.id, HOUSE.id]
        assert (await house.post(f"requests/{asked['id']}/accept", EVA)).status_code == 200
        assert await house.status(event) == "confirmed"


async def test_the_owner_reads_what_is_hidden_and_a_rival_does_not(database_url):
    async with a_house(database_url) as house:
        hidden = await house.planned(title="Terapia", visibility="hosts")
        rival = await house.planned(EVA, HOUSE.id, title="Bal")
        first, second = await house.requests(OWNER)
        assert (first["event_title"], first["starts_at"]) == ("Terapia", hidden["starts_at"])
        assert [one["event_title"] for one in await house.requests(EVA)] == ["Bal"]
        address = f"{API}/requests/{first['id']}"
        assert (await house.it.client.get(address, headers=house.it.headers(EVA))).status_code == 404
        assert (await house.it.client.get(address)).status_code == 401
        assert await house.requests(a_coordinator(an_organisation().id)) == []
        async with house.it.browser(OWNER) as hers:
            page = (await hers.get("/calendar/inbox")).text
            assert "Terapia" in page
            assert f'href="/calendar/events/{hidden["id"]}"' not in page
            assert f'href="/calendar/events/{rival["id"]}"' in page
        await house.post(f"requests/{first['id']}/accept", OWNER)
        await hear_itself(house.it)
        refused = await house.post(f"requests/{second['id']}/accept", OWNER)
        assert refused.status_code == 409
        assert "Terapia" not in refused.text
        blocked = await house.post("events", EVA, **an_event(venue_id=HALL.id, host_ids=[HOUSE.id]))
        assert "Terapia" not in blocked.text
        async with house.it.browser(EVA) as others:
            assert "Terapia" not in (await others.get("/calendar/inbox")).text
