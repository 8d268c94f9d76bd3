"""A person is erased: the map has little of people, forgets that little, and confirms it."""

from shared import clock, set_aside
from shared.identifiers import new_id
from shared.messages.map import ErasureConfirmed
from shared.messages.registry import ApiKeyChanged, PersonErased


async def test_the_map_ends_their_keys_and_confirms_once(the_map):
    person_id = new_id()
    key = ApiKeyChanged(id=new_id(), version=1, kind="feed", secret_hash="0" * 64, person_id=person_id)
    await the_map.deliver(key, PersonErased(id=person_id, version=3))
    await the_map.run_job("finish erasures")
    await the_map.run_job("finish erasures")
    [row] = await the_map.rows("known_api_key")
    assert row.revoked_at is not None
    assert [(one.id, one.version) for one in await the_map.outgoing(ErasureConfirmed)] == [(person_id, 3)]


async def test_what_was_set_aside_about_them_goes_too(the_map):
    person_id, other_id = new_id(), new_id()
    table = the_map.database.outbox_table.metadata.tables["set_aside"]
    for number, one in enumerate((person_id, other_id)):
        subject = f"osiedle.people.person.changed.v1.{one}"
        kept = set_aside.Kept("map", "PEOPLE", number, subject, {}, None, clock.now())
        await the_map.database.write(set_aside.put, table, kept, "ValueError: no")
    await the_map.deliver(PersonErased(id=person_id, version=3))
    [left] = await the_map.rows("set_aside")
    assert left.subject.endswith(other_id)
