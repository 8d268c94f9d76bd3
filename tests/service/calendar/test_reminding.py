"""A meeting is near: who hosts it or is invited hears of it once, with what is on its agenda."""

from datetime import timedelta
from typing import Any

import pytest

from services.calendar.commands import remind_of_meetings
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import MeetingReminded
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation
from tests.service.calendar.calling import told_of

NOW = clock.now()


@pytest.fixture
async def it(database_url):
    async with a_calendar(database_url) as service:
        yield service


async def a_meeting(it: Running, host_id: str, ahead: timedelta | None = None, **values: Any) -> dict[str, Any]:
    starts_at = NOW + (ahead or timedelta(days=10))
    facts: dict[str, Any] = {"host_ids": [host_id], "title": "Narada", "kind": "meeting", **values}
    body = an_event(starts_at.replace(minute=0, second=0, microsecond=0), **facts)
    answer = await it.client.post(f"{API}/events", json=body, headers=it.headers(a_coordinator(host_id)))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def remind(it: Running, days: float) -> int:
    return await it.database.write(remind_of_meetings, now=NOW + timedelta(days=days))


@pytest.fixture
async def host_id(it):
    host, guest = an_organisation(), an_organisation()
    await it.deliver(host, guest)
    return host.id


async def test_who_takes_part_is_reminded_once_two_days_before_with_the_agenda(it, host_id):
    guest, person_id = an_organisation(), new_id()
    await it.deliver(guest)
    meeting = await a_meeting(it, host_id)
    headers = it.headers(a_coordinator(host_id))
    invited = [{"organisation_id": guest.id}, {"person_id": person_id}, {"name": "Gość"}]
    path = f"{API}/meetings/{meeting['id']}"
    answer = await it.client.put(
        f"{path}/invitations", json={"invited": invited}, headers={**headers, "If-Match": '"0"'}
    )
    assert answer.status_code == 200, answer.text
    for title in ("Bezpieczne przejścia", "Piknik"):
        assert (await it.client.post(f"{path}/items", json={"title": title}, headers=headers)).status_code == 201
    assert await remind(it, 7) == 0
    assert await remind(it, 8.5) == 1
    assert await remind(it, 9) == 0
    [told] = await told_of(it, MeetingReminded)
    assert set(told.organisation_ids) == {host_id, guest.id}
    assert told.person_ids == (person_id,)
    assert told.url == f"/calendar/meetings/{meeting['id']}/agenda"
    assert told.summary.pl.startswith("Niedługo spotkanie „Narada”: ")
    assert told.summary.pl.endswith("Porządek obrad: Bezpieczne przejścia; Piknik.")
    assert "On its agenda: Bezpieczne przejścia; Piknik." in told.summary.en
    assert "Gość" not in told.model_dump_json()


async def test_every_date_of_a_series_has_a_reminder_of_its_own(it, host_id):
    await a_meeting(it, host_id, rrule="FREQ=WEEKLY;COUNT=3")
    for days in (8.5, 9, 15.5, 16, 22.5, 23, 40):
        await remind(it, days)
    dates = [one.starts_at for one in await told_of(it, MeetingReminded)]
    assert [(one - dates[0]).days for one in dates] == [0, 7, 14]


@pytest.mark.parametrize(
    "values",
    [{"status": "tentative"}, {"kind": "course"}, {"ahead": timedelta(hours=30)}],
    ids=["tentative", "course", "just called"],
)
async def test_nobody_is_reminded_of_what_is_no_meeting_not_certain_or_just_called(it, host_id, values):
    await a_meeting(it, host_id, **values)
    for days in (0, 1, 8.5):
        await remind(it, days)
    assert await told_of(it, MeetingReminded) == []
