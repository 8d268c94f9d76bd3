"""Conflicts of venues: who is at the same place, at one around it or inside it."""

from collections.abc import Iterable, Iterator, Sequence

from services.calendar.domain.claims import Party, Site
from services.calendar.domain.conflicts.findings import Finding, Hit, Known, dates_of, grouped, spans_of
from services.calendar.domain.conflicts.rules import Severity
from services.calendar.domain.conflicts.sums import peak
from shared.messages import Reason

Verdict = tuple[Severity, Reason, bool]
"""How severe it is, why, and whether both sides mean it, so that it may block."""


def venue_conflicts(party: Party, hits: Iterable[Hit], known: Known) -> Iterator[Finding]:
    """Meet others at the same venue, one around it or one inside it; two rooms of one building do not meet."""
    by_key = grouped([hit for hit in hits if hit.key in known.sites], lambda hit: hit.key)
    for key, there in by_key.items():
        site = known.sites[key]
        meeting = [hit for hit in there if hit.direct or hit.other_direct]
        for other_id, pair in grouped(meeting, lambda hit: hit.other_id).items():
            other = known.parties[other_id]
            if other.poll_id is not None and other.poll_id == party.poll_id:
                continue  # one poll holds several dates, of which one remains
            severity, reason, is_meant = _verdict(party, other, site, pair, there)
            agreed = known.is_agreed(key, party.id, other_id)
            if agreed and severity == "blocking":
                severity = "warning"
            mine, theirs = dates_of(pair)
            yield Finding(
                "venue", key, other_id, severity, reason, spans_of(pair), may_block=is_meant and not agreed,
                dates=mine, other_dates=theirs,
            )  # fmt: skip


def _verdict(party: Party, other: Party, site: Site, pair: Sequence[Hit], there: Sequence[Hit]) -> Verdict:
    values = {"venue": site.name, "one": party.title, "other": other.title}
    hard = [hit for hit in pair if hit.other_hard and not party.tentative]
    if site.one_at_a_time and (party.poll_id or other.poll_id):
        held = {**values, "held": party.title if party.poll_id else other.title}
        return "warning", Reason(code="venue_held", values=held), False
    if site.one_at_a_time:
        return ("blocking" if hard else "warning"), Reason(code="venue_taken", values=values), bool(hard)
    expected = max(peak(hit, there, party.expected_participants) for hit in pair)
    if site.capacity is not None and expected > site.capacity:
        crowd = {"expected": expected, "capacity": site.capacity}
        sure = [hit for hit in there if hit.other_hard]
        is_meant = any(peak(hit, sure, party.expected_participants) > site.capacity for hit in hard)
        return "warning", Reason(code="venue_over_capacity", values={**values, **crowd}), is_meant
    return "information", Reason(code="venue_shared", values=values), False
