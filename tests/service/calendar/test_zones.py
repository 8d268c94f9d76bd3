"""When the rules of a zone's clocks change, what was planned keeps its time on the wall."""

import shutil
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

from services.calendar.domain.offsets import offsets_of
from services.calendar.domain.recurrence.wall_clock import read_zones_anew
from shared.messages.calendar import EventMoved
from tests.builders import an_administrator
from tests.service.calendar.builders import API, a_calendar, a_venue, an_event, an_organisation, next_monday


@contextmanager
def other_rules(folder, name, like) -> Iterator[None]:
    """Let a zone have the rules of another one, as new data on this machine would say."""
    before = zoneinfo.TZPATH
    target = folder / name
    target.parent.mkdir(parents=True)
    with resources.as_file(resources.files("tzdata") / "zoneinfo" / like) as file:
        shutil.copy(file, target)
    zoneinfo.reset_tzpath(to=[str(folder)])
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(to=before)
        read_zones_anew()


def test_the_offsets_of_a_zone_name_the_second_of_each_change():
    found = offsets_of("Europe/Warsaw")
    assert [1774746000, 7200] in found  # 2026-03-29 01:00 UTC
    assert [1792890000, 3600] in found  # 2026-10-25 01:00 UTC
    assert found[-1][0] > 7_250_000_000  # and so on after 2038, up to 2199


async def test_events_keep_their_time_on_the_wall_and_their_claims_follow(database_url, tmp_path):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url, horizon_days=60) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        own = {"host_ids": [club.id], "venue_id": hall.id}

        async def plan(start, **values):
            made = await calendar.client.post(f"{API}/events", json=an_event(start, **own, **values), headers=headers)
            assert made.status_code == 201, made.text
            return made.json()

        async def starts(event_id):
            answer = await calendar.client.get(f"{API}/events/{event_id}/occurrences?limit=200")
            return [one["starts_at"][:16] for one in answer.json()["items"]]

        single = await plan(next_monday(9))
        left_out = next_monday(14, weeks=2).isoformat()
        series = await plan(next_monday(14), rrule="FREQ=WEEKLY;COUNT=4", exdates=[left_out])
        await plan(next_monday(20), zone="Europe/Paris")
        await calendar.run_job("follow the zones")
        tables = {row.name: row.offsets for row in await calendar.rows("zone_table")}
        assert tables.keys() == {"Europe/Paris", "Europe/Warsaw"}
        dates, claims = await starts(series["id"]), await calendar.rows("claim")
        await calendar.run_job("follow the zones")
        assert await calendar.outgoing(EventMoved) == []
        with other_rules(tmp_path / "zones", "Europe/Warsaw", like="Europe/London"):
            await calendar.run_job("follow the zones")
            assert await starts(series["id"]) == dates
            assert await starts(single["id"]) == [single["starts_at"][:16]]
            moved = await calendar.outgoing(EventMoved)
            assert {told.id for told in moved} == {single["id"], series["id"]}
            assert [told.starts_at.timestamp() for told in moved if told.id == single["id"]] == [
                next_monday(10).timestamp()
            ]
            later = await calendar.rows("claim")
            shifts = [
                after.start - before.start
                for before, after in zip(_of(claims, series), _of(later, series), strict=True)
            ]
            assert set(shifts) == {3600}
            await calendar.run_job("follow the zones")
            assert len(await calendar.outgoing(EventMoved)) == 2
            history = (await calendar.client.get(f"{API}/events/{single['id']}/history")).json()["items"]
            assert [(one["action"], one["by_service"]) for one in history[1:]] == [("rezoned", "calendar")]


def _of(claims, event):
    mine = [one for one in claims if str(one.event_id) == event["id"] and one.kind == "venue"]
    return sorted(mine, key=lambda one: one.start)
