"""A message that describes itself becomes an alert, whatever it is about."""

from services.notifications.subscribers.described import on_described
from shared.identifiers import new_id
from shared.messages import Describes, Message, Summary, registry
from tests.builders import a_coordinator, a_person
from tests.service.notifications.builders import a_person_of

SUMMARY = Summary(pl="Zamykamy świetlicę na remont.", en="The day room closes for repairs.")
NEED = {"title": "Namiot", "kind": "equipment", "url": "/registry/needs/n", "organisation_id": "o"}


class RoomClosed(registry.RegistryMessage, Describes):
    """A type of message of which notifications know nothing."""

    type = "registry.room.closed.v1"


def closed(**values) -> Message:
    return RoomClosed(**{"id": new_id(), "version": 1, "summary": SUMMARY, "url": "/registry/rooms/1", **values})


async def test_those_whom_it_names_are_told_once_in_their_language(service_running, alerts, letters):
    told, guest = a_person_of(organisation_id := new_id()), a_person_of(language="en")
    await service_running.deliver(told, guest)
    message = closed(organisation_ids=(organisation_id,), person_ids=(told.id, guest.id, new_id()), severity="warning")
    for _ in range(2):
        await service_running.database.write(on_described, message)

    [ours] = await alerts(a_coordinator(organisation_id, id=told.id))
    [theirs] = await alerts(a_person(id=guest.id, language="en"))
    subjects = {letter["subject"] for letter in await letters()}

    assert (ours["kind"], ours["severity"], ours["text"]) == ("news", "warning", SUMMARY.pl)
    assert (theirs["organisation_id"], theirs["text"], theirs["url"]) == (None, SUMMARY.en, "/registry/rooms/1")
    assert subjects == {SUMMARY.pl, SUMMARY.en}


async def test_without_a_summary_it_is_no_news(service_running, alerts):
    person = a_coordinator(organisation_id := new_id())
    await service_running.database.write(on_described, closed(organisation_ids=(organisation_id,), summary=None))

    assert await alerts(person) == []


async def test_who_helped_hears_that_a_need_is_met_and_an_older_message_tells_nobody(service_running, alerts):
    helper = a_coordinator(organisation_id := new_id())
    met = registry.NeedMet(id=new_id(), version=2, summary=SUMMARY, organisation_ids=(organisation_id,), **NEED)
    older = registry.NeedMet(id=new_id(), version=2, met_by_organisation_id=organisation_id, **NEED)
    await service_running.deliver(met, older)

    [alert] = await alerts(helper)

    assert (alert["kind"], alert["url"]) == ("news", "/registry/needs/n")
