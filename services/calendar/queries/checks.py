"""The check: what an event, planned or stored, meets; the one function that plan, edit, import and listener share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from services.calendar.domain import conflicts, opportunities, slots
from services.calendar.domain.claims import (
    AUDIENCES,
    Claim,
    Dimension,
    Party,
    Site,
    blocking_claims,
    cut_at_midnight,
    probes_of,
)
from services.calendar.domain.conflicts import Finding, Hit, Known
from services.calendar.domain.conflicts.counts import Series, counted, series_of
from services.calendar.domain.opportunities import Chance
from services.calendar.domain.plans import HORIZON_DAYS, EventPlan
from services.calendar.domain.slots import REACH_DAYS, Slot, Wish
from services.calendar.queries import copies
from services.calendar.queries.chances import chances_of
from services.calendar.queries.claims import claims_met
from services.calendar.queries.rules import region, rules
from services.calendar.queries.subjects import Subject, facts_between, parties, series_ahead, subject_of_plan

DAY = 86_400


@dataclass(frozen=True)
class Checked:
    """What a check found: conflicts, chances to join, free slots, and the other events by id."""

    findings: list[Finding]
    chances: list[Chance] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    parties: dict[str, Party] = field(default_factory=dict)


def check(session: Session, subject: Subject) -> Checked:
    """Find every conflict of an event; the listener stores them, the dry run shows them."""
    hits = claims_met(session, probes_of(subject.party, subject.site, subject.dates), subject.party.id)
    known = _known(session, subject, hits)
    facts = facts_between(session, subject.dates) if subject.party.point else []
    findings = conflicts.find(subject.party, subject.dates, hits, known, facts)
    return Checked(with_counts(session, subject, findings), parties=dict(known.parties))


def check_blocking(session: Session, subject: Subject) -> list[Finding]:
    """Find only what refuses a save; asked under lock, so it looks at venues and resources alone."""
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


def dry_run(
    session: Session, plan: EventPlan, *, now: datetime, event_id: str | None = None, horizon_days: int = HORIZON_DAYS
) -> Checked:
    """Say what a plan would meet, what it could be joined with, and which slots suit; nothing is stored."""
    subject = subject_of_plan(session, plan, now=now, event_id=event_id, horizon_days=horizon_days)
    found = check(session, subject)
    chances, joined = chances_of(session, subject, found.findings)
    free = free_slots(session, subject, now=now)
    return Checked(found.findings, chances[: opportunities.MOST], free, {**joined, **found.parties})


def free_slots(session: Session, subject: Subject, *, now: datetime, most: int = slots.WANTED) -> list[Slot]:
    """Find the nearest slots at which venue and resources are free on every date.

    A slot at which nobody else is at the venue is best; where there are too few, one at which only what blocks is
    free. An event without venue and resources looks for a time when nobody else calls its audiences.
    """
    before, after = _buffers(subject)
    wish = Wish.of(subject.dates, subject.party.zone, all_day=subject.party.all_day, before=before, after=after)
    hits = _around(session, subject)
    known = _known(session, subject, hits)
    found = slots.nearest(wish, _busy(subject, hits, known, strictly=True), now, most=most)
    if len(found) == most:
        return found
    return slots.nearest(wish, _busy(subject, hits, known, strictly=False), now, most=most)


def _blocking_probes(subject: Subject) -> list[Claim]:
    return [
        piece
        for dated in subject.dates
        if not dated.cancelled
        for claim in blocking_claims(subject.party, subject.site, dated)
        for piece in cut_at_midnight(claim)
    ]


def _known(session: Session, subject: Subject, hits: Iterable[Hit]) -> Known:
    """Read what the check must know of whom and what it met."""
    site = subject.site
    around = copies.sites(session, site.ancestor_ids) if site else {}
    return Known(
        parties=parties(session, {hit.other_id for hit in hits}),
        sites={**around, site.id: site} if site else {},
        stocks=copies.stocks(session, [resource_id for resource_id, _ in subject.party.borrowed]),
        rules=rules(session),
        region=region(session) if site and site.is_school else "",
    )


def _buffers(subject: Subject) -> tuple[int, int]:
    """Give the minutes that the venue is taken before and after the event."""
    party, site = subject.party, subject.site
    if site is None:
        return 0, 0
    return (
        site.set_up_minutes if party.set_up_minutes is None else party.set_up_minutes,
        site.clear_up_minutes if party.clear_up_minutes is None else party.clear_up_minutes,
    )


def _around(session: Session, subject: Subject) -> list[Hit]:
    """Find everything on the same venue and resources (or audiences) in the time that a slot can reach."""
    if not subject.dates:
        return []
    first = min(dated.start for dated in subject.dates) - (REACH_DAYS + 1) * DAY
    last = max(dated.end for dated in subject.dates) + (REACH_DAYS + 1) * DAY
    keys = _keys(subject.party, subject.site)
    probes = [
        piece
        for kind, key, direct in keys
        for piece in cut_at_midnight(Claim(kind, key, first, last, 0, direct=direct))
    ]
    return claims_met(session, probes, subject.party.id)


def _keys(party: Party, site: Site | None) -> list[tuple[Dimension, str, bool]]:
    """Name what a slot must find free."""
    around = (site.id, *site.ancestor_ids) if site else ()
    taken: list[tuple[Dimension, str, bool]] = [("venue", key, key == around[0]) for key in around]
    taken += [("resource", resource_id, True) for resource_id, _ in party.borrowed]
    if taken:
        return taken
    return [("audience", audience, True) for audience in party.audiences if audience in AUDIENCES]


def _busy(subject: Subject, hits: Sequence[Hit], known: Known, *, strictly: bool) -> list[tuple[int, int]]:
    """List the seconds in which a slot cannot be; `strictly`, in which it had better not be."""
    busy = []
    for hit in hits:
        if hit.kind == "venue" and not (hit.direct or hit.other_direct):
            continue
        site = known.sites.get(hit.key)
        if hit.kind == "venue" and (strictly or site is None or site.one_at_a_time):
            busy.append((hit.other_start, hit.other_end))
        if hit.kind == "audience" and strictly:
            busy.append((hit.other_start, hit.other_end))
    for resource_id, wanted in subject.party.borrowed:
        lent = [hit for hit in hits if hit.kind == "resource" and hit.key == resource_id]
        stock = known.stocks.get(resource_id)
        busy += conflicts.overdrawn(lent, stock.quantity - wanted) if stock else []
    return busy
