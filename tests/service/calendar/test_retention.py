"""The calendar forgets old history and keys of programs that ended, and nothing else."""

from datetime import datetime, timedelta

from services.calendar.models import History, KnownApiKey
from shared import clock
from shared.identifiers import new_id
from tests.aging import add, all_rows, counts, forget, gone_from
from tests.service.calendar.builders import a_calendar

DAY = timedelta(days=1)
NOW = clock.now()


def a_change(at: datetime) -> History:
    return History(aggregate="event", aggregate_id=new_id(), version=1, action="moved", reason="", changes={}, at=at)


def a_key(revoked_at: datetime | None) -> KnownApiKey:
    facts = {"administrator": False, "neighbourhood_coordinator": False, "roles": {}, "scopes": []}
    return KnownApiKey(
        id=new_id(), version=1, kind="feed", secret_hash="h", person_id=new_id(), revoked_at=revoked_at, **facts
    )


async def test_history_and_ended_keys_go_by_their_age(database_url: str) -> None:
    async with a_calendar(database_url) as calendar:
        await add(calendar, a_change(NOW - 1826 * DAY), a_change(NOW - 1824 * DAY))
        await add(calendar, a_key(NOW - 401 * DAY), a_key(NOW - 399 * DAY), a_key(None))
        before = await all_rows(calendar)
        assert counts(await forget(calendar, NOW, dry_run=True)) == {"history": 1, "api_keys": 1}
        assert await all_rows(calendar) == before
        assert counts(await forget(calendar, NOW)) == {"history": 1, "api_keys": 1}
        assert gone_from(before, await all_rows(calendar)) == {"history": 1, "known_api_key": 1}
