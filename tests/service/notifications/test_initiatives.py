"""Who could form an initiative is told once, with the reasons, and nothing about a time."""

from datetime import UTC, datetime
from typing import Any

from shared.identifiers import new_id
from shared.messages.base import Reason
from shared.messages.registry import InitiativeSuggested, SuggestionAccepted, SuggestionDeclined
from tests.builders import an_administrator
from tests.service.notifications.builders import an_organisation

REASONS = (
    Reason(code="coalition_shared_problem", values={"problem": "Ciemny park", "organisations": ["Klub", "Szkoła"]}),
    Reason(code="coalition_complement", values={"need": "lampy", "who": "Klub", "offer": "Lampy", "by": "Szkoła"}),
)


def suggested(*organisation_ids: str, **values: Any) -> InitiativeSuggested:
    facts = {
        "id": new_id(),
        "version": 1,
        "title": "Ciemny park",
        "reasons": REASONS,
        "suggested_at": datetime(2026, 11, 30, tzinfo=UTC),
        "url": "/registry/initiatives",
    }
    return InitiativeSuggested(**{**facts, "organisation_ids": organisation_ids, **values})


async def test_who_could_form_an_initiative_is_told_why_and_no_time(service_running, alerts):
    one, other = an_organisation(name="Klub"), an_organisation(name="Szkoła")
    await service_running.deliver(one, other, suggested(one.id, other.id))
    found = await alerts(an_administrator())
    assert {alert["organisation_id"] for alert in found} == {one.id, other.id}
    assert {alert["kind"] for alert in found} == {"initiative_suggested"}
    assert found[0]["text"] == (
        "Możecie założyć inicjatywę razem z innymi. Problem „Ciemny park” dotyczy wspólnie: Klub i Szkoła. "
        "Szkoła ma „Lampy”, a Klub potrzebuje „lampy”."
    )


async def test_when_another_joins_the_suggestion_only_they_are_told(service_running, alerts):
    first, second, third = (an_organisation() for _ in range(3))
    told = suggested(first.id, second.id)
    again = told.model_copy(update={"version": 2, "organisation_ids": (first.id, second.id, third.id)})
    await service_running.deliver(first, second, third, told, again)
    assert sorted(alert["organisation_id"] for alert in await alerts(an_administrator())) == sorted(
        [first.id, second.id, third.id]
    )


def answered(told: InitiativeSuggested, kind: type[Any], version: int, **values: Any) -> Any:
    facts = {name: value for name, value in told if name in InitiativeSuggested.model_fields}
    return kind(**{**facts, "version": version, "by_organisation_name": "Klub", **values})


async def test_who_says_yes_is_told_to_all_who_are_asked_until_the_coalition_is_formed(service_running, alerts):
    one, other, third = an_organisation(name="Klub"), an_organisation(name="Szkoła"), an_organisation()
    told = suggested(one.id, other.id, third.id)
    yes = answered(told, SuggestionAccepted, 2, by_organisation_id=one.id, accepted_ids=(one.id,))
    both = {"accepted_ids": (one.id, other.id), "initiative_id": new_id()}
    formed = answered(told, SuggestionAccepted, 3, by_organisation_id=other.id, formed=True, **both)
    late = answered(told, SuggestionAccepted, 4, by_organisation_id=third.id, **both)
    await service_running.deliver(one, other, third, yes, formed, late)
    found = [alert for alert in await alerts(an_administrator()) if alert["kind"] == "suggestion_accepted"]
    whom = [(alert["organisation_id"], alert["text"].rpartition("”. ")[2]) for alert in found]
    yes_text, formed_text = "Klub: tak, chcemy.", "Klub: tak, chcemy – i dzięki temu inicjatywa powstała."
    of_yes, of_formed = [one.id, other.id, other.id, third.id], [one.id, third.id]
    assert sorted(whom) == sorted([*((id, yes_text) for id in of_yes), *((id, formed_text) for id in of_formed)])


async def test_who_says_no_is_told_with_the_reason_to_those_who_said_yes(service_running, alerts):
    one, other, third = (an_organisation() for _ in range(3))
    told = suggested(one.id, other.id, third.id)
    no = answered(
        told, SuggestionDeclined, 3, by_organisation_id=third.id, accepted_ids=(one.id,), because="Brak ludzi."
    )
    await service_running.deliver(one, other, third, told, no)
    (alert,) = [alert for alert in await alerts(an_administrator()) if alert["kind"] == "suggestion_declined"]
    assert alert["organisation_id"] == one.id
    assert alert["text"] == (
        "Ktoś nie weźmie udziału w inicjatywie „Ciemny park”. Klub: nie, dziękujemy. Podany powód: Brak ludzi."
    )
