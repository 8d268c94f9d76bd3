"""The check: what an event, planned or stored, meets; the one function that plan, edit, import and listener share."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from services.calendar.domain import conflicts
from services.calendar.domain.alternatives import Alternative
from services.calendar.domain.claims import (
    Claim,
    Party,
    blocking_claims,
    cut_at_midnight,
    probes_of,
)
from services.calendar.domain.conflicts import Finding, Hit, Known
from services.calendar.domain.conflicts.counts import Series, counted, series_of
from services.calendar.domain.opportunities import Chance
from services.calendar.domain.slots import Slot
from services.calendar.queries import copies
from services.calendar.queries.beyond import claims_met
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.rules import agreements, region, rules
from services.calendar.queries.subjects import Subject, facts_between, parties, series_ahead


@dataclass(frozen=True)
class Checked:
    """What a check found: conflicts, chances to join, free slots, what would help, and the other events by id."""

    findings: list[Finding]
    chances: list[Chance] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)
    alternatives: list[Alternative] = field(default_factory=list)


def check(session: Session, subject: Subject) -> Checked:
    """Find every conflict of an event; the listener stores them, the dry run shows them."""
    hits = claims_met(session, probes_of(subject.party, subject.site, subject.dates), subject.party.id)
    known = _known(session, subject, hits, agreed=subject.party.id != NOBODY)
    facts = facts_between(session, subject.dates) if subject.party.point else []
    findings = conflicts.find(subject.party, subject.dates, hits, known, facts)
    return Checked(with_counts(session, subject, findings), parties=dict(known.parties))


def check_blocking(session: Session, subject: Subject) -> list[Finding]:
    """Find only what refuses a save; asked under lock, so it looks at venues and resources alone.

    That an owner let one event in although the place was taken lets no third one in: whoever asks knows who agreed.
    """
    hits = claims_met(session, _blocking_probes(subject), subject.party.id)
    known = _known(session, subject, hits)
    return with_counts(session, subject, conflicts.find_blocking(subject.party, subject.dates, hits, known))


def with_counts(session: Session, subject: Subject, findings: Sequence[Finding]) -> list[Finding]:
    """Put into the reasons on how many of its own dates each side is met; what is only counted goes without."""
    if not findings:
        return []
    party = subject.party
    mine = series_of(subject.dates, party.zone)
    others = series_ahead(session, {found.other_id for found in findings if found.listed and found.other_id})
    return [
        counted(
            found, mine, others.get(found.other_id, Series(0)) if found.other_id else None,
            zone=party.zone, all_day=party.all_day,
        ) if found.listed else found
        for found in findings
    ]  # fmt: skip


def others_at(session: Session, subject: Subject, *thing: str) -> set[str]:
    """Name the other events that take, or would take, what the event does on one of its dates; or one thing of that.

    `thing` is its kind and key.
    """
    hits = claims_met(session, _blocking_probes(subject), subject.party.id)
    return {hit.other_id for hit in hits if not thing or (hit.kind, hit.key) == thing}


def _blocking_probes(subject: Subject) -> list[Claim]:
    return [
        piece
        for dated in subject.dates
        if not dated.cancelled
        for claim in blocking_claims(subject.party, subject.site, dated)
        for piece in cut_at_midnight(claim)
    ]


def _known(session: Session, subject: Subject, hits: Sequence[Hit], *, agreed: bool = False) -> Known:
    """Read what the check must know of whom and what it met, and what owners agreed to for those that stand."""
    site = subject.site
    around = copies.sites(session, site.ancestor_ids) if site else {}
    return Known(
        parties=parties(session, {hit.other_id for hit in hits}),
        sites={**around, site.id: site} if site else {},
        stocks=copies.stocks(session, [resource_id for resource_id, _ in subject.party.borrowed]),
        agreed=agreements(session, {hit.key for hit in hits if hit.kind in ("venue", "resource")})
        if agreed
        else frozenset(),
        rules=rules(session),
        region=region(session) if site and site.is_school else "",
    )
