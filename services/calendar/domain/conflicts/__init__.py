"""Conflicts: whom an event hurts, and who hurts it, by the table of kinds and severities.

The check is told what the event's claims met (`Hit`) and what it must know of those events, venues and resources;
it gives one `Finding` for each pair and thing, with all the dates on which they meet. Touching is no conflict.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from services.calendar.domain.claims import Dated, Party
from services.calendar.domain.conflicts.audiences import LISTED, audience_conflicts, nearest_listed
from services.calendar.domain.conflicts.days import calendar_conflicts, opening_hours_of
from services.calendar.domain.conflicts.facts import municipal_conflicts
from services.calendar.domain.conflicts.findings import SEVERITIES, STANDING_STATES, Finding, Hit, Known
from services.calendar.domain.conflicts.people import people_conflicts
from services.calendar.domain.conflicts.resources import resource_conflicts
from services.calendar.domain.conflicts.rules import (
    GUARDED,
    KINDS,
    Kind,
    Level,
    Rules,
    faults_of_rule,
    severity_by,
)
from services.calendar.domain.conflicts.sums import overdrawn
from services.calendar.domain.conflicts.taken import crowded_times, taken_times
from services.calendar.domain.conflicts.venues import venue_conflicts
from services.calendar.domain.plans import Fact

__all__ = [
    "GUARDED",
    "KINDS",
    "LISTED",
    "SEVERITIES",
    "STANDING_STATES",
    "Finding",
    "Hit",
    "Kind",
    "Known",
    "Level",
    "Rules",
    "by_rules",
    "calendar_conflicts",
    "crowded_times",
    "faults_of_rule",
    "find",
    "find_blocking",
    "municipal_conflicts",
    "opening_hours_of",
    "overdrawn",
    "taken_times",
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
        *people_conflicts(party, dates, by_kind["person"], known),
        *audience_conflicts(party, by_kind["audience"], known),
        *municipal_conflicts(party, dates, facts),
        *calendar_conflicts(party, dates, known),
    ]
    told = _one_voice(by_rules(party, found, known))
    audiences = [finding for finding in told if finding.kind == "audience"]
    others = [finding for finding in told if finding.kind != "audience"]
    return _in_order([*others, *nearest_listed(audiences)])


def find_blocking(party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known) -> list[Finding]:
    """Find only what refuses a save: a taken venue, a resource that does not suffice."""
    hits = list(hits)
    found = [
        *venue_conflicts(party, [hit for hit in hits if hit.kind == "venue"], known),
        *resource_conflicts(party, dates, [hit for hit in hits if hit.kind == "resource"], known),
    ]
    return _in_order(finding for finding in by_rules(party, found, known) if finding.is_blocking)


def by_rules(party: Party, found: Iterable[Finding], known: Known) -> list[Finding]:
    """Give each finding the severity that it has here; leave out what is to be ignored."""
    ruled = []
    for finding in found:
        site = known.sites.get(finding.key if finding.kind == "venue" else party.venue_id or "")
        level = known.rules.level(finding.kind, site.chain if site else ())
        severity = severity_by(level, finding.severity, may_block=finding.may_block)
        if severity is not None:
            ruled.append(finding if severity == finding.severity else replace(finding, severity=severity))
    return ruled


def _one_voice(found: Sequence[Finding]) -> list[Finding]:
    """Let one explanation speak where it says all: two events at one place that call the same people meet once.

    The more severe of the two stands, at equality the place; it must be there as often as the other.
    """
    theirs: dict[tuple[str, str | None], Finding] = {}
    for finding in _in_order(found):
        theirs.setdefault((finding.kind, finding.other_id), finding)
    return [finding for finding in found if finding.other_id is None or not _is_drowned(finding, theirs)]


def _is_drowned(finding: Finding, theirs: Mapping[tuple[str, str | None], Finding]) -> bool:
    """Say whether another finding of the same pair says it all, given the most severe of each kind."""
    louder = {"audience": ("venue", "people"), "venue": ("audience",)}.get(finding.kind, ())
    weaker = finding.kind == "audience"
    for other in (theirs.get((kind, finding.other_id)) for kind in louder):
        if other is None or len(other.spans) < len(finding.spans):
            continue
        ahead = SEVERITIES.index(finding.severity) - SEVERITIES.index(other.severity)
        if ahead > 0 or (ahead == 0 and weaker):
            return True
    return False


def _in_order(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), finding.spans[0], finding.key))
