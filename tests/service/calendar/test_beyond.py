"""Past the horizon: dates are worked out when they are asked for, and take what they will take."""

from datetime import timedelta
from urllib.parse import quote

from shared.identifiers import new_id
from tests.builders import an_administrator
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    next_monday,
)
from tests.service.calendar.test_imports import ADMINISTRATOR, file, send, vevent


async def test_dates_past_the_horizon_are_listed_as_far_as_one_asks(database_url):
    async with a_calendar(database_url, horizon_days=30) as calendar:
        headers = calendar.headers(an_administrator())
        body = an_event(rrule="FREQ=WEEKLY", title="Joga")
        made = (await calendar.client.post(f"{API}/events", json=body, headers=headers)).json()
        gym = an_event(next_monday(9), rrule="FREQ=WEEKLY", title="Gimnastyka")
        await calendar.client.post(f"{API}/events", json=gym, headers=headers)
        off = next_monday(weeks=61)
        path = f"{API}/events/{made['id']}/occurrences/{quote(off.isoformat())}"
        changed = {"starts_at": (off + timedelta(hours=2)).isoformat(), "title": "Joga na trawie"}
        moved = await calendar.client.patch(path, json=changed, headers={**headers, "If-Match": '"1"'})
        assert moved.status_code == 200, moved.text
        window = f"from={quote(next_monday(0, weeks=60).isoformat())}&to={quote(next_monday(0, weeks=62).isoformat())}"
        expected = [
            (next_monday(9, weeks=60), "Gimnastyka"),
            (next_monday(weeks=60), "Joga"),
            (next_monday(9, weeks=61), "Gimnastyka"),
            (off + timedelta(hours=2), "Joga na trawie"),
        ]
        expected = [(at.isoformat(), title) for at, title in expected]
        found, address = [], f"{API}/occurrences?{window}&limit=1"
        while address:
            page = (await calendar.client.get(address)).json()
            found += [(one["starts_at"], one["title"]) for one in page["items"]]
            address = page["next"]
        assert found == expected
        own = (await calendar.client.get(f"{API}/events/{made['id']}/occurrences?{window}")).json()["items"]
        assert [(one["starts_at"], one["title"]) for one in own] == expected[1::2]
        listed = (await calendar.client.get(f"{API}/events?{window}")).json()["items"]
        assert {one["title"] for one in listed} == {"Joga", "Gimnastyka"}
        whole = await calendar.client.get(
            f"{API}/occurrences?to={quote(next_monday(0, weeks=62).isoformat())}&limit=200"
        )
        assert len(whole.json()["items"]) == 2 * 61
        assert len(await calendar.rows("occurrence")) < 20


async def test_a_date_past_the_horizon_meets_the_series_that_will_be_there(database_url):
    club = an_organisation()
    house = a_venue(club.id, one_at_a_time=False, name="Dom")
    hall = a_venue(club.id, inside_venue_id=house.id, ancestor_ids=(house.id,))
    chairs = a_resource(club.id)
    async with a_calendar(database_url, horizon_days=30) as calendar:
        await calendar.deliver(club, house, hall, chairs)
        headers = calendar.headers(an_administrator())
        own = {"host_ids": [club.id]}
        lent = [{"resource_id": chairs.id, "quantity": 8}]
        series = an_event(venue_id=hall.id, rrule="FREQ=WEEKLY", borrowed=lent, **own)
        made = (await calendar.client.post(f"{API}/events", json=series, headers=headers)).json()

        async def plan(**values):
            body = an_event(next_monday(15, weeks=200), **own, **values)
            return await calendar.client.post(f"{API}/events", json=body, headers=headers)

        refused = await plan(venue_id=hall.id)
        assert (refused.status_code, refused.json()["conflicts"][0]["event_ids"]) == (409, [made["id"]])
        assert (await plan(borrowed=[{"resource_id": chairs.id, "quantity": 3}])).status_code == 409
        assert (await plan(borrowed=[{"resource_id": chairs.id, "quantity": 2}])).status_code == 201
        assert (await plan(venue_id=house.id)).status_code == 201
        free = an_event(next_monday(19, weeks=200), venue_id=hall.id, **own)
        assert (await calendar.client.post(f"{API}/events", json=free, headers=headers)).status_code == 201


async def test_a_date_that_is_named_past_the_horizon_takes_nothing_away(sqlite_database_url):
    """Fails where only the dates that are laid out are looked at: a date is moved onto another series' unseen."""
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(sqlite_database_url, horizon_days=30) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        own = {"host_ids": [club.id], "venue_id": hall.id, "rrule": "FREQ=WEEKLY"}
        for hour in (14, 18):
            body = an_event(next_monday(hour), title=str(hour), **own)
            made = (await calendar.client.post(f"{API}/events", json=body, headers=headers)).json()
        path = f"{API}/events/{made['id']}/occurrences/{quote(next_monday(18, weeks=200).isoformat())}"
        for hour, status in ((14, 409), (20, 200)):
            moved = {"starts_at": next_monday(hour, weeks=200).isoformat()}
            tag = {**headers, "If-Match": '"1"'}
            answer = await calendar.client.patch(f"{path}?scope=this", json=moved, headers=tag)
            assert answer.status_code == status, answer.text


async def test_an_import_is_guarded_past_the_horizon_against_what_is_stored_and_what_comes_with_it(database_url):
    club = an_organisation()
    hall = a_venue(club.id, name="Sala")
    async with a_calendar(database_url, horizon_days=30) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(ADMINISTRATOR)
        series = an_event(venue_id=hall.id, rrule="FREQ=WEEKLY", host_ids=[club.id])
        assert (await calendar.client.post(f"{API}/events", json=series, headers=headers)).status_code == 201
        far, tuesday = next_monday(15, weeks=200), next_monday(14) + timedelta(days=1)
        items = [
            vevent(tuesday, "LOCATION:Sala", "RRULE:FREQ=WEEKLY", uid="series"),
            vevent(far, "LOCATION:Sala", uid="meets what is stored"),
            vevent(far + timedelta(days=1), "LOCATION:Sala", uid="meets the series before it"),
            vevent(far + timedelta(days=2), "LOCATION:Sala", uid="first"),
            vevent(far + timedelta(days=2, hours=1), "LOCATION:Sala", uid="second"),
        ]
        report = await send(calendar, file(*items), club)
        results = {one["uid"]: one["result"] for one in report["items"]}
        assert results == {
            "series": "imported",
            "meets what is stored": "refused",
            "meets the series before it": "refused",
            "first": "imported",
            "second": "refused",
        }


async def test_free_times_past_the_horizon_know_what_series_will_take(database_url):
    club = an_organisation()
    hall, chairs = a_venue(club.id), a_resource(club.id)
    leader = new_id()
    async with a_calendar(database_url, horizon_days=30) as calendar:
        await calendar.deliver(club, hall, chairs)
        headers = calendar.headers(ADMINISTRATOR)
        lent = [{"resource_id": chairs.id, "quantity": 8}]
        own = {"venue_id": hall.id, "borrowed": lent, "leader_ids": [leader], "host_ids": [club.id]}
        series = an_event(next_monday(7), 14, rrule="FREQ=WEEKLY", **own)
        assert (await calendar.client.post(f"{API}/events", json=series, headers=headers)).status_code == 201
        day = next_monday(0, weeks=200)
        window = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat(), "on_holidays": True}
        asked = (
            {"venue_id": hall.id},
            {"organisation_ids": [club.id]},
            {"leader_ids": [leader]},
            {"borrowed": [{"resource_id": chairs.id, "quantity": 3}]},
        )
        for what in asked:
            body = {**window, "minutes": 60, **what}
            answer = await calendar.client.post(f"{API}/slots/search", json=body, headers=headers)
            starts = [one["starts_at"] for one in answer.json()["items"]]
            assert starts == [day.replace(hour=21).isoformat()], what
        taken = an_event(day.replace(hour=20), venue_id=hall.id, host_ids=[club.id])
        refused = await calendar.client.post(f"{API}/events", json=taken, headers=headers)
        assert refused.status_code == 409
        for slot in refused.json()["slots"]:
            free = {"starts_at": slot["starts_at"], "ends_at": slot["ends_at"]}
            checked = await calendar.client.post(f"{API}/events/check", json={**taken, **free}, headers=headers)
            assert "blocking" not in {one["severity"] for one in checked.json()["conflicts"]}
