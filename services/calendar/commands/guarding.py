"""Guarding: what only one may take is checked under lock, so that two requests at one instant never both get it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.domain.approval import Need, takes_no_more
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.plans import EventPlan
from services.calendar.models import Resource, Venue
from services.calendar.problems import EventBlocked
from services.calendar.queries.shown import shown_conflicts, shown_slots
from services.calendar.queries.subjects import Subject


def lock_guards(session: Session, subject: Subject) -> None:
    """Lock the top-most venue and each borrowed resource, in the order of their keys.

    On PostgreSQL the second of two waits here until the first has committed, and then reads what it wrote; on SQLite
    `BEGIN IMMEDIATE` has let only one of them begin.
    """
    if subject.site is not None:
        top = (subject.site.id, *subject.site.ancestor_ids)[-1]
        session.execute(select(Venue.id).where(Venue.id == top).with_for_update())
    lent = [resource_id for resource_id, _ in subject.party.borrowed]
    if lent:
        session.execute(select(Resource.id).where(Resource.id.in_(lent)).order_by(Resource.id).with_for_update())


def refuse_what_blocks(
    session: Session,
    subject: Subject,
    now: datetime,
    agreed: Collection[Need] = (),
    before: EventPlan | None = None,
) -> None:
    """Lock, check, and raise `EventBlocked` with the conflicts and the nearest free slots, if anything blocks.

    A tentative event is a pre-booking: it takes nothing away, and nothing blocks it until it is confirmed. What owners
    gave in spite of what is taken (`agreed`) is left out of account, and what an event that stands (`before`) has
    already and takes no more of.
    """
    if subject.party.tentative or not (subject.site or subject.party.borrowed):
        return
    lock_guards(session, subject)
    found = queries.check_blocking(session, subject)
    found = [finding for finding in found if not queries.is_given(session, finding, agreed)]
    if before is not None and subject.plan is not None:
        found = [finding for finding in found if not _stands(finding, before, subject.plan, now)]
    if not found:
        return
    slots = shown_slots(subject.party.venue_id, queries.free_slots(session, subject, now=now))
    conflicts = shown_conflicts(subject.party, found)
    raise EventBlocked(
        extra={"conflicts": [asdict(one) for one in conflicts], "slots": [asdict(slot) for slot in slots]}
    )


def _stands(finding: Finding, before: EventPlan, plan: EventPlan, now: datetime) -> bool:
    """Say whether what blocks did so before the change, which makes it no worse."""
    grows = (plan.expected_participants or 0) > (before.expected_participants or 0)
    if grows and finding.reason.code == "venue_over_capacity":
        return False
    return takes_no_more(before, plan, finding.kind, finding.key, now)
