"""Conflicts of venues: who is at the same place, at one around it or inside it."""

from collections.abc import Iterable, Iterator, Sequence

from services.calendar.domain.claims import Party, Site
from services.calendar.domain.conflicts.findings import Finding, Hit, Known, Severity, grouped, spans_of
from services.calendar.domain.conflicts.sums import peak
from shared.messages import Reason


def venue_conflicts(party: Party, hits: Iterable[Hit], known: Known) -> Iterator[Finding]:
    """Meet others at the same venue, one around it or one inside it; two rooms of one building do not meet."""
    by_key = grouped([hit for hit in hits if hit.key in known.sites], lambda hit: hit.key)
    for key, there in by_key.items():
        site = known.sites[key]
        meeting = [hit for hit in there if hit.direct or hit.other_direct]
        for other_id, pair in grouped(meeting, lambda hit: hit.other_id).items():
            other = known.parties[other_id]
            severity, reason = _venue_verdict(party, other, site, pair, there)
            yield Finding("venue", key, other_id, severity, reason, spans_of(pair))


def _venue_verdict(
    party: Party, other: Party, site: Site, pair: Sequence[Hit], there: Sequence[Hit]
) -> tuple[Severity, Reason]:
    values = {"venue": site.name, "one": party.title, "other": other.title}
    if site.one_at_a_time:
        is_hard = not party.tentative and any(hit.other_hard for hit in pair)
        return ("blocking" if is_hard else "warning"), Reason(code="venue_taken", values=values)
    expected = max(peak(hit, there, party.expected_participants) for hit in pair)
    if site.capacity is not None and expected > site.capacity:
        crowd = {"expected": expected, "capacity": site.capacity}
        return "warning", Reason(code="venue_over_capacity", values={**values, **crowd})
    return "information", Reason(code="venue_shared", values=values)
