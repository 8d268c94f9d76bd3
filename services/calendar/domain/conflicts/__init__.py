"""Conflicts: whom an event hurts, and who hurts it, by the table of kinds and severities.

The check is told what the event's claims met (`Hit`) and what it must know of those events, venues and resources;
it gives one `Finding` for each pair and thing, with all the dates on which they meet. Touching is no conflict.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from services.calendar.domain.claims import Dated, Party
from services.calendar.domain.conflicts.audiences import LISTED, audience_conflicts
from services.calendar.domain.conflicts.findings import SEVERITIES, Finding, Hit, Kind, Known, Severity, Span
from services.calendar.domain.conflicts.resources import resource_conflicts
from services.calendar.domain.conflicts.sums import overdrawn
from services.calendar.domain.conflicts.surroundings import calendar_conflicts, municipal_conflicts
from services.calendar.domain.conflicts.venues import venue_conflicts
from services.calendar.domain.plans import Fact

__all__ = [
    "LISTED",
    "SEVERITIES",
    "Finding",
    "Hit",
    "Kind",
    "Known",
    "Severity",
    "Span",
    "audience_conflicts",
    "calendar_conflicts",
    "find",
    "find_blocking",
    "municipal_conflicts",
    "overdrawn",
    "resource_conflicts",
    "venue_conflicts",
]


def find(
    party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known, facts: Iterable[Fact]
) -> list[Finding]:
    """Find every conflict of one event, the most severe first, then the earliest."""
    by_kind: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_kind[hit.kind].append(hit)
    found = [
        *venue_conflicts(party, by_kind["venue"], known),
        *resource_conflicts(party, dates, by_kind["resource"], known),
        *audience_conflicts(party, by_kind["audience"], known),
        *municipal_conflicts(party, dates, facts),
        *calendar_conflicts(party, dates),
    ]
    return sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), finding.spans[0], finding.key))


def find_blocking(party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known) -> list[Finding]:
    """Find only what refuses a save: a taken venue, a resource that does not suffice."""
    hits = list(hits)
    found = [
        *venue_conflicts(party, [hit for hit in hits if hit.kind == "venue"], known),
        *resource_conflicts(party, dates, [hit for hit in hits if hit.kind == "resource"], known),
    ]
    return sorted(
        (finding for finding in found if finding.is_blocking), key=lambda finding: (finding.spans[0], finding.key)
    )
