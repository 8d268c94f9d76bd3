"""Looking: lists and their filters, opportunities, slots, meetings."""

from shared.messages.calendar import OpportunityFound
from tests.builders import a_coordinator, an_administrator
from tests.service.calendar.builders import (
    API,
    HOME,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)


async def planned(calendar, start=None, **values):
    headers = calendar.headers(an_administrator())
    answer = await calendar.client.post(f"{API}/events", json=an_event(start, **values), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def titles(calendar, path, **query):
    answer = await calendar.client.get(f"{API}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["items"]]


async def test_events_and_dates_are_found_by_what_one_looks_for(database_url):
    club, school = an_organisation(), an_organisation()
    house = a_venue(club.id)
    room = a_venue(club.id, inside_venue_id=house.id, ancestor_ids=(house.id,))
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, house, room)
        await planned(calendar, title="Święto Łąki", host_ids=[club.id], themes=["Zieleń"], audiences=["families"])
        await planned(
            calendar, next_monday(18), title="Joga", host_ids=[school.id], venue_id=room.id, rrule="FREQ=WEEKLY;COUNT=3"
        )
        for path in ("events", "occurrences"):
            assert (await titles(calendar, path))[:2] == ["Święto Łąki", "Joga"]
            assert await titles(calendar, path, q="swieto laki") == ["Święto Łąki"]
            assert await titles(calendar, path, organisation=club.id) == ["Święto Łąki"]
            assert await titles(calendar, path, audience="families") == ["Święto Łąki"]
            assert await titles(calendar, path, theme="zieleń") == ["Święto Łąki"]
            assert set(await titles(calendar, path, venue=house.id)) == {"Joga"}
            assert await titles(calendar, path, status="cancelled") == []
        second_week = {"from": next_monday(0, weeks=2).isoformat(), "to": next_monday(0, weeks=3).isoformat()}
        assert await titles(calendar, "events", **second_week) == ["Joga"]
        assert await titles(calendar, "occurrences", **second_week) == ["Joga"]
        page = (await calendar.client.get(f"{API}/occurrences?limit=3")).json()
        rest = (await calendar.client.get(page["next"])).json()
        assert (len(page["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)


async def test_events_of_different_hosts_that_could_be_joined_are_found_once(database_url):
    club, school = an_organisation(), an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        here = {"latitude": HOME[0], "longitude": HOME[1]}
        one = await planned(calendar, title="Święto", audiences=["families"], host_ids=[club.id], **here)
        later = next_monday(17)
        other = an_event(later, title="Piknik", audiences=["families"], host_ids=[school.id], **here)
        jan = {**calendar.headers(a_coordinator(school.id)), "Accept-Language": "en"}
        checked = (await calendar.client.post(f"{API}/events/check", json=other, headers=jan)).json()
        assert [chance["event_ids"] for chance in checked["opportunities"]] == [[one["id"]]]
        assert checked["opportunities"][0]["reason"].startswith("“Piknik” and “Święto” are at the same place")
        await calendar.client.post(f"{API}/events", json=other, headers=jan)
        await planned(calendar, next_monday(10), title="Własne", audiences=["families"], host_ids=[club.id])
        await hear_itself(calendar)
        found = await calendar.outgoing(OpportunityFound)
        assert len({frozenset(one.event_ids) for one in found}) == len(found) == 1
        assert all(set(one.organisation_ids) == {club.id, school.id} for one in found)
        listed = (await calendar.client.get(f"{API}/opportunities", params={"event": one["id"]})).json()["items"]
        assert [chance["state"] for chance in listed] == ["open"]


async def test_an_event_has_three_opportunities_at_most(sqlite_database_url):
    organisations = [an_organisation() for _ in range(6)]
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(*organisations)
        shared = {"latitude": HOME[0], "longitude": HOME[1], "themes": ["sport"], "audiences": ["families"]}
        for hour, host in enumerate(organisations):
            await planned(calendar, next_monday(8 + hour), hours=1, host_ids=[host.id], **shared)
        await hear_itself(calendar)
        events = [row.id for row in await calendar.rows("event")]
        for event_id in events:
            wanted = {"event": event_id, "state": "open"}
            listed = (await calendar.client.get(f"{API}/opportunities", params=wanted)).json()["items"]
            assert 1 <= len(listed) <= 3


async def test_slots_are_the_nearest_free_times(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        await planned(calendar, next_monday(14), venue_id=hall.id, host_ids=[club.id])
        query = {"venue": hall.id, "from": next_monday(14).isoformat(), "minutes": 120}
        slots = (await calendar.client.get(f"{API}/slots", params=query)).json()["items"]
        expected = [next_monday(16), next_monday(12), next_monday(18)]
        assert [slot["starts_at"] for slot in slots] == [one.isoformat() for one in expected]
        assert {slot["venue_id"] for slot in slots} == {hall.id}
        unknown = await calendar.client.get(f"{API}/slots", params={"zone": "Nowhere"})
        assert unknown.status_code == 422


async def test_a_meeting_has_agenda_minutes_and_decisions_that_are_followed_up(database_url):
    club, school = an_organisation(), an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        event = await planned(calendar, kind="meeting", host_ids=[club.id])
        feast = await planned(calendar, kind="feast", host_ids=[club.id])
        anna, jan = (calendar.headers(a_coordinator(one.id)) for one in (club, school))
        address = f"{API}/meetings/{event['id']}"
        empty = await calendar.client.get(address)
        assert (empty.headers["etag"], empty.json()["agenda"]) == ('"0"', [])
        assert (await calendar.client.get(f"{API}/meetings/{feast['id']}")).status_code == 409
        body = {"agenda": ["Park", "Festyn"], "attendance": [{"organisation_id": school.id, "people": 2}]}
        etag = {"If-Match": '"0"'}
        assert (await calendar.client.patch(address, json=body, headers={**jan, **etag})).status_code == 403
        written = await calendar.client.patch(address, json=body, headers={**anna, **etag})
        assert written.json()["version"] == 1
        minutes = await calendar.client.patch(
            address, json={"minutes": "Było dobrze."}, headers={**anna, "If-Match": '"1"'}
        )
        assert minutes.json()["agenda"] == ["Park", "Festyn"]
        decided = await calendar.client.post(
            f"{address}/decisions",
            json={"text": "Posadzić drzewa", "owner_id": school.id, "due_on": "2027-04-01"},
            headers=anna,
        )
        assert decided.status_code == 201, decided.text
        done = await calendar.client.patch(
            decided.headers["location"], json={"done": True}, headers={**jan, "If-Match": '"1"'}
        )
        assert (done.json()["done"], done.json()["due_on"]) == (True, "2027-04-01")
        [listed] = (await calendar.client.get(f"{address}/decisions")).json()["items"]
        assert listed["done"] is True
