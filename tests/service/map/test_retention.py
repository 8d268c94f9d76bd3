"""The map forgets keys of programs that ended; it keeps nothing else of people."""

from datetime import datetime, timedelta

from services.map.models import KnownApiKey
from shared import clock
from shared.identifiers import new_id
from tests.aging import add, all_rows, counts, forget, gone_from
from tests.harness import Running

DAY = timedelta(days=1)
NOW = clock.now()


def a_key(expires_at: datetime | None) -> KnownApiKey:
    facts = {"administrator": False, "neighbourhood_coordinator": False, "roles": {}, "scopes": []}
    return KnownApiKey(
        id=new_id(), version=1, kind="program", secret_hash="h", person_id=new_id(), expires_at=expires_at, **facts
    )


async def test_ended_keys_go_by_their_age(the_map: Running) -> None:
    await add(the_map, a_key(NOW - 401 * DAY), a_key(NOW - 399 * DAY), a_key(None))
    before = await all_rows(the_map)
    assert counts(await forget(the_map, NOW, dry_run=True)) == {"api_keys": 1}
    assert await all_rows(the_map) == before
    assert counts(await forget(the_map, NOW)) == {"api_keys": 1}
    assert gone_from(before, await all_rows(the_map)) == {"known_api_key": 1}
