"""Conflicts of audiences: who calls the same people at the same time."""

from collections.abc import Iterable

from services.calendar.domain.claims import EVERYONE, Party, audiences_met
from services.calendar.domain.conflicts.findings import Finding, Hit, Known, Severity, grouped, spans_of
from services.calendar.domain.places import metres_between
from shared.messages import Reason

NEAR_M = 1_000
"""Sites this near compete for the same audience."""
NEIGHBOURING_M = 150
"""Sites this near are one place to people: `everyone` meets a named audience there."""
LISTED = 20
"""So many audience conflicts of one event are listed, the nearest; the rest is counted."""


def audience_conflicts(party: Party, hits: Iterable[Hit], known: Known) -> list[Finding]:
    """Meet others that call the same people at the same time; the nearest are listed, the rest counted."""
    found: list[tuple[float, Finding]] = []
    for other_id, pair in grouped(hits, lambda hit: hit.other_id).items():
        other = known.parties[other_id]
        if set(audiences_met(party.audiences)) & set(other.audiences):
            distance = metres_between(party.point, other.point)
            severity, reason = _audience_verdict(party, other, distance)
            rank = float("inf") if distance is None else distance
            found.append((rank, Finding("audience", "", other_id, severity, reason, spans_of(pair))))
    found.sort(key=lambda ranked: (ranked[0], ranked[1].spans[0], ranked[1].other_id or ""))
    rest = max(0, len(found) - LISTED)
    return [_ranked(finding, number < LISTED, rest) for number, (_, finding) in enumerate(found)]


def _ranked(finding: Finding, listed: bool, rest: int) -> Finding:
    reason = (
        Reason(code=finding.reason.code, values={**finding.reason.values, "more": rest}) if rest else finding.reason
    )
    return Finding(finding.kind, finding.key, finding.other_id, finding.severity, reason, finding.spans, listed=listed)


def _audience_verdict(party: Party, other: Party, distance: float | None) -> tuple[Severity, Reason]:
    shared = sorted((set(party.audiences) & set(other.audiences)) - {EVERYONE})
    near = distance is not None and distance <= (NEAR_M if shared else NEIGHBOURING_M)
    values: dict[str, object] = {"one": party.title, "other": other.title, "audiences": shared or [EVERYONE]}
    if near and distance is not None:
        return "warning", Reason(code="audience_near", values={**values, "metres": round(distance)})
    return "information", Reason(code="audience_shared", values=values)
