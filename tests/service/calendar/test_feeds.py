"""What a calendar program gets that subscribes."""

from icalendar import Calendar

from tests.builders import an_administrator
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, next_monday


async def planned(calendar, **values):
    answer = await calendar.client.post(
        f"{API}/events", json=an_event(**values), headers=calendar.headers(an_administrator())
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def titles(answer):
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return sorted(str(one["SUMMARY"]) for one in Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_the_feed_holds_every_event_and_its_filters_choose(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        await planned(calendar, title="Gimnastyka", host_ids=[club.id], venue_id=hall.id, audiences=["seniors"])
        await planned(calendar, title="Zebranie", host_ids=[school.id], audiences=["families"], themes=["szkoła"])
        feed = "/calendar/feed.ics"
        assert titles(await calendar.client.get(feed)) == ["Gimnastyka", "Zebranie"]
        assert titles(await calendar.client.get(f"{feed}?organisation={school.id}")) == ["Zebranie"]
        assert titles(await calendar.client.get(f"{feed}?venue={hall.id}")) == ["Gimnastyka"]
        assert titles(await calendar.client.get(f"{feed}?audience=families")) == ["Zebranie"]
        refused = await calendar.client.get(f"{feed}?audience=cats")
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        assert (await calendar.client.get(f"{feed}?colour=red")).status_code == 422


async def test_a_cancelled_event_stays_in_the_feed_so_that_programs_learn_of_it(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        made = await planned(calendar, host_ids=[club.id])
        headers = calendar.headers(an_administrator())
        before = (await calendar.client.get("/calendar/feed.ics")).headers["etag"]
        assert (await calendar.client.get("/calendar/feed.ics", headers={"If-None-Match": before})).status_code == 304
        await calendar.client.post(f"{API}/events/{made['id']}/cancel", headers=headers)
        again = await calendar.client.get("/calendar/feed.ics", headers={"If-None-Match": before})
        [event] = Calendar.from_ical(again.content).walk("VEVENT")
        assert str(event["STATUS"]) == "CANCELLED"


async def test_one_event_is_a_file_that_names_its_place(database_url):
    club = an_organisation()
    hall = a_venue(club.id, name="Sala, mała", address="ul. Jaremy 1")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        made = await planned(calendar, host_ids=[club.id], venue_id=hall.id)
        answer = await calendar.client.get(f"/calendar/events/{made['id']}.ics")
        [event] = Calendar.from_ical(answer.content).walk("VEVENT")
        assert str(event["LOCATION"]) == "Sala, mała, ul. Jaremy 1"
        assert event["DTSTART"].dt == next_monday()
        assert made["id"] in answer.headers["content-disposition"]
        missing = await calendar.client.get("/calendar/events/01980000-0000-7000-8000-000000000000.ics")
        assert missing.status_code == 404
