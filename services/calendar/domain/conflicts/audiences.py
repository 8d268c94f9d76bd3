"""Conflicts of audiences: who calls the same people at the same time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.calendar.domain.claims import EVERYONE, Party, audiences_met
from services.calendar.domain.conflicts.findings import Finding, Hit, Known, dates_of, grouped, spans_of
from services.calendar.domain.conflicts.rules import Severity
from services.calendar.domain.places import metres_between
from shared.messages import Reason

NEAR_M = 1_000
"""Sites this near compete for the same audience."""
NEIGHBOURING_M = 150
"""Sites this near are one place to people: `everyone` meets a named audience there."""
LISTED = 20
"""So many audience conflicts of one event are listed, the nearest; the rest is counted."""
DRAWS_NOBODY = frozenset({"service", "works", "meeting"})
"""Kinds of events to which people come when it suits them, because they belong there, or not at all."""
LONG_SECONDS = 24 * 3_600
"""What lasts longer, an exhibition for instance, can be seen on another day."""


def audience_conflicts(party: Party, hits: Iterable[Hit], known: Known) -> list[Finding]:
    """Meet others that call the same people at the same time, the nearest first."""
    found: list[tuple[float, Finding]] = []
    for other_id, pair in grouped(hits, lambda hit: hit.other_id).items():
        other = known.parties[other_id]
        if set(audiences_met(party.audiences)) & set(other.audiences):
            distance = metres_between(party.point, other.point)
            severity, reason = _verdict(party, other, distance)
            rank = float("inf") if distance is None else distance
            mine, theirs = dates_of(pair)
            finding = Finding(
                "audience", "", other_id, severity, reason, spans_of(pair), dates=mine, other_dates=theirs
            )
            found.append((rank, finding))
    found.sort(key=lambda ranked: (ranked[0], ranked[1].spans[0], ranked[1].other_id or ""))
    return [finding for _, finding in found]


def nearest_listed(found: Sequence[Finding]) -> list[Finding]:
    """List the nearest twenty, and count the rest with each."""
    rest = len(found) - LISTED
    if rest <= 0:
        return list(found)
    return [
        replace(
            finding,
            listed=number < LISTED,
            reason=Reason(code=finding.reason.code, values={**finding.reason.values, "more": rest}),
        )
        for number, finding in enumerate(found)
    ]


def _verdict(party: Party, other: Party, distance: float | None) -> tuple[Severity, Reason]:
    shared = sorted((set(party.audiences) & set(other.audiences)) - {EVERYONE})
    near = distance is not None and distance <= (NEAR_M if shared else NEIGHBOURING_M)
    values: dict[str, object] = {"one": party.title, "other": other.title, "audiences": shared or [EVERYONE]}
    if near and distance is not None:
        reason = Reason(code="audience_near", values={**values, "metres": round(distance)})
        return ("warning" if _compete(party, other) else "information"), reason
    return "information", Reason(code="audience_shared", values=values)


def _compete(party: Party, other: Party) -> bool:
    """Say whether coming to one means missing the other, and the hosts may not know it.

    An organisation needs no warning of its own events, and what is on again and again is known and can be missed once;
    what is for the hosts alone calls nobody.
    """
    if set(party.host_ids) & set(other.host_ids):
        return False
    return not any(
        one.repeats or one.closed or one.kind in DRAWS_NOBODY or one.lasts_seconds > LONG_SECONDS
        for one in (party, other)
    )
