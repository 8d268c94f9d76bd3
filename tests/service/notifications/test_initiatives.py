"""Who could form an initiative is told once, with the reasons, and nothing about a time."""

from datetime import UTC, datetime
from typing import Any

from shared.identifiers import new_id
from shared.messages.base import Reason
from shared.messages.registry import InitiativeSuggested
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
