"""Who is invited to a meeting is told as state: anew when it is otherwise, taken back, forgotten when it is over."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from services.calendar.queries.invited import invitation_state
from shared import clock
from shared.messages.calendar import InvitationChanged, InvitationEnded
from shared.messages.notifications import InvitationAnswered, InvitationReplied
from shared.messages.registry import PersonErased
from tests.builders import a_coordinator
from tests.service.calendar.builders import API, a_calendar, an_event, hear_itself, next_monday
from tests.service.calendar.calling import a_neighbourhood, told_of

GUEST = {"name": "Bronisława Zaproszona", "mail": "bronislawa@example.org", "required": True}


@pytest.fixture
async def town(database_url, tmp_path):
    async with a_calendar(database_url, data=tmp_path) as service:
        yield await a_neighbourhood(service)


async def a_meeting(town, *invited, **values):
    body = an_event(kind="meeting", host_ids=[town.host_id], venue_id=town.hall_id, **values)
    event = await town.posted("events", 201, **body)
    await hear_itself(town.it)
    await invite(town, event["id"], *invited)
    return event["id"]


async def invite(town, event_id, *invited):
    headers = town.it.headers(town.by)
    address = f"{API}/meetings/{event_id}/invitations"
    tag = (await town.it.client.get(address, headers=headers)).headers["ETag"]
    answer = await town.it.client.put(address, json={"invited": list(invited)}, headers={**headers, "If-Match": tag})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def change(town, event_id, **values):
    headers = town.it.headers(town.by)
    tag = (await town.it.client.get(f"{API}/events/{event_id}", headers=headers)).headers["ETag"]
    answer = await town.it.client.patch(f"{API}/events/{event_id}", json=values, headers={**headers, "If-Match": tag})
    assert answer.status_code == 200, answer.text
    await hear_itself(town.it)


async def states(town):
    ids = dict.fromkeys(one.id for one in await told_of(town.it, InvitationChanged))
    return [await town.it.database.read(invitation_state, one, "http://osiedle.test") for one in ids]


async def test_the_state_has_what_a_mail_needs_and_the_outbox_has_nothing_of_it(town):
    await a_meeting(town, GUEST, {"organisation_id": town.invited_ids[0]})
    guest = next(one for one in await states(town) if one.name)
    assert (guest.name, guest.mail, guest.method, guest.sequence) == (GUEST["name"], GUEST["mail"], "REQUEST", 0)
    [event] = Calendar.from_ical(f"BEGIN:VCALENDAR\r\n{guest.meeting.calendar}END:VCALENDAR\r\n").walk("VEVENT")
    assert (event["UID"], event["SUMMARY"]) == (guest.meeting.uid, "Święto rodzin")
    assert event["LOCATION"] == "Sala"
    rows = [row for row in await town.it.rows("outbox") if row.stream == "INVITED"]
    assert len(rows) == 2
    assert [row.body for row in rows] == [None, None]
    everything = "".join(str(row) for row in await town.it.rows("outbox"))
    assert GUEST["name"] not in everything
    assert GUEST["mail"] not in everything


async def test_a_move_asks_anew_with_a_higher_sequence_and_another_title_does_not(town):
    event_id = await a_meeting(town, GUEST)
    [before] = await states(town)
    await town.it.deliver(InvitationAnswered(id=before.id, version=1, answer="yes", sequence=before.sequence))
    await change(town, event_id, title="Narada")
    [renamed] = await states(town)
    assert (renamed.version, renamed.sequence, renamed.answer) == (before.version + 1, before.sequence, "yes")
    starts = next_monday(17)
    ends = (starts + timedelta(hours=1)).isoformat()
    await change(town, event_id, starts_at=starts.isoformat(), ends_at=ends)
    [moved] = await states(town)
    assert moved.version > renamed.version
    assert moved.sequence > renamed.sequence
    assert moved.answer is None
    await town.it.deliver(InvitationAnswered(id=before.id, version=2, answer="no", sequence=before.sequence))
    assert [row.answer for row in await town.it.rows("invitation")] == [None]


async def test_what_is_told_twice_is_told_once(town):
    event_id = await a_meeting(town, GUEST)
    await invite(town, event_id, GUEST)
    await hear_itself(town.it)
    assert len(await told_of(town.it, InvitationChanged)) == 1


async def test_a_cancelled_meeting_and_who_is_uninvited_get_a_cancel_that_comes_later(town):
    event_id = await a_meeting(town, GUEST, {"name": "Drugi", "mail": "drugi@example.org"})
    await invite(town, event_id, GUEST)
    by_name = {one.name: one for one in await states(town)}
    assert {name: (one.method, one.sequence) for name, one in by_name.items()} == {
        GUEST["name"]: ("REQUEST", 0),
        "Drugi": ("CANCEL", 1),
    }
    assert "STATUS:CANCELLED" in by_name["Drugi"].meeting.calendar
    await town.posted(f"events/{event_id}/cancel")
    await hear_itself(town.it)
    off = next(one for one in await states(town) if one.name == GUEST["name"])
    assert (off.method, off.sequence) == ("CANCEL", 1)


async def test_who_is_invited_again_is_asked_behind_what_was_taken_back(town):
    event_id = await a_meeting(town, GUEST)
    await invite(town, event_id)
    await invite(town, event_id, GUEST)
    assert sorted((one.method, one.sequence) for one in await states(town)) == [("CANCEL", 1), ("REQUEST", 2)]


async def test_a_series_is_told_with_its_rule_and_its_dates_that_differ(town):
    event_id = await a_meeting(town, GUEST, starts_at=next_monday(9), rrule="FREQ=WEEKLY;COUNT=4")
    [before] = await states(town)
    second = (next_monday(9) + timedelta(days=7)).isoformat().replace("+", "%2B")
    answer = await town.it.client.patch(
        f"{API}/events/{event_id}/occurrences/{second}",
        json={"status": "cancelled"},
        headers=town.it.headers(town.by) | {"If-Match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    await hear_itself(town.it)
    [state] = await states(town)
    assert state.sequence > before.sequence
    assert state.meeting.calendar.count("BEGIN:VEVENT") == 2
    assert "RECURRENCE-ID;TZID=Europe/Warsaw" in state.meeting.calendar
    assert "RRULE:FREQ=WEEKLY;COUNT=4" in state.meeting.calendar
    assert "BEGIN:VTIMEZONE" in state.meeting.calendar


async def test_the_answer_is_shown_to_the_hosts_alone(town):
    event_id = await a_meeting(town, GUEST, {"organisation_id": town.invited_ids[0]})
    for one in await states(town):
        await town.it.deliver(InvitationAnswered(id=one.id, version=1, answer="maybe", sequence=0))
    async with town.it.browser(town.by) as browser:
        assert "być może przyjdzie" in (await browser.get(f"/calendar/events/{event_id}")).text
    async with town.it.browser(a_coordinator(town.invited_ids[0])) as browser:
        assert "być może przyjdzie" not in (await browser.get(f"/calendar/events/{event_id}")).text


async def lines(town, event_id, *days):
    """What the hosts read of the guest on the pages of these dates."""
    async with town.it.browser(town.by) as browser:
        pages = [(await browser.get(f"/calendar/meetings/{event_id}/dates/{day}")).text for day in days]
    found = [re.search(rf"<li>({GUEST['name']}.*?)</li>", page, re.DOTALL) for page in pages]
    return [re.sub(r"<[^>]+>", "", one[1]) if one else "" for one in found]


async def test_an_answer_to_one_date_is_shown_at_that_date_and_the_last_word_counts(town):
    event_id = await a_meeting(town, GUEST, starts_at=next_monday(9), rrule="FREQ=WEEKLY;COUNT=3")
    [state] = await states(town)
    first, second = [(next_monday(9) + timedelta(days=7 * number)).date().isoformat() for number in range(2)]

    async def says(version, answer, held_on, **more):
        its = {"id": state.id, "version": version, "answer": answer, "sequence": state.sequence, **more}
        await town.it.deliver(InvitationReplied(held_on=held_on, **its))

    await town.it.deliver(InvitationAnswered(id=state.id, version=1, answer="yes", sequence=state.sequence))
    await says(2, "no", second)
    await says(2, "maybe", "2020-01-01")
    before, at = await lines(town, event_id, first, second)
    assert before.endswith(": przyjdzie")
    assert at.endswith(": tym razem nie przyjdzie")
    headers = town.it.headers(town.by)
    shown = (await town.it.client.get(f"{API}/meetings/{event_id}/invitations", headers=headers)).json()["items"][0]
    assert [(one["held_on"], one["answer"]) for one in shown["replies"]] == [(second, "no")]
    starts = next_monday(17) + timedelta(days=8)
    await says(4, "countered", second, starts_at=starts, ends_at=starts + timedelta(hours=1))
    await says(3, "yes", second)  # came late: newer is known
    [at] = await lines(town, event_id, second)
    assert "tym razem proponuje inny termin" in at
    assert f"{starts:%H:%M}" in at
    await says(5, "delegated", "")
    assert [one.rpartition(": ")[2] for one in await lines(town, event_id, first, second)] == [
        "przyśle kogoś w zastępstwie"
    ] * 2
    await town.it.deliver(InvitationAnswered(id=state.id, version=6, answer="maybe", sequence=state.sequence))
    assert [one.rpartition(": ")[2] for one in await lines(town, event_id, second)] == ["być może przyjdzie"]
    await change(town, event_id, starts_at=next_monday(15).isoformat(), ends_at=next_monday(16).isoformat())
    await says(7, "no", second)  # of the time before
    assert [(row.answer, row.replies) for row in await town.it.rows("invitation")] == [(None, {})]


async def test_what_is_over_is_forgotten_and_whoever_keeps_it_is_told(town):
    await a_meeting(town, GUEST)
    [state] = await states(town)
    now = clock.now()
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr(clock, "now", lambda: now + timedelta(days=60))
        await town.it.run_job("follow polls")
    assert await states(town) == [None]
    assert [one.id for one in await told_of(town.it, InvitationEnded)] == [state.id]
    assert await town.it.rows("told_invitation") == []


async def test_of_an_erased_person_nothing_is_told_any_more(town):
    person = a_coordinator()
    await a_meeting(town, {"person_id": person.id, "name": "Bronisława", "mail": "b@example.org"})
    assert [one.person_id for one in await states(town)] == [person.id]
    await town.it.deliver(PersonErased(id=person.id, version=9))
    assert await states(town) == [None]
    assert await town.it.rows("told_invitation") == []
    assert len(await told_of(town.it, InvitationEnded)) == 1
