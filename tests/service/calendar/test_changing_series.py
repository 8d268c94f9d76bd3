"""One date of a series, those that follow or all, changed and cancelled; a cancel undone; what came of an event."""

from datetime import datetime, timedelta
from urllib.parse import quote

from shared.messages.calendar import EventMoved, EventPlanned
from tests.builders import a_person, an_administrator
from tests.service.calendar.builders import (
    API,
    WARSAW,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    next_monday,
)

A_WEEK, AN_HOUR = timedelta(days=7), timedelta(hours=1)
FIRST = next_monday(14)


def plus(at, length):
    """Later on the wall clock of Warsaw."""
    return (at.astimezone(WARSAW) + length).isoformat()


class Series:
    """A weekly event of five dates in a hall, and the ways to change it."""

    def __init__(self, calendar, **values):
        self.calendar, self.headers = calendar, calendar.headers(an_administrator())
        self.club = an_organisation()
        self.hall = a_venue(self.club.id)
        self.values = {
            "rrule": "FREQ=WEEKLY;COUNT=5",
            "venue_id": self.hall.id,
            "host_ids": [self.club.id],
            **values,
        }

    async def plan(self):
        await self.calendar.deliver(self.club, self.hall)
        self.made = (await self.post("events", an_event(FIRST, **self.values))).json()
        return self.made["id"]

    async def post(self, path, body):
        return await self.calendar.client.post(f"{API}/{path}", json=body, headers=self.headers)

    async def change(self, number, scope, version, **changes):
        """Change the date of so many weeks after the first."""
        path = f"{API}/events/{self.made['id']}/occurrences/{quote(plus(FIRST, number * A_WEEK))}?scope={scope}"
        headers = {**self.headers, "If-Match": f'"{version}"'}
        return await self.calendar.client.patch(path, json=changes, headers=headers)

    async def dates(self, event_id):
        answer = await self.calendar.client.get(f"{API}/events/{event_id}/occurrences?limit=200")
        return [(one["starts_at"], one["status"]) for one in answer.json()["items"]]

    async def history(self, event_id):
        return (await self.calendar.client.get(f"{API}/events/{event_id}/history")).json()["items"]


async def test_one_date_is_moved_cancelled_and_brought_back_under_its_version(database_url):
    async with a_calendar(database_url) as calendar:
        series = Series(calendar)
        event_id = await series.plan()
        later = plus(FIRST, 2 * A_WEEK + AN_HOUR)
        moved = await series.change(2, "this", 1, starts_at=later, because="Prowadząca w pracy")
        assert (moved.status_code, moved.headers["etag"], moved.json()["rrule"]) == (200, '"2"', "FREQ=WEEKLY;COUNT=5")
        assert (await series.change(3, "this", 1, status="cancelled")).status_code == 412
        cancelled = await series.change(3, "this", 2, status="cancelled")
        assert cancelled.status_code == 200, cancelled.text
        dates = await series.dates(event_id)
        assert [at for at, _ in dates][1:3] == [plus(FIRST, A_WEEK), later]
        assert [status for _, status in dates] == ["confirmed"] * 3 + ["cancelled", "confirmed"]
        taken = an_event(FIRST + 3 * A_WEEK, venue_id=series.hall.id, host_ids=[series.club.id])
        other = (await series.post("events", taken)).json()
        refused = await series.change(3, "this", 3, status="confirmed")
        assert (refused.status_code, refused.json()["conflicts"][0]["event_ids"]) == (
            409,
            sorted([event_id, other["id"]]),
        )
        assert (await series.change(9, "this", 3, title="Nic")).status_code == 404
        line = (await series.history(event_id))[1]
        assert (line["action"], line["reason"], list(line["changes"])) == (
            "moved",
            "Prowadząca w pracy",
            ["overrides"],
        )


async def test_this_and_the_following_dates_become_a_series_that_follows_the_old_one(database_url):
    async with a_calendar(database_url) as calendar:
        series = Series(calendar, exdates=[plus(FIRST, 4 * A_WEEK)])
        event_id = await series.plan()
        new = await series.change(2, "following", 1, starts_at=plus(FIRST, 2 * A_WEEK + 4 * AN_HOUR), title="Później")
        assert new.status_code == 200, new.text
        event = new.json()
        assert (event["follows_id"], event["title"], event["rrule"], new.headers["etag"]) == (
            event_id,
            "Później",
            "FREQ=WEEKLY;COUNT=3",
            '"1"',
        )
        assert [at for at, _ in await series.dates(event["id"])] == [
            plus(FIRST, n * A_WEEK + 4 * AN_HOUR) for n in (2, 3)
        ]
        assert [at for at, _ in await series.dates(event_id)] == [plus(FIRST, n * A_WEEK) for n in (0, 1)]
        assert (await series.history(event_id))[-1]["changes"]["followed_by"] == [None, event["id"]]
        assert (await series.history(event["id"]))[0]["changes"] == {"follows_id": [None, event_id]}
        assert [told.id for told in await calendar.outgoing(EventPlanned)] == [event_id, event["id"]]
        assert [told.id for told in await calendar.outgoing(EventMoved)] == [event_id]


async def test_a_split_that_is_blocked_leaves_the_series_whole(database_url):
    async with a_calendar(database_url) as calendar:
        series = Series(calendar)
        event_id = await series.plan()
        taken = an_event(FIRST + 3 * A_WEEK + 4 * AN_HOUR, venue_id=series.hall.id, host_ids=[series.club.id])
        await series.post("events", taken)
        refused = await series.change(2, "following", 1, starts_at=plus(FIRST, 2 * A_WEEK + 4 * AN_HOUR))
        assert refused.status_code == 409
        assert len(await series.dates(event_id)) == 5
        assert len(await series.history(event_id)) == 1
        assert len(await calendar.rows("event")) == 2


async def test_all_dates_move_by_what_one_of_them_moves_and_one_of_other_words_goes_its_own_way(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        series = Series(calendar, exdates=[plus(FIRST, A_WEEK)])
        event_id = await series.plan()
        moved = await series.change(2, "all", 1, starts_at=plus(FIRST, 2 * A_WEEK + AN_HOUR))
        assert moved.json()["id"] == event_id
        assert [at for at, _ in await series.dates(event_id)] == [
            plus(FIRST, n * A_WEEK + AN_HOUR) for n in (0, 2, 3, 4)
        ]
        path = f"{API}/events/{event_id}/occurrences/{quote(plus(FIRST, 3 * A_WEEK + AN_HOUR))}"
        own = await calendar.client.patch(
            path, json={"description": "Z gościem"}, headers={**series.headers, "If-Match": '"2"'}
        )
        assert (own.json()["follows_id"], own.json()["rrule"]) == (event_id, None)
        assert len(await series.dates(event_id)) == 3


async def test_the_rest_of_a_series_is_cancelled_and_a_cohost_may_split_it(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        partner = an_organisation()
        await calendar.deliver(partner)
        series = Series(calendar)
        series.values["host_ids"] = [series.club.id, partner.id]
        event_id = await series.plan()
        series.headers = calendar.headers(a_person(roles={partner.id: "coordinator"}))
        assert (await series.change(3, "following", 1, title="Nowe")).status_code == 200
        ended = await series.change(1, "following", 2, status="cancelled")
        assert (ended.status_code, ended.json()["id"]) == (200, event_id)
        assert len(await series.dates(event_id)) == 1


async def test_a_cancel_is_undone_unless_the_place_is_taken_meanwhile(database_url):
    async with a_calendar(database_url) as calendar:
        series = Series(calendar, rrule=None, status="tentative")
        event_id = await series.plan()
        await series.post(f"events/{event_id}/cancel", {"because": "Deszcz"})
        back = await series.post(f"events/{event_id}/restore", {"because": "Słońce"})
        assert (back.status_code, back.json()["status"], back.headers["etag"]) == (200, "tentative", '"3"')
        again = await series.post(f"events/{event_id}/restore", {})
        assert (again.status_code, again.headers["etag"]) == (200, '"3"')
        history = [(line["action"], line["reason"]) for line in await series.history(event_id)]
        assert history == [("planned", ""), ("cancelled", "Deszcz"), ("restored", "Słońce")]
        assert [told.version for told in await calendar.outgoing(EventPlanned)] == [1, 3]
        headers = {**series.headers, "If-Match": '"3"'}
        await calendar.client.patch(f"{API}/events/{event_id}", json={"status": "confirmed"}, headers=headers)
        await series.post(f"events/{event_id}/cancel", {})
        other = await series.post("events", an_event(FIRST, venue_id=series.hall.id, host_ids=[series.club.id]))
        assert other.status_code == 201
        refused = await series.post(f"events/{event_id}/restore", {})
        assert refused.status_code == 409
        assert len(refused.json()["conflicts"]) == 1


async def test_an_outcome_is_told_of_what_took_place_and_only_what_is_over_is_done(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        series = Series(calendar)
        event_id = await series.plan()

        async def edit(event_id, version, **changes):
            headers = {**series.headers, "If-Match": f'"{version}"'}
            return await calendar.client.patch(f"{API}/events/{event_id}", json=changes, headers=headers)

        early = await edit(event_id, 1, outcome={"participants": 30})
        assert [error["pointer"] for error in early.json()["errors"]] == ["/outcome"]
        assert (await edit(event_id, 1, status="done")).status_code == 409
        past = datetime.now(WARSAW).replace(microsecond=0) - timedelta(days=3)
        made = (await series.post("events", an_event(past, host_ids=[series.club.id], status="tentative"))).json()
        assert (await edit(made["id"], 1, status="done")).status_code == 409
        assert (await edit(made["id"], 1, status="confirmed")).status_code == 200
        done = await edit(made["id"], 2, status="done", outcome={"participants": 30}, because="Policzone")
        assert (done.status_code, done.json()["outcome"]["participants"]) == (200, 30)
        line = (await series.history(made["id"]))[-1]
        assert (line["changes"]["status"], line["reason"]) == (["confirmed", "done"], "Policzone")
        assert line["changes"]["outcome"][1]["participants"] == 30
        assert line["by_person_id"]
        assert (await series.post(f"events/{made['id']}/cancel", {})).status_code == 409


async def test_a_floating_event_comes_and_goes_without_a_zone(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        series = Series(calendar, floating=True)
        event_id = await series.plan()
        file = (await calendar.client.get(f"/calendar/events/{event_id}.ics")).text
        assert f"DTSTART:{FIRST:%Y%m%dT%H%M%S}\r\n" in file
        assert "BEGIN:VTIMEZONE" not in file
        address = f"{API}/imports?organisation_id={series.club.id}"
        headers = {**series.headers, "Content-Type": "text/calendar"}
        taken = file.replace(event_id, "elsewhere").replace("T140000", "T190000")
        answer = await calendar.client.post(address, content=taken, headers=headers)
        assert answer.json()["imported"] + answer.json()["repaired"] == 1, answer.text
        listed = (await calendar.client.get(f"{API}/events")).json()["items"]
        assert [(one["floating"], one["zone"]) for one in listed] == [(True, "Europe/Warsaw")] * 2


async def test_cancelling_and_changing_at_once_is_refused_and_nothing_is_lost(database_url):
    async with a_calendar(database_url) as calendar:
        series = Series(calendar)
        event_id = await series.plan()
        both = {"status": "cancelled", "title": "Inaczej"}
        headers = {**series.headers, "If-Match": '"1"'}
        whole = await calendar.client.patch(f"{API}/events/{event_id}", json=both, headers=headers)
        for refused in (
            whole,
            await series.change(2, "all", 1, **both),
            await series.change(2, "following", 1, **both),
        ):
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/title")
        same = {"status": "cancelled", "title": (await calendar.client.get(f"{API}/events/{event_id}")).json()["title"]}
        cancelled = await calendar.client.patch(f"{API}/events/{event_id}", json=same, headers=headers)
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
