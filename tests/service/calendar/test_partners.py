"""The doors of municipal systems in the calendar itself: who may come in, and what each message is answered."""

import json
from datetime import timedelta

import pytest

from services.calendar import commands, queries
from shared.auth import key_hash
from shared.messages.calendar import FactAnnounced, FactWithdrawn
from tests.service.calendar.builders import API, HOME, a_calendar, next_monday

ANNOUNCED, WITHDRAWN = "municipal.closure.announced.v1", "municipal.closure.withdrawn.v1"


def a_closure(**values):
    start = next_monday(8)
    defaults = {
        "id": "krowoderska-7",
        "title": {"pl": "Zamknięta ulica"},
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=12)).isoformat(),
        "latitude": HOME[0],
        "longitude": HOME[1],
    }
    return {**defaults, **values}


async def let_in(calendar, *names):
    for name in names:
        await calendar.database.write(commands.add_partner, name, name.title(), key_hash(f"key-of-{name}"))


async def post(calendar, partner, body, message_id, kind=ANNOUNCED, key=None):
    headers = {"ce-id": message_id, "ce-type": kind, "Authorization": f"Bearer {key or f'key-of-{partner}'}"}
    return await calendar.client.post(f"{API}/municipal/{partner}/messages", json=body, headers=headers)


async def asked(calendar, partner, body, headers):
    """Ask at the door that answers, as the bus does."""
    doors = calendar.app.state.doors
    reply = await doors.answer(f"osiedle.door.{partner}.submit", headers, json.dumps(body).encode())
    return reply.content_type, json.loads(reply.body)


async def test_what_is_posted_is_re_issued_as_ours_and_once(database_url):
    async with a_calendar(database_url) as calendar:
        await let_in(calendar, "roads")
        first = await post(calendar, "roads", a_closure(), "m1")
        assert (first.status_code, first.json()) == (202, {"status": "accepted", "id": "m1"})
        again = await post(calendar, "roads", a_closure(), "m1")
        assert (again.status_code, again.json()) == (200, {"status": "duplicate", "id": "m1"})
        [told] = await calendar.outgoing(FactAnnounced)
        assert told.partner == "roads"
        withdrawn = await post(calendar, "roads", {"id": "krowoderska-7"}, "m2", WITHDRAWN)
        assert withdrawn.status_code == 202
        assert len(await calendar.outgoing(FactWithdrawn)) == 1


async def test_one_message_by_two_doors_is_one_message(database_url):
    """A door that keeps its own list of what came by it takes the second for new."""
    async with a_calendar(database_url) as calendar:
        await let_in(calendar, "roads")
        assert (await post(calendar, "roads", a_closure(), "m1")).status_code == 202
        kind, answer = await asked(calendar, "roads", a_closure(), {"ce-id": "m1", "ce-type": ANNOUNCED})
        assert (kind, answer) == ("application/json", {"status": "duplicate", "id": "m1"})


async def test_who_sends_an_old_version_is_told_that_it_had_no_effect(database_url):
    """Whatever is new by its id answered as accepted, a partner believes that its old state holds."""
    async with a_calendar(database_url) as calendar:
        await let_in(calendar, "roads")
        assert (await post(calendar, "roads", a_closure(version=2), "m1")).status_code == 202
        old = await post(calendar, "roads", a_closure(version=1, radius_m=5), "m2")
        assert (old.status_code, old.json()["status"]) == (200, "duplicate")
        assert "newer" in old.json()["detail"]
        never = await post(calendar, "roads", {"id": "never-told"}, "m3", WITHDRAWN)
        assert never.json()["status"] == "duplicate"
        assert len(await calendar.outgoing(FactAnnounced)) == 1


async def test_the_same_id_of_two_partners_is_two_messages(database_url):
    async with a_calendar(database_url) as calendar:
        await let_in(calendar, "roads", "city-parks")
        for partner in ("roads", "city-parks"):
            assert (await post(calendar, partner, a_closure(), "m1")).status_code == 202
        assert {one.partner for one in await calendar.outgoing(FactAnnounced)} == {"roads", "city-parks"}


async def test_a_key_opens_its_own_door_while_its_partner_may_come_in(database_url):
    """A key that is only compared with all keys opens every door."""
    async with a_calendar(database_url) as calendar:
        await let_in(calendar, "roads", "trams")
        assert (await post(calendar, "roads", a_closure(), "m1", key="key-of-trams")).status_code == 403
        assert (await post(calendar, "nobody", a_closure(), "m1", key="key-of-trams")).status_code == 403
        assert (await post(calendar, "roads", a_closure(), "m1", key="none")).status_code == 401
        assert await calendar.database.write(commands.revoke_partner, "trams")
        assert (await post(calendar, "trams", a_closure(), "m1")).status_code == 401
        kind, problem = await asked(calendar, "trams", a_closure(), {"ce-id": "m1", "ce-type": ANNOUNCED})
        assert (kind, problem["status"]) == ("application/problem+json", 403)
        assert not await calendar.outgoing(FactAnnounced)


@pytest.mark.parametrize(
    ("body", "kind", "pointer"),
    [
        (a_closure(latitude=91), ANNOUNCED, "/latitude"),
        (a_closure(radius=1), ANNOUNCED, "/radius"),
        (a_closure(), "municipal.closure.announced.v7", ""),
        (a_closure(), "{0.__class__.__mro__}", ""),
        ([], ANNOUNCED, ""),
    ],
)
async def test_every_door_tells_the_same_faults(tmp_path, body, kind, pointer):
    """Faults that are filled in as source strings break on a brace, or tell what they should not."""
    async with a_calendar(f"sqlite:///{tmp_path}/calendar.sqlite") as calendar:
        await let_in(calendar, "roads")
        posted = await post(calendar, "roads", body, "m1", kind)
        assert posted.status_code == 422
        _, problem = await asked(calendar, "roads", body, {"ce-id": "m1", "ce-type": kind})
        assert problem["errors"] == posted.json()["errors"]
        assert pointer in [fault["pointer"] for fault in problem["errors"]]
        assert problem["type"] == "urn:osiedle:problem:message-refused"
        assert not [fault for fault in problem["errors"] if "<class" in fault["detail"]]


async def test_a_new_installation_begins_with_the_partners_of_its_settings_and_an_old_one_does_not(database_url):
    """Adding whoever the settings name at each start lets a revoked partner in again."""
    async with a_calendar(database_url) as calendar:
        assert await calendar.database.read(queries.partner_names) == {"roads", "culture"}
        for name in ("roads", "culture"):
            assert await calendar.database.write(commands.revoke_partner, name)
        await calendar.app.state.doors.open(("roads", "culture"))
        assert await calendar.database.read(queries.partner_names) == frozenset()
        assert [one.name for one in await calendar.database.read(queries.partners)] == ["culture", "roads"]
