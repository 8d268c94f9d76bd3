"""Who may do what, what must be known, and what is done once."""

import asyncio

from shared.messages.calendar import EventPlanned
from tests.builders import a_coordinator, a_person, an_administrator
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, next_monday


async def test_a_coordinator_plans_for_their_own_organisation_and_for_no_other(database_url):
    club, school = an_organisation(), an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        anna = calendar.headers(a_coordinator(club.id))
        post = calendar.client.post
        assert (await post(f"{API}/events", json=an_event())).status_code == 401
        assert (await post(f"{API}/events", json=an_event(host_ids=[school.id]), headers=anna)).status_code == 403
        assert (await post(f"{API}/events", json=an_event(), headers=calendar.headers(a_person()))).status_code == 403
        mine = await post(f"{API}/events", json=an_event(), headers=anna)
        assert (mine.status_code, mine.json()["host_ids"]) == (201, [club.id])
        address = f"{API}/events/{mine.json()['id']}"
        jan = {**calendar.headers(a_coordinator(school.id)), "If-Match": '"1"'}
        assert (await calendar.client.patch(address, json={"title": "Moje"}, headers=jan)).status_code == 403
        assert (await post(f"{address}/cancel", headers=jan)).status_code == 403
        given_away = await calendar.client.patch(
            address, json={"host_ids": [club.id, school.id]}, headers={**anna, "If-Match": '"1"'}
        )
        assert given_away.status_code == 403


async def test_an_edit_needs_the_version_that_was_read(database_url):
    async with a_calendar(database_url) as calendar:
        headers = calendar.headers(an_administrator())
        made = await calendar.client.post(f"{API}/events", json=an_event(), headers=headers)
        address = f"{API}/events/{made.json()['id']}"
        body = {"title": "Inaczej"}
        assert (await calendar.client.patch(address, json=body, headers=headers)).status_code == 428
        wrong = {**headers, "If-Match": '"7"'}
        assert (await calendar.client.patch(address, json=body, headers=wrong)).status_code == 412
        right = {**headers, "If-Match": '"1"'}
        assert (await calendar.client.patch(address, json=body, headers=right)).json()["version"] == 2
        history = (await calendar.client.get(f"{address}/history")).json()["items"]
        assert [(one["version"], one["action"]) for one in history] == [(1, "planned"), (2, "changed")]


async def test_the_same_key_plans_one_event(database_url):
    async with a_calendar(database_url) as calendar:
        headers = {**calendar.headers(an_administrator()), "Idempotency-Key": "once"}
        body = an_event()
        answers = await asyncio.gather(
            *(calendar.client.post(f"{API}/events", json=body, headers=headers) for _ in range(5))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(await calendar.outgoing(EventPlanned)) == 1
        other = await calendar.client.post(f"{API}/events", json=an_event(title="Inne"), headers=headers)
        assert other.status_code == 422


async def test_an_unknown_venue_is_waited_for_and_then_refused_with_a_pointer(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        headers = calendar.headers(an_administrator())
        body = an_event(venue_id=hall.id, host_ids=[club.id])
        refused = await calendar.client.post(f"{API}/events", json=body, headers=headers)
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/venue_id"]

        request = asyncio.create_task(calendar.client.post(f"{API}/events", json=body, headers=headers))
        await asyncio.sleep(0.05)
        await calendar.deliver(hall)
        assert (await request).status_code == 201


async def test_a_room_is_unknown_while_the_building_around_it_is(database_url):
    club = an_organisation()
    building = a_venue(club.id)
    room = a_venue(club.id, inside_venue_id=building.id, ancestor_ids=(building.id,))
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, room)
        headers = calendar.headers(an_administrator())
        body = an_event(venue_id=room.id, host_ids=[club.id])
        assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 422
        await calendar.deliver(building)
        assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201


async def test_what_is_wrong_is_named_by_a_pointer(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        headers = calendar.headers(an_administrator())
        start = an_event()["starts_at"]
        for fault, pointer in (
            ({"title": " "}, "/title"),
            ({"zone": "Europe/Cracow"}, "/zone"),
            ({"ends_at": start}, "/ends_at"),
            ({"starts_at": "0001-01-01T00:00:00+00:00"}, "/starts_at"),
            ({"starts_at": "2027-01-01T10:00:00"}, "/starts_at"),
            ({"latitude": 50.0}, "/longitude"),
            ({"host_ids": ["x"]}, "/host_ids/0"),
            ({"colour": "red"}, "/colour"),
            ({"borrowed": [{"resource_id": "x", "quantity": 0}]}, "/borrowed/0/resource_id"),
        ):
            refused = await calendar.client.post(f"{API}/events", json=an_event(**{}) | fault, headers=headers)
            assert refused.status_code == 422, fault
            assert pointer in [error["pointer"] for error in refused.json()["errors"]], (fault, refused.json())


async def test_every_field_of_an_event_comes_back_as_it_went_in(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        body = an_event(
            next_monday(17, weeks=-4),
            kind="feast",
            description="Przyjdźcie",
            venue_id=hall.id,
            host_ids=[club.id],
            audiences=["families", "seniors"],
            themes=["zieleń"],
            expected_participants=40,
            needs=["ktoś z gitarą"],
            problem_ids=[club.id],
            initiative_id=club.id,
            funding=[{"source": "Rada Dzielnicy", "amount": 1500.5, "organisation_id": club.id}],
            outcome={"participants": 38, "satisfaction": {"n": 12, "mean": 4.5, "wording_id": "w"}, "note": "Udane"},
            set_up_minutes=30,
            clear_up_minutes=15,
        )
        made = await calendar.client.post(f"{API}/events", json=body, headers=headers)
        assert made.status_code == 201, made.text
        assert made.json() | body == made.json()
        read = await calendar.client.get(f"{API}/events/{made.json()['id']}", headers=headers)
        assert read.json() == made.json()


async def test_who_looks_after_the_neighbourhood_plans_for_every_organisation_and_names_it(sqlite_database_url):
    club, school = an_organisation(), an_organisation()
    maria = a_person(neighbourhood_coordinator=True)
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, school)
        headers = calendar.headers(maria)
        unnamed = await calendar.client.post(f"{API}/events", json=an_event(), headers=headers)
        assert unnamed.status_code == 422
        assert [error["pointer"] for error in unnamed.json()["errors"]] == ["/host_ids"]
        both = an_event(host_ids=[club.id, school.id])
        made = await calendar.client.post(f"{API}/events", json=both, headers=headers)
        assert made.status_code == 201
        edited = await calendar.client.patch(
            f"{API}/events/{made.json()['id']}", json={"title": "Inaczej"}, headers={**headers, "If-Match": '"1"'}
        )
        assert edited.status_code == 200


async def test_a_form_that_plans_for_others_is_shown_again_and_refused(sqlite_database_url):
    club, school = an_organisation(), an_organisation()
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, school)
        form = {
            "title": "Festyn",
            "starts_on": next_monday().date().isoformat(),
            "starts_time": "14:00",
            "ends_time": "16:00",
            "host_ids": school.id,
            "do": "save",
        }
        async with calendar.browser(a_coordinator(club.id)) as browser:
            refused = await browser.post("/calendar/plan", data=form)
            assert (refused.status_code, "Festyn" in refused.text) == (403, True)
        assert await calendar.outgoing(EventPlanned) == []
