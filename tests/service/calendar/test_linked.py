"""Buttons in letters: the ordinary command with one role in one organisation, or nothing, and an answer either way."""

from datetime import timedelta

import pytest

from services.calendar.commands import change_task, record_task, remind_of_tasks
from services.calendar.domain.plans import TaskPlan
from shared import clock
from shared.identifiers import new_id
from shared.messages.calendar import (
    ActionAnswered,
    BookingAnswered,
    ConflictAccepted,
    ConflictDetected,
    EventMoved,
    OpportunityAccepted,
    OpportunityDeclined,
    OpportunityProposed,
    TaskRecorded,
)
from shared.messages.notifications import ActionAsked, FinishAsked
from tests.builders import a_coordinator, a_person, an_administrator
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)
from tests.service.calendar.giving import CLUB as THE_CLUB
from tests.service.calendar.giving import OWNER, SCHOOL, a_house
from tests.service.calendar.towns import ANNA, CLUB, JAN, a_town


def pressed(action, thing, by, organisation_id, **values):
    """A button about this state of a thing, pressed by somebody who coordinates an organisation."""
    defaults = {
        "id": new_id(),
        "version": 1,
        "subject_id": thing.id,
        "subject_version": thing.version,
        "person_id": by.id,
        "organisation_id": organisation_id,
        "role": "coordinator",
        "asked_at": clock.now(),
    }
    return ActionAsked(action=action, **{**defaults, **values})


async def outcomes(it, *asked):
    """Let the calendar hear presses, and give what it answered."""
    await it.deliver(*asked)
    answered = {one.id: one.outcome for one in await it.outgoing(ActionAnswered)}
    return [answered[one.id] for one in asked]


async def test_a_proposal_is_accepted_once_and_by_those_who_are_asked_alone(database_url):
    async with a_town(database_url) as town:
        await town.change("propose", JAN)
        [proposed] = await town.it.outgoing(OpportunityProposed)
        theirs = pressed("accept_proposal", proposed, JAN, town.picnic["host_ids"][0])
        ours = pressed("accept_proposal", proposed, ANNA, CLUB.id)
        again = pressed("decline_opportunity", proposed, ANNA, CLUB.id)

        assert await outcomes(town.it, theirs, ours, again) == ["not_allowed", "done", "changed"]
        assert len(await town.it.outgoing(OpportunityAccepted)) == 1
        assert await town.it.outgoing(OpportunityDeclined) == []
        assert len(await town.it.outgoing(ActionAnswered)) == 3
        assert (await town.get(f"events/{town.feast['id']}", ANNA))["host_ids"][0] == CLUB.id


async def test_what_a_refused_command_had_begun_leaves_no_trace(database_url):
    async with a_town(database_url) as town:
        await town.change("propose", JAN)
        [proposed] = await town.it.outgoing(OpportunityProposed)
        headers = {**town.it.headers(ANNA), "If-Match": f'"{town.feast["version"]}"'}
        moved = await town.it.client.patch(
            f"{API}/events/{town.feast['id']}",
            json={"starts_at": next_monday(8).isoformat(), "ends_at": next_monday(9).isoformat()},
            headers=headers,
        )
        assert moved.status_code == 200, moved.text
        told = len(await town.it.outgoing(EventMoved))

        assert await outcomes(town.it, pressed("accept_proposal", proposed, ANNA, CLUB.id)) == ["changed"]
        assert await town.it.outgoing(OpportunityAccepted) == []
        assert len(await town.it.outgoing(EventMoved)) == told


async def test_an_opportunity_is_declined_with_or_without_a_reason(sqlite_database_url):
    async with a_town(sqlite_database_url) as town:
        await town.change("propose", JAN)
        [proposed] = await town.it.outgoing(OpportunityProposed)
        asked = pressed("decline_opportunity", proposed, ANNA, CLUB.id, because="Nie tym razem")
        assert await outcomes(town.it, asked) == ["done"]
        assert [one.because for one in await town.it.outgoing(OpportunityDeclined)] == ["Nie tym razem"]


@pytest.mark.parametrize(
    ("action", "because", "answer"), [("accept_request", "", "accepted"), ("refuse_request", "Remont", "refused")]
)
async def test_an_owner_answers_a_request(database_url, action, because, answer):
    async with a_house(database_url) as house:
        event = await house.planned()
        [request] = await house.requests(OWNER)
        thing = type("Thing", (), {"id": request["id"], "version": request["version"]})
        stranger = pressed(action, thing, OWNER, THE_CLUB.id, because="x")
        silent = pressed("refuse_request", thing, OWNER, SCHOOL.id, because=" ")
        gone = pressed(action, thing, OWNER, SCHOOL.id, subject_id=new_id(), because="x")
        asked = pressed(action, thing, OWNER, SCHOOL.id, because=because)

        assert await outcomes(house.it, stranger, silent, gone, asked) == ["not_allowed", "refused", "gone", "done"]
        assert [one.answer for one in await house.it.outgoing(BookingAnswered)] == [answer]
        assert await house.status(event) == ("confirmed" if answer == "accepted" else "tentative")


async def test_a_conflict_may_stay_and_the_reason_is_told(database_url):
    club, school = an_organisation(), an_organisation()
    hall = a_venue(club.id, one_at_a_time=False, capacity=100)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        for host in (club, school):
            body = an_event(venue_id=hall.id, host_ids=[host.id], expected_participants=80)
            answer = await calendar.client.post(
                f"{API}/events", json=body, headers=calendar.headers(an_administrator())
            )
            assert answer.status_code == 201, answer.text
        await hear_itself(calendar)
        detected = next(one for one in await calendar.outgoing(ConflictDetected) if one.kind == "venue")
        asked = pressed("accept_conflict", detected, ANNA, club.id, because="Zmieścimy się")
        late = pressed("accept_conflict", detected, JAN, school.id, because="My też")

        assert await outcomes(calendar, asked, late) == ["done", "changed"]
        [accepted] = await calendar.outgoing(ConflictAccepted)
        assert accepted.accepted_because == "Zmieścimy się"
        assert ANNA.id in [row.by_person_id for row in await calendar.rows("history")]


async def test_a_task_is_done_by_whose_it_is_and_a_reminder_takes_no_button_away(database_url):
    today = clock.today("Europe/Warsaw")
    host, owner = an_organisation(name="PAL"), an_organisation(name="Klub Seniora")
    lead, doer, me = a_coordinator(host.id), a_coordinator(owner.id), a_person()
    async with a_calendar(database_url) as it:
        await it.deliver(host, owner)
        body = an_event(host_ids=[host.id], kind="meeting", title="Spotkanie liderów")
        meeting = (await it.client.post(f"{API}/events", json=body, headers=it.headers(lead))).json()
        by_day = TaskPlan(text="Kupić krzesła", owner_id=owner.id, due_on=today + timedelta(days=9))
        mine, changed = (TaskPlan(text=text, owner_person_id=me.id) for text in ("Zadzwonić", "Napisać"))
        for plan in (by_day, mine, changed):
            await it.database.write(record_task, by=lead, event_id=meeting["id"], plan=plan, today=today)
        ours, own, reworded = sorted(await it.outgoing(TaskRecorded), key=lambda one: one.id)
        await it.database.write(remind_of_tasks, now=clock.now(), today=today + timedelta(days=8))
        words = {"text": "Napisać do urzędu"}
        await it.database.write(change_task, by=lead, task_id=reworded.id, changes=words, version=1, today=today)

        def finished(task, by, **role):
            facts = {"id": new_id(), "version": 1, "subject_id": task.id, "subject_version": task.version}
            return FinishAsked(**facts, person_id=by.id, asked_at=clock.now(), **role)

        as_club = {"organisation_id": owner.id, "role": "coordinator"}
        asked = [
            finished(ours, me),
            finished(ours, doer, **as_club),
            finished(ours, doer, **as_club),
            finished(own, doer, **as_club),
            finished(own, me),
            finished(reworded, me),
        ]
        said = ["not_allowed", "done", "done", "not_allowed", "done", "changed"]
        assert await outcomes(it, *asked) == said
        done = {row.id: row.done_by_id for row in await it.rows("meeting_task")}
        assert done == {ours.id: doer.id, own.id: me.id, reworded.id: None}
