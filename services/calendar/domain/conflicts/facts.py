"""Conflicts with what the city told: closures and events of its own."""

from collections.abc import Iterable, Iterator, Sequence

from services.calendar.domain.claims import Dated, Party, merged
from services.calendar.domain.conflicts.findings import Finding, standing
from services.calendar.domain.places import metres_between, point_of
from services.calendar.domain.plans import Fact
from shared.messages import Reason


def metres_within(party: Party, fact: Fact) -> float | None:
    """Give how far an event is from a fact; none where the fact does not reach it."""
    distance = metres_between(party.point, point_of(fact.latitude, fact.longitude))
    return None if distance is None or distance > (fact.radius_m or 0) else distance


def municipal_conflicts(party: Party, dates: Sequence[Dated], facts: Iterable[Fact]) -> Iterator[Finding]:
    """Meet closures and city events within the radius that the municipal system told."""
    for fact in facts:
        distance = metres_within(party, fact)
        if distance is None:
            continue
        start, end = int(fact.starts_at.timestamp()), int(fact.ends_at.timestamp())
        met = [dated for dated in standing(dates) if dated.start < end and start < dated.end]
        if met:
            spans = merged((max(start, dated.start), min(end, dated.end)) for dated in met)
            values = {"one": party.title, "title": dict(fact.title), "metres": round(distance), "partner": fact.partner}
            reason = Reason(code=f"municipal_{fact.kind}", values=values)
            yield Finding("municipal", fact.id, None, "warning", reason, tuple(spans), dates=len(met))
