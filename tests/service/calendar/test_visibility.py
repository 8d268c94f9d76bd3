"""What is not public is read by those who may, through every door; everybody else learns times at most."""

import pytest
from sqlalchemy import select

from services.calendar.domain.permissions import may_see_event
from services.calendar.models import Event
from services.calendar.queries import visible_to
from shared.identifiers import new_id
from shared.messages.calendar import ConflictDetected, OpportunityFound
from tests.builders import a_person, an_administrator
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, hear_itself

SECRET = "Zespół interdyscyplinarny"


class Hidden:
    """An event of the centre that only its hosts may read, and one of the club in the same park at the same time."""

    def __init__(self, calendar, visibility):
        self.calendar, self.visibility = calendar, visibility
        self.centre, self.club = an_organisation(name="OPS"), an_organisation()
        self.park = a_venue(self.centre.id, one_at_a_time=False, name="Park")
        self.readers = {
            "stranger": None,
            "partner": a_person(roles={self.club.id: "coordinator"}),
            "host": a_person(roles={self.centre.id: "member"}),
        }

    async def plan(self):
        await self.calendar.deliver(self.centre, self.club, self.park)
        headers = self.calendar.headers(an_administrator())
        ids = []
        hidden = {"title": SECRET, "visibility": self.visibility, "kind": "meeting", "themes": ["rodzina"]}
        for values in ({"host_ids": [self.centre.id], **hidden}, {"host_ids": [self.club.id], "title": "Gry"}):
            body = an_event(venue_id=self.park.id, audiences=["families"], **values)
            made = await self.calendar.client.post(f"{API}/events", json=body, headers=headers)
            assert made.status_code == 201, made.text
            ids.append(made.json()["id"])
        await hear_itself(self.calendar)
        self.id, self.other_id = ids

    def headers(self, who):
        person = self.readers[who]
        return self.calendar.headers(person) if person else {}

    async def seen(self, path, who):
        """Ask, and say whether the answer is there and whether it tells the title."""
        answer = await self.calendar.client.get(path.format(id=self.id), headers=self.headers(who))
        return answer.status_code, SECRET in answer.text


LISTS = (
    f"{API}/events",
    f"{API}/events?q=interdyscyplinarny",
    f"{API}/events?theme=rodzina",
    f"{API}/occurrences",
    f"{API}/conflicts",
)
ONES = (
    f"{API}/events/{{id}}",
    f"{API}/events/{{id}}/occurrences",
    f"{API}/events/{{id}}/history",
    f"{API}/meetings/{{id}}",
    f"{API}/meetings/{{id}}/decisions",
    "/calendar/events/{id}.ics",
)
FEEDS = ("/calendar/feed.ics",)
SEES = [("hosts", {"host"}), ("partners", {"partner", "host"}), ("public", {"stranger", "partner", "host"})]


@pytest.mark.parametrize(("visibility", "readers"), SEES)
async def test_every_door_shows_an_event_to_those_who_may_read_it(sqlite_database_url, visibility, readers):
    async with a_calendar(sqlite_database_url) as calendar:
        it = Hidden(calendar, visibility)
        await it.plan()
        for who in it.readers:
            for path in ONES:
                expected = (200, True) if who in readers else (404, False)
                answered = await it.seen(path, who)
                if "events/{id}" not in path or path.endswith("occurrences") or path.endswith("history"):
                    expected, answered = expected[0], answered[0]
                assert answered == expected, (who, path)
            for path in LISTS:
                assert (await it.seen(path, who))[0] == 200
                if "history" not in path:
                    assert (await it.seen(path, who))[1] == (who in readers), (who, path)
            for path in FEEDS:
                assert (await it.seen(path, who)) == (200, visibility == "public"), (who, path)


async def test_a_conflict_with_a_hidden_event_tells_strangers_the_times_alone(database_url):
    async with a_calendar(database_url) as calendar:
        it = Hidden(calendar, "hosts")
        await it.plan()
        told = [*await calendar.outgoing(ConflictDetected), *await calendar.outgoing(OpportunityFound)]
        assert told
        assert SECRET not in "".join(message.model_dump_json() for message in told)
        headers = {**it.headers("partner"), "Accept-Language": "pl"}
        [found] = [
            one
            for one in (await calendar.client.get(f"{API}/conflicts", headers=headers)).json()["items"]
            if one["kind"] == "venue"
        ]
        assert found["reason"] == "„Gry” i wydarzenie niepubliczne wpływają na siebie."
        assert sorted(found["event_titles"]) == ["Gry", "wydarzenie niepubliczne"]
        [known] = [
            one
            for one in (await calendar.client.get(f"{API}/conflicts", headers=it.headers("host"))).json()["items"]
            if one["kind"] == "venue"
        ]
        assert SECRET in known["reason"]
        body = an_event(venue_id=it.park.id, host_ids=[it.club.id])
        checked = await calendar.client.post(f"{API}/events/check", json=body, headers=headers)
        assert checked.json()["conflicts"]
        assert SECRET not in checked.text
        for who, shown in (("stranger", 404), ("partner", 404), ("host", 200)):
            async with calendar.browser(it.readers[who]) as browser:
                page = await browser.get(f"/calendar/events/{it.id}")
                assert (page.status_code, SECRET in page.text) == (shown, shown == 200)
                for path in ("/calendar/", f"/calendar/events/{it.other_id}"):
                    assert (SECRET in (await browser.get(path)).text) == (who == "host"), (who, path)


async def test_the_query_and_the_function_say_the_same(database_url):
    async with a_calendar(database_url) as calendar:
        it = Hidden(calendar, "hosts")
        await it.plan()
        leader = a_person()
        headers = calendar.headers(an_administrator())
        for visibility in ("partners", "hosts"):
            body = an_event(host_ids=[it.centre.id], visibility=visibility, leader_ids=[leader.id])
            assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201
        everybody = [*it.readers.values(), leader, a_person(), a_person(neighbourhood_coordinator=True)]

        def differences(session):
            events = list(session.scalars(select(Event)))
            for person in everybody:
                seen = set(session.scalars(select(Event.id).where(visible_to(person))))
                yield seen ^ {
                    one.id
                    for one in events
                    if may_see_event(person, one.visibility, tuple(one.host_ids), tuple(one.leader_ids))
                }

        assert await calendar.database.read(lambda session: list(differences(session))) == [set()] * len(everybody)


async def test_who_has_no_role_reads_no_title_of_partners_in_what_a_check_says(sqlite_database_url):
    """Fails where an opportunity names an event as it is, whoever asks; and on the bus."""
    async with a_calendar(sqlite_database_url) as calendar:
        centre, club = an_organisation(), an_organisation()
        park = a_venue(centre.id, one_at_a_time=False, name="Park")
        await calendar.deliver(centre, club, park)
        common = {"venue_id": park.id, "audiences": ["families"], "themes": ["rodzina"], "kind": "feast"}
        headers = calendar.headers(an_administrator())
        hidden = an_event(title=SECRET, visibility="partners", host_ids=[centre.id], **common)
        open_ = an_event(title="Gry", host_ids=[club.id], **common)
        checked = None
        for body in (hidden, open_):
            answer = await calendar.client.post(f"{API}/events/check", json=body, headers=calendar.headers(a_person()))
            checked = answer.json()
            assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201
        assert checked["opportunities"]
        assert SECRET not in str(checked)
        await hear_itself(calendar)
        [found] = await calendar.outgoing(OpportunityFound)
        assert SECRET not in found.model_dump_json()


async def test_a_conflict_of_hidden_events_alone_is_nobodys_business(sqlite_database_url):
    """Fails where the list tells strangers that there is one, and of which kind."""
    async with a_calendar(sqlite_database_url) as calendar:
        club = an_organisation()
        park = a_venue(club.id, one_at_a_time=False, name="Park")
        await calendar.deliver(club, park)
        for title in ("Narada", "Odprawa"):
            body = an_event(title=title, visibility="hosts", venue_id=park.id, host_ids=[club.id])
            await calendar.client.post(f"{API}/events", json=body, headers=calendar.headers(an_administrator()))
        await hear_itself(calendar)
        [row] = await calendar.rows("conflict")
        for person, seen in ((None, False), (a_person(), False), (a_person(roles={club.id: "member"}), True)):
            headers = calendar.headers(person) if person else {}
            listed = (await calendar.client.get(f"{API}/conflicts", headers=headers)).json()["items"]
            one = await calendar.client.get(f"{API}/conflicts/{row.id}", headers=headers)
            assert (bool(listed), one.status_code) == (seen, 200 if seen else 404)


async def test_the_history_of_what_was_hidden_stays_hidden(sqlite_database_url):
    """Fails where an event that everybody may see now tells everybody what it was called before."""
    async with a_calendar(sqlite_database_url) as calendar:
        club = an_organisation()
        await calendar.deliver(club)
        member = a_person(roles={club.id: "coordinator"})
        headers = calendar.headers(member)
        body = an_event(title=SECRET, visibility="hosts", host_ids=[club.id])
        made = (await calendar.client.post(f"{API}/events", json=body, headers=headers)).json()
        path = f"{API}/events/{made['id']}"
        for version, changes in enumerate(
            ({"title": "Spotkanie", "visibility": "public"}, {"title": "Narada"}), start=1
        ):
            tag = {**headers, "If-Match": f'"{version}"'}
            assert (await calendar.client.patch(path, json=changes, headers=tag)).status_code == 200
        told = (await calendar.client.get(f"{path}/history")).json()["items"]
        assert [bool(one["changes"]) for one in told] == [False, False, True]
        assert SECRET not in str(told)
        assert SECRET in (await calendar.client.get(f"{path}/history", headers=headers)).text
        async with calendar.browser() as browser:
            assert SECRET not in (await browser.get(f"/calendar/events/{made['id']}")).text


async def test_who_may_not_read_an_event_is_told_that_there_is_none_when_changing_it(database_url):
    async with a_calendar(database_url) as calendar:
        it = Hidden(calendar, "hosts")
        await it.plan()
        partner = it.readers["partner"]
        headers = calendar.headers(partner)
        for event_id in (it.id, new_id()):
            path = f"{API}/events/{event_id}"
            tagged = {**headers, "If-Match": '"1"'}
            for changes in ({"title": "x"}, {"host_ids": [it.club.id]}):
                assert (await calendar.client.patch(path, json=changes, headers=tagged)).status_code == 404
            assert (await calendar.client.post(f"{path}/cancel", headers=headers)).status_code == 404
            async with calendar.browser(partner) as browser:
                assert (await browser.get(f"/calendar/events/{event_id}/move")).status_code == 404
                for form in ({"do": "check"}, {"do": "save", "title": "x"}):
                    answer = await browser.post(f"/calendar/events/{event_id}/move", data=form)
                    assert answer.status_code == 404
                dates = {"version": "1", "recurrence": "1", "do": "move", "new_time": "x"}
                assert (await browser.post(f"/calendar/events/{event_id}/dates", data=dates)).status_code == 404
        async with calendar.browser() as browser:
            typed = {"title": "Nasze", "host_ids": it.club.id}
            answers = [await browser.post(f"/calendar/events/{one}/move", data=typed) for one in (it.id, new_id())]
            for answer in answers:
                assert answer.status_code == 401
                assert it.centre.id not in answer.text
                assert "Nasze" in answer.text
                assert f'name="host_ids" value="{it.club.id}"' in answer.text
