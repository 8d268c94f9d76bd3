"""Who is told what, once, whatever the order and number of messages."""

import asyncio
from itertools import permutations

import pytest

from shared.identifiers import new_id
from shared.messages import calendar
from shared.messages.notifications import AlertRaised
from tests.builders import a_coordinator, an_administrator
from tests.service.notifications.builders import a_conflict, a_person_of, an_event, an_organisation, the_same


async def test_both_organisations_have_an_alert_while_they_have_no_people(service_running, alerts):
    one, other = an_organisation(name="Klub"), an_organisation(name="Szkoła")
    conflict = a_conflict(organisation_ids=(one.id, other.id))
    await service_running.deliver(one, other, conflict)

    found = await alerts(an_administrator(), event_id=conflict.event_ids[0])

    assert {(alert["organisation_id"], alert["person_id"]) for alert in found} == {(one.id, None), (other.id, None)}
    assert {alert["organisation_name"] for alert in found} == {"Klub", "Szkoła"}
    assert found[0].keys() >= {"id", "kind", "event_ids", "organisation_id", "person_id", "text", "created_at"}
    assert found[0]["event_ids"] == list(conflict.event_ids)


async def test_each_of_an_organisations_people_has_an_alert(service_running, alerts):
    organisation_id = new_id()
    people = [a_person_of(organisation_id), a_person_of(organisation_id)]
    await service_running.deliver(*people, a_conflict(organisation_ids=(organisation_id,)))

    found = await alerts(an_administrator())

    assert {alert["person_id"] for alert in found} == {person.id for person in people}


async def test_every_alert_goes_out_as_a_message_without_any_name(service_running):
    person = a_person_of(organisation_id := new_id(), name="Barbara Nowak", email="barbara@example.org")
    conflict = a_conflict(organisation_ids=(organisation_id,))
    await service_running.deliver(person, conflict)

    [told] = await service_running.outgoing(AlertRaised)
    [row] = await service_running.rows("outbox")

    assert (told.kind, told.organisation_id, told.person_id) == ("conflict_detected", organisation_id, person.id)
    assert told.event_ids == conflict.event_ids
    assert b"arbara" not in row.body


async def test_the_same_state_of_a_conflict_is_told_once(service_running, alerts):
    conflict = a_conflict(organisation_ids=(new_id(),))
    await service_running.deliver(conflict)
    await service_running.deliver(conflict)
    await service_running.deliver(conflict, message_id="01")
    await service_running.deliver(conflict, message_id="01")

    assert len(await alerts(an_administrator())) == 1
    assert len(await service_running.outgoing(AlertRaised)) == 1


async def test_the_end_of_a_conflict_is_told_to_both(service_running, alerts):
    organisations = (new_id(), new_id())
    conflict = a_conflict(organisation_ids=organisations)
    resolved = the_same(conflict, calendar.ConflictResolved, resolved_by="moved")
    await service_running.deliver(conflict, resolved)

    kinds = [alert["kind"] for alert in await alerts(an_administrator())]

    assert sorted(kinds) == ["conflict_detected"] * 2 + ["conflict_resolved"] * 2


async def test_a_conflict_that_comes_back_is_told_again(service_running, alerts):
    conflict = a_conflict(organisation_ids=(new_id(),))
    resolved = the_same(conflict, calendar.ConflictResolved)
    again = the_same(resolved, calendar.ConflictDetected)
    await service_running.deliver(conflict, resolved, again)

    kinds = [alert["kind"] for alert in await alerts(an_administrator())]

    assert kinds == ["conflict_detected", "conflict_resolved", "conflict_detected"]


async def test_changes_acceptance_and_opportunities_are_told(service_running, alerts):
    conflict = a_conflict(organisation_ids=(new_id(),))
    changed = the_same(conflict, calendar.ConflictChanged)
    accepted = the_same(changed, calendar.ConflictAccepted, accepted_because="Jest miejsce dla obu.")
    values = {name: value for name, value in conflict.model_dump().items() if name not in ("kind", "severity", "id")}
    opportunity = calendar.OpportunityFound(id=new_id(), **values)
    await service_running.deliver(conflict, changed, accepted, opportunity)

    found = {alert["kind"]: alert for alert in await alerts(an_administrator())}

    assert set(found) == {"conflict_detected", "conflict_changed", "conflict_accepted", "opportunity_found"}
    assert "Jest miejsce dla obu." in found["conflict_accepted"]["text"]
    assert found["opportunity_found"]["severity"] is None


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_the_order_in_which_streams_arrive_does_not_matter(service_running, alerts, letters, order):
    organisation = an_organisation(name="Klub")
    person = a_person_of(organisation.id)
    event = an_event(title="Festyn", host_ids=(organisation.id,))
    conflict = a_conflict(
        organisation_ids=(organisation.id,), event_ids=(new_id(), event.id), event_titles=("Inny", "x")
    )
    messages = [person, event, conflict]
    await service_running.deliver(*(messages[position] for position in order), organisation)

    [alert] = await alerts(an_administrator())

    assert (alert["person_id"], alert["organisation_name"]) == (person.id, "Klub")
    assert "Festyn" in alert["text"].partition(".")[0]
    assert len(await letters()) == 1


async def test_colleagues_who_become_known_late_are_told_too(service_running, alerts):
    organisation_id = new_id()
    first, second = a_person_of(organisation_id), a_person_of(organisation_id)
    await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)), first, second, first)

    assert {alert["person_id"] for alert in await alerts(an_administrator())} == {first.id, second.id}
    assert len(await alerts(an_administrator())) == 2


async def test_who_joins_at_the_very_moment_is_told_once(service_running, alerts):
    organisation_ids = [new_id() for _ in range(12)]
    people = [a_person_of(one) for one in organisation_ids]
    conflicts = [a_conflict(organisation_ids=(one,)) for one in organisation_ids]

    await asyncio.gather(
        *(service_running.deliver(one) for pair in zip(people, conflicts, strict=True) for one in pair)
    )

    found = await alerts(an_administrator(), limit=100)
    assert sorted(str(alert["person_id"]) for alert in found) == sorted(person.id for person in people)


async def test_an_older_message_of_a_person_changes_nothing(service_running, letters):
    person = a_person_of(organisation_id := new_id(), version=2, email="new@example.org")
    stale = person.model_copy(update={"version": 1, "email": "old@example.org", "memberships": ()})
    await service_running.deliver(person, stale, a_conflict(organisation_ids=(organisation_id,)))

    [letter] = await letters()
    assert letter["To"].addresses[0].addr_spec == "new@example.org"


async def test_who_left_an_organisation_is_not_told(service_running, alerts):
    person = a_person_of(organisation_id := new_id())
    left = person.model_copy(update={"version": 2, "memberships": ()})
    await service_running.deliver(person, left, a_conflict(organisation_ids=(organisation_id,)))

    [alert] = await alerts(an_administrator())
    assert alert["person_id"] is None


async def test_people_see_their_own_and_their_organisations_alerts_only(service_running, alerts):
    mine, theirs = new_id(), new_id()
    await service_running.deliver(a_conflict(organisation_ids=(mine, theirs)))
    [own] = await alerts(a_coordinator(mine))
    [foreign] = await alerts(a_coordinator(theirs))

    assert own["organisation_id"] == mine
    assert await alerts(a_coordinator(new_id())) == []
    address = f"/notifications/api/v1/alerts/{foreign['id']}"
    answer = await service_running.client.get(address, headers=service_running.headers(a_coordinator(mine)))
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:osiedle:problem:no-such-alert")
    assert (await service_running.client.get("/notifications/api/v1/alerts")).status_code == 401


async def test_alerts_are_filtered_by_event_organisation_and_kind(service_running, alerts):
    one, other = a_conflict(organisation_ids=(new_id(),)), a_conflict(organisation_ids=(new_id(),))
    await service_running.deliver(one, other, the_same(other, calendar.ConflictResolved))
    administrator = an_administrator()

    by_event = await alerts(administrator, event_id=one.event_ids[1])
    by_organisation = await alerts(administrator, organisation_id=other.organisation_ids[0])
    by_kind = await alerts(administrator, kind="conflict_resolved")

    assert [alert["organisation_id"] for alert in by_event] == list(one.organisation_ids)
    assert len(by_organisation) == 2
    assert [alert["event_ids"] for alert in by_kind] == [list(other.event_ids)]


async def test_pages_give_every_alert_once_newest_first(service_running):
    await service_running.deliver(*(a_conflict(organisation_ids=(new_id(),)) for _ in range(5)))
    headers = service_running.headers(an_administrator())

    seen, address = [], "/notifications/api/v1/alerts?limit=2"
    while address:
        answer = (await service_running.client.get(address, headers=headers)).json()
        seen += [item["id"] for item in answer["items"]]
        address = answer["next"]

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


async def test_the_text_is_made_in_the_language_of_who_asks(service_running, alerts):
    event = an_event(title="Festyn")
    moved = an_event(calendar.EventMoved, id=event.id, version=2, title="Wielki Festyn")
    conflict = a_conflict(organisation_ids=(organisation_id := new_id(),), event_ids=(event.id, new_id()))
    await service_running.deliver(event, conflict, moved)

    [polish] = await alerts(a_coordinator(organisation_id))
    [english] = await alerts(a_coordinator(organisation_id, language="en"))

    assert polish["text"].startswith("Kolizja")
    assert "czwartek, 26 listopada 2026, 14:00–16:00" in polish["text"]
    assert english["text"].startswith("A conflict for “Wielki Festyn”.")
    assert "“Festyn” and “Koncert” are at “Dom Kultury” at the same time." in english["text"]
    assert "Thursday, 26 November 2026, 14:00–16:00" in english["text"]


async def test_reading_an_alert_is_remembered_once(service_running, alerts):
    coordinator = a_coordinator(new_id())
    await service_running.deliver(a_conflict(organisation_ids=tuple(coordinator.roles)))
    [alert] = await alerts(coordinator, unread=True)
    address = f"/notifications/api/v1/alerts/{alert['id']}/read"
    headers = service_running.headers(coordinator)

    first = await service_running.client.post(address, headers=headers)
    second = await service_running.client.post(address, headers=headers)

    assert first.status_code == 200
    assert first.json()["read_at"] == second.json()["read_at"] is not None
    assert (first.headers["etag"], second.headers["etag"]) == ('"2"', '"2"')
    assert await alerts(coordinator, unread=True) == []
    foreign = await service_running.client.post(address, headers=service_running.headers(a_coordinator(new_id())))
    assert foreign.status_code == 404


async def test_nobody_reads_an_alert_in_anothers_place(service_running, alerts):
    told = a_person_of(organisation_id := new_id())
    await service_running.deliver(told, a_conflict(organisation_ids=(organisation_id,)))

    for colleague in (a_coordinator(organisation_id), an_administrator()):
        [alert] = await alerts(colleague)
        address = f"/notifications/api/v1/alerts/{alert['id']}/read"
        answer = await service_running.client.post(address, headers=service_running.headers(colleague))
        assert answer.status_code == 403


@pytest.mark.parametrize("query", [{"event_id": "x"}, {"kind": "gossip"}, {"colour": "red"}])
async def test_what_cannot_be_asked_is_refused(service_running, query):
    headers = service_running.headers(an_administrator())
    answer = await service_running.client.get("/notifications/api/v1/alerts", params=query, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["in"] == "query"
