"""What a calendar program gets that subscribes."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from icalendar import Calendar
from sqlalchemy import update

from services.calendar.api import feeds
from services.calendar.models import Event, Inbox
from services.calendar.queries import feeds as queries
from shared.messages.registry import VenueChanged
from tests.builders import an_administrator
from tests.service.calendar.builders import API, WARSAW, a_calendar, a_venue, an_event, an_organisation, next_monday


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


async def test_filters_go_together_and_what_is_not_for_everybody_is_in_no_feed(database_url):
    club = an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club)
        start = next_monday()
        for kind, visibility, weeks in (("feast", "public", 1), ("course", "public", 1), ("feast", "public", 3)):
            at = start + timedelta(weeks=weeks)
            await planned(calendar, starts_at=at, title=f"{kind} {weeks}", kind=kind, visibility=visibility)
        hidden = await planned(calendar, title="Narada", visibility="hosts", host_ids=[club.id])
        until = (start + timedelta(weeks=2)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        get = calendar.client.get
        assert titles(await get("/calendar/feed.ics")) == ["course 1", "feast 1", "feast 3"]
        assert titles(await get(f"/calendar/feed.ics?kind=feast&to={until}")) == ["feast 1"]
        assert titles(await get("/calendar/feed.ics?q=course&status=confirmed")) == ["course 1"]
        assert (await get(f"/calendar/events/{hidden['id']}.ics")).status_code == 404
        assert "Narada" not in (await get("/calendar/feed.atom")).text + (await get("/calendar/feed.json")).text
        busy = (await get(f"{API}/free-busy?organisation={club.id}&to={until}")).json()
        assert len(busy["busy"]) == 1
        assert "Narada" not in str(busy)


async def test_a_feed_is_written_piece_by_piece_and_each_event_comes_once(sqlite_database_url, monkeypatch):
    monkeypatch.setattr(queries, "EVENTS_A_PIECE", 2)
    async with a_calendar(sqlite_database_url) as calendar:
        for number in range(5):
            zone = "Europe/Warsaw" if number else "America/New_York"
            await planned(calendar, starts_at=next_monday(weeks=number + 1), title=str(number), zone=zone)
        answer = await calendar.client.get("/calendar/feed.ics")
        assert titles(answer) == ["0", "1", "2", "3", "4"]
        assert len(Calendar.from_ical(answer.content).walk("VTIMEZONE")) == 2
        assert b"X-PUBLISHED-TTL:PT30M" in answer.content


async def test_who_has_the_newest_is_told_so_by_date_too_but_not_right_after_a_change(sqlite_database_url, monkeypatch):
    async with a_calendar(sqlite_database_url) as calendar:
        await planned(calendar)
        for feed in ("feed.ics", "feed.atom", "feed.json"):
            first = await calendar.client.get(f"/calendar/{feed}")
            same = {"If-None-Match": first.headers["etag"]}
            assert (await calendar.client.get(f"/calendar/{feed}", headers=same)).status_code == 304
            for since, moment, status in (
                (first.headers["last-modified"], timedelta(), 304),
                (first.headers["last-modified"], timedelta(days=1), 200),
                ("Thu, 01 Jan 2026 00:00:00 GMT", timedelta(), 200),
                ("nonsense", timedelta(), 200),
            ):
                monkeypatch.setattr(feeds, "A_MOMENT", moment)
                answer = await calendar.client.get(f"/calendar/{feed}", headers={"If-Modified-Since": since})
                assert answer.status_code == status, (since, moment)
        etags = {(await calendar.client.get(f"/calendar/feed.ics?q={word}")).headers["etag"] for word in ("a", "b")}
        assert len(etags) == 2


async def test_readers_get_what_is_to_come_as_atom_and_json(database_url):
    club = an_organisation()
    hall = a_venue(club.id, name="Sala <mała>")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        past = next_monday(weeks=-60)
        await planned(calendar, starts_at=past, title="Było")
        await planned(calendar, starts_at=past, title="Trwa", rrule="FREQ=WEEKLY")
        made = await planned(calendar, title="Bal & tańce", venue_id=hall.id, themes=["taniec"], description="Wstęp")
        atom = await calendar.client.get("/calendar/feed.atom", headers={"Accept-Language": "pl"})
        assert atom.headers["content-type"].startswith("application/atom+xml")
        name = "{http://www.w3.org/2005/Atom}"
        document = ElementTree.fromstring(atom.content)
        entries = document.findall(f"{name}entry")
        assert [one.findtext(f"{name}title") for one in entries] == ["Bal & tańce", "Trwa"]
        assert entries[0].findtext(f"{name}id") == f"urn:uuid:{made['id']}"
        assert "Sala <mała>" in entries[0].findtext(f"{name}summary")
        assert document.findtext(f"{name}updated") == entries[0].findtext(f"{name}updated")
        items = (await calendar.client.get("/calendar/feed.json")).json()["items"]
        assert [one["title"] for one in items] == ["Bal & tańce", "Trwa"]
        assert items[0]["_osiedle"]["starts_at"] == made["starts_at"]
        assert datetime.fromisoformat(items[1]["_osiedle"]["starts_at"]) > datetime.now(UTC) - timedelta(days=1)


def feed_time(at):
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_a_series_that_begins_after_the_time_one_asks_for_is_not_in_it(database_url):
    async with a_calendar(database_url, horizon_days=60) as calendar:
        await planned(calendar, title="Bez końca", starts_at=next_monday(weeks=6), rrule="FREQ=WEEKLY")
        feed, get = "/calendar/feed.ics", calendar.client.get
        early, late = feed_time(next_monday(weeks=4)), feed_time(next_monday(weeks=60))
        assert titles(await get(f"{feed}?to={early}")) == []
        assert titles(await get(f"{feed}?from={early}")) == ["Bez końca"]
        assert titles(await get(f"{feed}?from={late}")) == ["Bez końca"]
        assert titles(await get(f"{feed}?from={early}&to={late}")) == ["Bez końca"]


async def test_readers_are_told_that_an_event_is_cancelled(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        made = await planned(calendar, title="Bal")
        await calendar.client.post(f"{API}/events/{made['id']}/cancel", headers=calendar.headers(an_administrator()))
        for feed in ("feed.atom", "feed.json"):
            answer = await calendar.client.get(f"/calendar/{feed}", headers={"Accept-Language": "en"})
            assert "This event is cancelled, " in answer.text


async def test_a_day_is_a_day_to_readers_also_after_the_clocks_changed(database_url):
    """The last Sunday of October has 25 hours, and no other day of the series."""
    october = next(
        day
        for day in (datetime(datetime.now(UTC).year - 1, 10, 31, tzinfo=WARSAW) - timedelta(days=n) for n in range(7))
        if day.weekday() == 6
    )
    async with a_calendar(database_url) as calendar:
        await planned(
            calendar, starts_at=october, title="Niedziela", all_day=True, rrule="FREQ=WEEKLY",
            ends_at=(october + timedelta(days=1)).isoformat(),
        )  # fmt: skip
        [item] = (await calendar.client.get("/calendar/feed.json")).json()["items"]
        ends = [datetime.fromisoformat(item["_osiedle"][name]) for name in ("starts_at", "ends_at")]
        assert [one.hour for one in ends] == [0, 0]
        assert ends[1].date() - ends[0].date() == timedelta(days=1)


async def test_what_was_joined_into_a_hidden_event_is_still_a_file_that_says_it_is_off(database_url):
    club, school = an_organisation(), an_organisation()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school)
        ours, theirs = [
            await planned(calendar, title=title, host_ids=[one.id], audiences=["families"])
            for title, one in (("Piknik", club), ("Festyn", school))
        ]
        headers = calendar.headers(an_administrator())
        pair = {"event_ids": [ours["id"], theirs["id"]], "event_id": ours["id"]}
        proposed = await calendar.client.post(f"{API}/opportunities", json=pair, headers=headers)
        assert proposed.status_code == 201, proposed.text
        accepted = await calendar.client.post(
            f"{API}/opportunities/{proposed.json()['id']}/accept", json={}, headers=headers
        )
        assert accepted.status_code == 200, accepted.text
        path, joint = f"/calendar/events/{theirs['id']}.ics", f"{API}/events/{ours['id']}"
        assert titles(await calendar.client.get(path)) == ["Festyn", "Piknik"]
        version = (await calendar.client.get(joint)).headers["etag"]
        hidden = {"json": {"visibility": "hosts"}, "headers": {**headers, "If-Match": version}}
        before = (await calendar.client.get("/calendar/feed.ics")).headers["etag"]
        assert (await calendar.client.patch(joint, **hidden)).status_code == 200
        alone = await calendar.client.get(path)
        assert titles(alone) == ["Festyn"]
        assert b"STATUS:CANCELLED" in alone.content
        feed = await calendar.client.get("/calendar/feed.ics", headers={"If-None-Match": before})
        assert titles(feed) == ["Festyn"]
        assert ours["uid"].encode() not in alone.content + feed.content


async def test_a_room_is_taken_when_the_whole_building_is(database_url):
    club = an_organisation()
    house = a_venue(club.id, name="Dom")
    room = a_venue(club.id, name="Sala", inside_venue_id=house.id, ancestor_ids=(house.id,))
    other = a_venue(club.id, name="Kuchnia", inside_venue_id=house.id, ancestor_ids=(house.id,))
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, house, room, other)
        start = next_monday()
        await planned(calendar, starts_at=start, venue_id=house.id)
        await planned(calendar, starts_at=start + timedelta(hours=5), venue_id=other.id)
        address = f"{API}/free-busy?from={feed_time(start)}&to={feed_time(start + timedelta(hours=12))}"

        async def at(venue):
            return len((await calendar.client.get(f"{address}&venue={venue.id}")).json()["busy"])

        assert [await at(one) for one in (house, room, other)] == [2, 1, 2]
        text = await calendar.client.get(
            f"{address}&venue={room.id}&organisation={club.id}", headers={"Accept": "text/calendar"}
        )
        assert max(len(line) for line in text.content.split(b"\r\n")) <= 75


async def test_free_and_busy_is_merged_and_widened_at_a_venue_and_read_as_vfreebusy(database_url):
    club = an_organisation()
    hall = a_venue(club.id, set_up_minutes=30, clear_up_minutes=0)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        start = next_monday()
        ours = {"host_ids": [club.id], "venue_id": hall.id}
        await planned(calendar, starts_at=start, hours=1, **ours)
        await planned(calendar, starts_at=start + timedelta(hours=1, minutes=30), hours=1, **ours)
        await planned(calendar, starts_at=start, hours=3, host_ids=[club.id], status="tentative")
        at = [start + timedelta(hours=hours) for hours in (-12, 2)]
        window = "&".join(
            f"{name}={one.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for name, one in zip(("from", "to"), at, strict=True)
        )
        address = f"{API}/free-busy?{window}"

        async def spans(filters):
            answer = (await calendar.client.get(f"{address}&{filters}")).json()
            hours = [
                [(datetime.fromisoformat(one[end]) - start) / timedelta(hours=1) for end in ("starts_at", "ends_at")]
                for one in (*answer["busy"], *answer["tentative"])
            ]
            return hours

        assert await spans(f"venue={hall.id}") == [[-0.5, 2]]
        assert await spans(f"organisation={club.id}") == [[0, 1], [1.5, 2], [1, 1.5]]
        answer = await calendar.client.get(f"{address}&organisation={club.id}", headers={"Accept": "text/calendar"})
        [found] = Calendar.from_ical(answer.content).walk("VFREEBUSY")
        assert [str(one.params.get("FBTYPE", "BUSY")) for one in found["FREEBUSY"]] == [
            "BUSY",
            "BUSY",
            "BUSY-TENTATIVE",
        ]
        assert found["DTSTART"].dt == at[0]
        for wrong in (
            f"from={at[0].astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}&to=2100-01-01T00:00:00Z",
            "to=2020-01-01T00:00:00Z",
        ):
            assert (await calendar.client.get(f"{API}/free-busy?{wrong}")).status_code == 422


async def test_what_is_done_has_been_busy(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        start = next_monday(weeks=-3)
        await planned(calendar, starts_at=start, status="done")
        window = f"from={feed_time(start)}&to={feed_time(start + timedelta(days=1))}"
        assert len((await calendar.client.get(f"{API}/free-busy?{window}")).json()["busy"]) == 1


async def test_who_asks_by_date_gets_a_venue_under_its_new_name(database_url):
    club = an_organisation()
    hall = a_venue(club.id, name="Sala")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        await planned(calendar, venue_id=hall.id)
        long_ago = datetime.now(UTC) - timedelta(days=2)
        await calendar.database.write(
            lambda session: (
                session.execute(update(Event).values(changed_at=long_ago)),
                session.execute(update(Inbox).values(received_at=long_ago)),
            )
        )
        since = {"If-Modified-Since": (await calendar.client.get("/calendar/feed.ics")).headers["last-modified"]}
        assert (await calendar.client.get("/calendar/feed.ics", headers=since)).status_code == 304
        await calendar.deliver(VenueChanged(**{**hall.model_dump(), "version": 2, "name": "Aula"}))
        assert b"LOCATION:Aula" in (await calendar.client.get("/calendar/feed.ics", headers=since)).content


async def test_what_is_kept_in_words_follows_every_change_of_event_venue_and_relations(database_url):
    """Fails where the words of an event are kept by its id alone."""
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        event = await planned(calendar, title="Festyn", venue_id=hall.id, host_ids=[club.id])
        other = await planned(calendar, title="Kiermasz", starts_at=next_monday(20), host_ids=[club.id])

        async def feed():
            return (await calendar.client.get("/calendar/feed.ics")).text.replace("\r\n ", "")

        assert "SUMMARY:Festyn" in await feed() == await feed()
        changed = {**headers, "If-Match": f'"{event["version"]}"'}
        await calendar.client.patch(f"{API}/events/{event['id']}", json={"title": "Jarmark"}, headers=changed)
        assert "SUMMARY:Jarmark" in await feed()
        await calendar.deliver(VenueChanged(**{**hall.model_dump(), "version": 2, "name": "Świetlica"}))
        assert "LOCATION:Świetlica" in await feed()
        together = update(Event).where(Event.id == event["id"]).values(related_ids=[other["id"]])
        await calendar.database.write(lambda session: session.execute(together) and None)
        assert f"RELATED-TO;RELTYPE=SIBLING:{other['uid']}" in await feed()
        hidden = update(Event).where(Event.id == other["id"]).values(visibility="hosts")
        await calendar.database.write(lambda session: session.execute(hidden) and None)
        assert "RELATED-TO" not in await feed()
