"""Asking for the date of a meeting: dates are held, votes are taken, the best is suggested, one press calls it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from shared import clock
from shared.messages.calendar import ConflictDetected, ConflictResolved, MeetingCalled, PollOpened, PollReminded
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.calendar.builders import API, a_calendar, an_event, hear_itself, next_monday
from tests.service.calendar.calling import DAY, Neighbourhood, a_neighbourhood, span_of, told_of


@pytest_asyncio.fixture
async def town(database_url: str) -> AsyncIterator[Neighbourhood]:
    async with a_calendar(database_url, answers_per_minute=0) as service:
        yield await a_neighbourhood(service)


async def answered(it: Running, link: str, answers: dict[str, str]) -> dict[str, object]:
    path = link.replace("/calendar/polls/", f"{API}/ballots/")
    answer = await it.client.post(path, json={"answers": answers})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_open_poll_holds_its_dates_and_tells_who_is_invited(town: Neighbourhood):
    poll = await town.poll()
    assert [one["suggested"] for one in poll["dates"]] == [False, False, False]
    events = {row.id: row for row in await town.it.rows("event")}
    assert {one["id"] for one in poll["dates"]} == set(events)
    assert {(row.status, row.visibility, row.kind) for row in events.values()} == {("tentative", "partners", "meeting")}
    [told] = await told_of(town.it, PollOpened)
    assert told.organisation_ids == tuple(town.invited_ids)
    public = await town.it.client.get(f"{API}/events")
    assert public.json()["items"] == []


async def test_what_is_planned_at_a_held_date_is_warned_and_never_blocked(town: Neighbourhood):
    await town.poll()
    body = an_event(next_monday(10), host_ids=[town.host_id], venue_id=town.hall_id)
    headers = {**town.it.headers(town.by), "Accept-Language": "pl"}
    checked = await town.it.client.post(f"{API}/events/check", json=body, headers=headers)
    [found] = [one for one in checked.json()["conflicts"] if one["kind"] == "venue"]
    assert found["severity"] == "warning"
    assert "w ankiecie: „Spotkanie liderów”" in found["reason"]
    made = await town.it.client.post(f"{API}/events", json=body, headers=headers)
    assert made.status_code == 201
    await hear_itself(town.it)
    [detected] = await told_of(town.it, ConflictDetected)
    assert (detected.severity, detected.reason.code) == ("warning", "venue_held")


async def test_the_dates_of_one_poll_do_not_hurt_each_other_and_are_no_opportunity(town: Neighbourhood):
    dates = [span_of(next_monday(9)), span_of(next_monday(10))]
    await town.poll(dates=dates)
    await hear_itself(town.it)
    assert await town.it.rows("conflict") == []
    assert await town.it.rows("opportunity") == []


async def test_the_best_date_is_suggested_with_reasons_and_one_press_calls_the_meeting(town: Neighbourhood):
    poll = await town.poll(link="https://meet.example.org/azory", invited=[
        {"organisation_id": town.invited_ids[0], "required": True},
        {"organisation_id": town.invited_ids[1]},
        {"name": "Jan Nowak", "mail": "jan@example.org"},
    ])  # fmt: skip
    first, second, third = (one["id"] for one in poll["dates"])
    links = list((await town.links(poll["id"])).values())
    await answered(town.it, links[0], {first: "no", second: "yes", third: "if_needed"})
    await answered(town.it, links[1], {first: "yes", second: "if_needed", third: "yes"})
    await answered(town.it, links[2], {first: "yes", second: "yes", third: "no"})
    seen = await town.seen(poll["id"])
    assert [(one["yes"], one["if_needed"], one["no"]) for one in seen["dates"]] == [(2, 0, 1), (2, 1, 0), (1, 1, 1)]
    [best] = [one for one in seen["dates"] if one["suggested"]]
    assert best["id"] == second
    assert best["reasons"][0] == "Mogą wszyscy, którzy muszą być."
    assert "Organizacja 1" in seen["dates"][0]["reasons"][0]
    called = await town.posted(f"polls/{poll['id']}/settle", date_id=second)
    assert (called["status"], called["visibility"], called["id"]) == ("confirmed", "public", second)
    statuses = {row.id: row.status for row in await town.it.rows("event")}
    assert statuses == {first: "cancelled", second: "confirmed", third: "cancelled"}
    [told] = await told_of(town.it, MeetingCalled)
    assert told.organisation_ids == tuple(town.invited_ids[:2])
    assert told.required_ids == (town.invited_ids[0],)
    assert "Nowak" not in told.model_dump_json()
    assert "example.org" not in told.model_dump_json()
    meeting = await town.it.client.get(f"{API}/meetings/{second}", headers=town.it.headers(town.by))
    assert meeting.json()["link"] == "https://meet.example.org/azory"
    assert (await town.it.client.get(f"{API}/meetings/{second}")).json()["link"] == ""
    again = await town.it.client.post(
        f"{API}/polls/{poll['id']}/settle", json={"date_id": first}, headers=town.it.headers(town.by)
    )
    assert (again.status_code, again.json()["type"]) == (409, "urn:osiedle:problem:poll-settled")


async def test_a_date_that_is_taken_meanwhile_is_refused_with_what_is_free_and_nothing_changes(town: Neighbourhood):
    poll = await town.poll()
    body = an_event(next_monday(10), host_ids=[town.host_id], venue_id=town.hall_id, title="Próba chóru")
    await town.it.client.post(f"{API}/events", json=body, headers=town.it.headers(town.by))
    links = await town.links(poll["id"])
    for link in links.values():
        await answered(town.it, link, {one["id"]: "yes" for one in poll["dates"]})
    seen = await town.seen(poll["id"])
    assert [one["taken"] for one in seen["dates"]] == [True, False, False]
    assert [one["suggested"] for one in seen["dates"]] == [False, True, False]
    refused = await town.it.client.post(
        f"{API}/polls/{poll['id']}/settle",
        json={"date_id": poll["dates"][0]["id"]},
        headers=town.it.headers(town.by),
    )
    assert refused.status_code == 409
    assert refused.json()["conflicts"][0]["severity"] == "blocking"
    assert len(refused.json()["slots"]) == 3
    assert (await town.seen(poll["id"]))["state"] == "open"
    held = [row for row in await town.it.rows("event") if row.poll_id]
    assert [row.status for row in held] == ["tentative"] * 3


async def test_dates_are_free_again_when_a_poll_is_called_off_and_conflicts_are_resolved(town: Neighbourhood):
    poll = await town.poll()
    body = an_event(next_monday(10), host_ids=[town.host_id], venue_id=town.hall_id)
    await town.it.client.post(f"{API}/events", json=body, headers=town.it.headers(town.by))
    await hear_itself(town.it)
    await town.posted(f"polls/{poll['id']}/withdraw")
    await hear_itself(town.it)
    assert len(await town.it.outgoing(ConflictDetected)) == len(await town.it.outgoing(ConflictResolved)) == 1
    assert {row.status for row in await town.it.rows("event") if row.id != body} >= {"cancelled"}


async def test_a_held_date_changes_with_its_poll_alone(town: Neighbourhood):
    poll = await town.poll()
    date = poll["dates"][0]["id"]
    headers = {**town.it.headers(town.by), "If-Match": '"1"'}
    for refused in (
        await town.it.client.patch(f"{API}/events/{date}", json={"title": "Inaczej"}, headers=headers),
        await town.it.client.post(f"{API}/events/{date}/cancel", json={}, headers=town.it.headers(town.by)),
    ):
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:osiedle:problem:event-held")
        assert refused.json()["poll_id"] == poll["id"]


async def test_who_has_not_voted_is_reminded_once_before_it_closes(town: Neighbourhood):
    poll = await town.poll(remind_at=(clock.now() - timedelta(minutes=1)).isoformat())
    links = list((await town.links(poll["id"])).values())
    await answered(town.it, links[0], {poll["dates"][0]["id"]: "yes"})
    for _ in range(2):
        await town.it.run_job("follow polls")
    [told] = await told_of(town.it, PollReminded)
    assert told.organisation_ids == tuple(town.invited_ids[1:])


async def test_a_poll_that_nobody_settles_is_called_off_a_week_after_it_closed(town: Neighbourhood):
    poll = await town.poll()
    await town.past_closing(poll["id"], 6 * DAY)
    await town.it.run_job("follow polls")
    assert (await town.seen(poll["id"]))["state"] == "open"
    await town.past_closing(poll["id"], 8 * DAY)
    await town.it.run_job("follow polls")
    assert (await town.seen(poll["id"]))["state"] == "withdrawn"
    assert {row.status for row in await town.it.rows("event")} == {"cancelled"}


async def test_who_is_invited_sees_how_it_stands_and_nobody_else_does(town: Neighbourhood):
    poll = await town.poll()
    links = list((await town.links(poll["id"])).values())
    await answered(town.it, links[0], {poll["dates"][0]["id"]: "no"})
    guest = a_person(roles={town.invited_ids[1]: "member"})
    seen = await town.seen(poll["id"], guest)
    assert [one["organisation_id"] for one in seen["invited"]] == [town.invited_ids[1]]
    assert [one["reasons"] for one in seen["dates"]] == [[], [], []] or all(
        "Organizacja 1" not in str(one["reasons"]) for one in seen["dates"]
    )
    stranger = a_coordinator("01912345-0000-7000-8000-0000000000ff")
    refused = await town.it.client.get(f"{API}/polls/{poll['id']}", headers=town.it.headers(stranger))
    assert refused.status_code == 404
    listed = await town.it.client.get(f"{API}/polls", headers=town.it.headers(guest))
    assert [one["id"] for one in listed.json()["items"]] == [poll["id"]]
    assert (await town.it.client.get(f"{API}/polls", headers=town.it.headers(stranger))).json()["items"] == []


async def test_what_is_wrong_with_a_poll_is_said_at_its_place(town: Neighbourhood):
    dates = [span_of(next_monday(9)), span_of(next_monday(9))]
    late = (clock.now() + 60 * DAY).isoformat()
    unknown = "01912345-0000-7000-8000-0000000000ff"
    for values, pointer in (
        ({"dates": dates}, "/dates"),
        ({"closes_at": late}, "/closes_at"),
        ({"remind_at": late}, "/remind_at"),
        ({"link": "javascript:alert(1)"}, "/link"),
        ({"invited": [{"required": True}]}, "/invited/0"),
        ({"invited": [{"name": "Jan", "mail": "nie adres"}]}, "/invited/0/mail"),
        ({"invited": [{"organisation_id": unknown}]}, "/invited/0/organisation_id"),
    ):
        body = town.body(**values)
        answer = await town.it.client.post(f"{API}/polls", json=body, headers=town.it.headers(town.by))
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await town.it.rows("event") == []
