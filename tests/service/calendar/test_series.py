"""Series, all-day events and the nights on which the clock changes."""

from datetime import UTC, datetime, timedelta

from shared.messages.calendar import ConflictChanged, ConflictDetected, EventPlanned
from tests.builders import an_administrator
from tests.service.calendar.builders import (
    API,
    WARSAW,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)

WEEKLY = "FREQ=WEEKLY;COUNT=30"


async def dates_of(calendar, event_id):
    answer = await calendar.client.get(f"{API}/events/{event_id}/occurrences?limit=200")
    return [(one["starts_at"], one["ends_at"]) for one in answer.json()["items"]]


async def test_two_series_that_clash_are_one_conflict_with_all_its_dates(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, park)
        headers = calendar.headers(an_administrator())
        for title in ("Gimnastyka", "Joga"):
            body = an_event(title=title, venue_id=park.id, host_ids=[club.id], rrule=WEEKLY)
            assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201
        await hear_itself(calendar)
        assert len([one for one in await calendar.outgoing(ConflictDetected) if one.kind == "venue"]) == 1
        assert await calendar.outgoing(ConflictChanged) == []
        found = (await calendar.client.get(f"{API}/conflicts")).json()["items"]
        assert [one["dates"] for one in found if one["kind"] == "venue"] == [30]


async def test_one_clashing_date_blocks_a_series_and_the_slots_suit_all_its_dates(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        taken = an_event(next_monday(14, weeks=5), venue_id=hall.id, host_ids=[club.id])
        assert (await calendar.client.post(f"{API}/events", json=taken, headers=headers)).status_code == 201
        series = an_event(venue_id=hall.id, host_ids=[club.id], rrule=WEEKLY)
        refused = await calendar.client.post(f"{API}/events", json=series, headers=headers)
        assert refused.status_code == 409
        assert refused.json()["conflicts"][0]["starts_at"] == taken["starts_at"]
        for slot in refused.json()["slots"]:
            body = {**series, "starts_at": slot["starts_at"], "ends_at": slot["ends_at"]}
            checked = (await calendar.client.post(f"{API}/events/check", json=body, headers=headers)).json()
            assert [one for one in checked["conflicts"] if one["severity"] == "blocking"] == []
        skipping = {**series, "exdates": [taken["starts_at"]]}
        assert (await calendar.client.post(f"{API}/events", json=skipping, headers=headers)).status_code == 201


async def test_a_series_keeps_its_time_on_the_wall_when_the_clock_changes(database_url):
    async with a_calendar(database_url) as calendar:
        headers = calendar.headers(an_administrator())
        body = an_event(
            title="Spacer",
            starts_at=datetime(2027, 3, 25, 18, 0, tzinfo=WARSAW),
            rrule="FREQ=DAILY;COUNT=5",
        )
        made = (await calendar.client.post(f"{API}/events", json=body, headers=headers)).json()
        starts = [start for start, _ in await dates_of(calendar, made["id"])]
        assert starts == [
            "2027-03-25T18:00:00+01:00",
            "2027-03-26T18:00:00+01:00",
            "2027-03-27T18:00:00+01:00",
            "2027-03-28T18:00:00+02:00",
            "2027-03-29T18:00:00+02:00",
        ]


async def test_an_all_day_event_lasts_from_midnight_to_midnight_also_on_the_long_day(database_url):
    async with a_calendar(database_url) as calendar:
        headers = calendar.headers(an_administrator())
        body = an_event(all_day=True) | {
            "starts_at": "2027-10-31T00:00:00+02:00",
            "ends_at": "2027-11-01T00:00:00+01:00",
        }
        made = await calendar.client.post(f"{API}/events", json=body, headers=headers)
        assert made.status_code == 201, made.text
        assert await dates_of(calendar, made.json()["id"]) == [(body["starts_at"], body["ends_at"])]
        wrong = {**body, "starts_at": "2027-10-31T01:00:00+02:00"}
        refused = await calendar.client.post(f"{API}/events", json=wrong, headers=headers)
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/starts_at"]


async def test_an_endless_series_ends_at_the_horizon_and_its_message_has_two_hundred_dates(database_url):
    async with a_calendar(database_url, horizon_days=400) as calendar:
        headers = calendar.headers(an_administrator())
        body = an_event(datetime.now(WARSAW) + timedelta(days=1), rrule="FREQ=DAILY")
        made = (await calendar.client.post(f"{API}/events", json=body, headers=headers)).json()
        rows = await calendar.rows("occurrence", order_by="start")
        assert 398 <= len(rows) <= 400
        assert max(row.start for row in rows) <= (datetime.now(UTC) + timedelta(days=400)).timestamp()
        [told] = await calendar.outgoing(EventPlanned)
        assert told.id == made["id"]
        assert len(told.occurrences) == 200
        await calendar.run_job("roll the horizon")
        assert len(await calendar.rows("occurrence")) == len(rows)


async def test_the_horizon_rolls_on_and_finds_what_the_new_dates_meet(database_url):
    club = an_organisation()
    park = a_venue(club.id, one_at_a_time=False)
    async with a_calendar(database_url, horizon_days=30) as calendar:
        await calendar.deliver(club, park)
        headers = calendar.headers(an_administrator())
        seniors = {
            "host_ids": [club.id],
            "audiences": ["seniors"],
            "latitude": park.latitude,
            "longitude": park.longitude,
        }
        series = an_event(rrule="FREQ=WEEKLY", **seniors)
        await calendar.client.post(f"{API}/events", json=series, headers=headers)
        far = an_event(next_monday(15, weeks=10), **seniors)
        await calendar.client.post(f"{API}/events", json=far, headers=headers)
        await hear_itself(calendar)
        assert await calendar.outgoing(ConflictDetected) == []
        before = len(await calendar.rows("occurrence"))
    async with a_calendar(database_url, with_key=False, horizon_days=100) as calendar:
        await calendar.run_job("roll the horizon")
        assert len(await calendar.rows("occurrence")) == before + 10
        assert [told.kind for told in await calendar.outgoing(ConflictDetected)] == ["audience"]


async def test_a_single_event_beyond_the_horizon_still_takes_its_venue(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url, horizon_days=30) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        body = an_event(next_monday(weeks=60), venue_id=hall.id, host_ids=[club.id])
        first = await calendar.client.post(f"{API}/events", json=body, headers=headers)
        second = await calendar.client.post(f"{API}/events", json=body, headers=headers)
        assert (first.status_code, second.status_code) == (201, 409)


async def test_a_rule_that_is_none_is_refused_with_a_pointer(sqlite_database_url):
    async with a_calendar(sqlite_database_url) as calendar:
        headers = calendar.headers(an_administrator())
        for rule in ("FREQ=NEVER", "COUNT=3", "hello"):
            refused = await calendar.client.post(f"{API}/events", json=an_event(rrule=rule), headers=headers)
            assert refused.status_code == 422
            assert [error["pointer"] for error in refused.json()["errors"]] == ["/rrule"]
