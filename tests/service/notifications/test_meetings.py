"""Who is told of what a meeting left: whoever has something to do, and those for whom its minutes are."""

from datetime import UTC, date, datetime
from typing import Any

from services.notifications.models import Alert
from shared.identifiers import new_id
from shared.messages import calendar
from tests.builders import an_administrator
from tests.service.notifications.builders import an_organisation

CLUB, SCHOOL = an_organisation(name="Klub"), an_organisation(name="Szkoła")
TASK: dict[str, Any] = {
    "version": 1,
    "event_id": new_id(),
    "title": "Spotkanie liderów",
    "organisation_ids": (CLUB.id, SCHOOL.id),
    "due_on": date(2027, 3, 1),
    "zone": "Europe/Warsaw",
    "url": "/calendar/events/x#tasks",
}


async def test_an_organisation_is_told_what_it_has_to_do_and_twice_that_it_comes_due(service_running, alerts):
    await service_running.deliver(CLUB, SCHOOL)
    task = {**TASK, "id": new_id(), "owner_id": CLUB.id}
    await service_running.deliver(
        calendar.TaskRecorded(**task),
        calendar.TaskDue(**{**task, "version": 2}, stage="soon"),
        calendar.TaskDue(**{**task, "version": 3}, stage="overdue"),
        calendar.TaskDue(**{**task, "version": 3}, stage="overdue"),
    )
    found = await alerts(an_administrator(), event_id=TASK["event_id"])
    assert {one["organisation_id"] for one in found} == {CLUB.id}
    texts = sorted(one["text"] for one in found)
    assert texts == [
        "Czeka zadanie, które masz po „Spotkanie liderów”. Termin mija: poniedziałek, 1 marca 2027.",
        "Czeka zadanie, które masz po „Spotkanie liderów”. Termin minął: poniedziałek, 1 marca 2027.",
        "Po „Spotkanie liderów” masz coś do zrobienia. Termin: poniedziałek, 1 marca 2027.",
    ]


async def test_a_person_is_told_by_their_id_and_nobody_else(service_running):
    person_id = new_id()
    await service_running.deliver(CLUB, SCHOOL)
    await service_running.deliver(
        calendar.TaskRecorded(**{**TASK, "id": new_id(), "owner_person_id": person_id, "due_on": None})
    )
    [alert] = await service_running.rows("alert")
    assert (alert.person_id, alert.organisation_id) == (person_id, None)
    assert alert.reason["code"] == "task_without_day"


async def test_those_who_host_a_meeting_or_are_invited_are_told_of_its_minutes(service_running, alerts):
    person_id, event_id = new_id(), new_id()
    await service_running.deliver(CLUB, SCHOOL)
    facts: dict[str, Any] = {
        "event_id": event_id,
        "title": "Spotkanie liderów",
        "audience": "partners",
        "host_ids": (CLUB.id,),
        "organisation_ids": (CLUB.id, SCHOOL.id),
        "person_ids": (person_id,),
        "published_at": datetime(2027, 3, 1, 12, tzinfo=UTC),
        "zone": "Europe/Warsaw",
        "url": f"/calendar/meetings/{event_id}/minutes",
    }
    await service_running.deliver(
        calendar.MinutesPublished(id=new_id(), version=1, **facts),
        calendar.MinutesPublished(id=new_id(), version=2, **facts),
    )
    found = await alerts(an_administrator(), event_id=event_id)
    assert {one["organisation_id"] for one in found if one["organisation_id"]} == {CLUB.id, SCHOOL.id}
    assert len([one for one in found if "To wersja 2" in one["text"]]) >= 2
    own = [row for row in await service_running.rows(Alert.__tablename__) if row.person_id == person_id]
    assert len(own) == 2
