"""Who is told of proposals between hosts, and of requests to the owners of venues and resources."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.identifiers import new_id
from shared.messages import Message, calendar
from tests.builders import an_administrator
from tests.service.notifications.builders import AFTERNOON, an_organisation

CLUB, SCHOOL = an_organisation(name="Klub"), an_organisation(name="Szkoła")
WHEN = {"starts_at": AFTERNOON, "ends_at": AFTERNOON + timedelta(hours=2), "zone": "Europe/Warsaw", "url": "/x"}
PROPOSAL = {
    "event_ids": (new_id(), new_id()),
    "event_titles": ("Festyn", "Piknik"),
    "organisation_ids": (CLUB.id, SCHOOL.id),
    "proposer_ids": (SCHOOL.id,),
    "way": "join",
    "reason": {"code": "proposed_together", "values": {"one": "Festyn", "other": "Piknik"}},
}
BOOKING = {
    "kind": "venue",
    "thing_id": new_id(),
    "thing_name": "Sala",
    "owner_id": SCHOOL.id,
    "event_id": new_id(),
    "event_title": "Festyn",
    "host_ids": (CLUB.id,),
}
EVERYBODY = {CLUB.id, SCHOOL.id}


CASES: list[tuple[type[Message], dict[str, Any], set[str], str]] = [
    (calendar.OpportunityProposed, {**PROPOSAL, "message": "Zróbmy razem"}, {CLUB.id}, "Zróbmy razem"),
    (calendar.OpportunityAccepted, PROPOSAL, EVERYBODY, "Jest zgoda: „Festyn” odbędzie się razem"),
    (calendar.OpportunityDeclined, {**PROPOSAL, "because": "Mamy już partnera"}, {SCHOOL.id}, "Mamy już partnera"),
    (calendar.OpportunityDeclined, {**PROPOSAL, "proposer_ids": ()}, set(), ""),
    (calendar.OpportunityWithdrawn, PROPOSAL, {CLUB.id}, "Wycofano propozycję"),
    (calendar.BookingRequested, BOOKING, {SCHOOL.id}, "Prośba o „Sala”"),
    (calendar.BookingAnswered, {**BOOKING, "answer": "accepted"}, EVERYBODY, "Jest zgoda na „Sala”"),
    (calendar.BookingAnswered, {**BOOKING, "answer": "refused", "because": "Remont"}, {CLUB.id}, "Remont"),
    (calendar.BookingAnswered, {**BOOKING, "answer": "countered"}, {CLUB.id}, "proponuje coś innego"),
    (calendar.BookingAnswered, {**BOOKING, "answer": "expired"}, {CLUB.id}, "nie odpowiedział na czas"),
    (calendar.BookingAnswered, {**BOOKING, "answer": "slot_taken"}, {CLUB.id}, "ktoś inny ma „Sala”"),
    (calendar.BookingAnswered, {**BOOKING, "answer": "withdrawn"}, {SCHOOL.id}, "nie jest już potrzebne"),
]


POLL = {
    "title": "Spotkanie liderów",
    "organisation_id": SCHOOL.id,
    "organisation_ids": (CLUB.id,),
    "closes_at": datetime(2027, 3, 1, 19, 0, tzinfo=UTC),
    "zone": "Europe/Warsaw",
    "url": "/calendar/meetings/polls/x",
}
CALLED: list[tuple[type[Message], dict[str, Any], dict[str, str]]] = [
    (calendar.PollOpened, POLL, {CLUB.id: "poniedziałek, 1 marca 2027, 20:00"}),
    (calendar.PollReminded, POLL, {CLUB.id: "Waszego głosu jeszcze nie ma"}),
    (
        calendar.MeetingCalled,
        {
            **WHEN,
            "title": "Spotkanie liderów",
            "host_ids": (SCHOOL.id,),
            "organisation_ids": (CLUB.id, SCHOOL.id),
            "required_ids": (CLUB.id,),
            "url": "/calendar/events/x",
        },
        {CLUB.id: "obecność jest potrzebna", SCHOOL.id: "obecność nie jest konieczna"},
    ),
]


@pytest.mark.parametrize(("told", "facts", "said"), CALLED)
async def test_those_are_told_who_are_asked_for_a_date_or_invited(service_running, alerts, told, facts, said):
    await service_running.deliver(CLUB, SCHOOL)
    await service_running.deliver(told(id=new_id(), version=1, **facts))
    found = {alert["organisation_id"]: alert["text"] for alert in await alerts(an_administrator())}
    assert found.keys() == said.keys()
    assert all(said[one] in text and "Spotkanie liderów" in text for one, text in found.items()), found


async def test_those_are_told_who_have_something_to_do_or_waited(service_running, alerts):
    await service_running.deliver(CLUB, SCHOOL)
    for told, facts, recipients, said in CASES:
        event_id = new_id()
        names = {"event_ids": (event_id, new_id())} if "event_ids" in facts else {"event_id": event_id}
        await service_running.deliver(told(id=new_id(), version=1, **WHEN, **{**facts, **names}))
        found = await alerts(an_administrator(), event_id=event_id)
        assert {alert["organisation_id"] for alert in found} == recipients, (told, said)
        assert all(said in alert["text"] for alert in found), found
