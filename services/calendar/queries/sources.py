"""Looking at subscribed calendars, and at where an event that is not ours came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.domain.permissions import may_plan_for
from services.calendar.domain.plans import SUBSCRIBED, is_foreign
from services.calendar.models import Event, ImportedFile, ImportRun, Source
from shared.paging import Paging
from shared.people import Person, is_neighbourhood_coordinator, must
from shared.problems import NotFound


@dataclass(frozen=True)
class Origin:
    """The subscribed calendar that an event is from, and when it was last seen there."""

    name: str
    seen_at: datetime | None


def source(session: Session, source_id: str, by: Person) -> Source:
    """Give one subscribed calendar to who speaks for its organisation; raises `NotFound`, `NotAllowed`."""
    found = session.get(Source, source_id)
    if found is None or found.removed:
        raise NotFound
    must(may_plan_for(by, found.organisation_id))
    return found


def sources(session: Session, by: Person, paging: Paging) -> Sequence[Source]:
    """List the subscribed calendars of the organisations that somebody speaks for, by name: addresses may be secret."""
    statement = (
        select(Source)
        .where(Source.removed.is_(False), paging.beyond(Source.name, Source.id))
        .order_by(Source.name, Source.id)
        .limit(paging.rows)
    )
    if not is_neighbourhood_coordinator(by):
        mine = [organisation_id for organisation_id in by.roles if may_plan_for(by, organisation_id)]
        statement = statement.where(Source.organisation_id.in_(mine))
    return session.scalars(statement).all()


def origin_of(session: Session, event: Event) -> Origin | None:
    """Say where an event comes from that is not ours; its calendar may have been removed meanwhile."""
    if not is_foreign(event.source):
        return None
    found = session.get(Source, event.source.removeprefix(SUBSCRIBED))
    return Origin(found.name, found.seen_at) if found else Origin("", None)


def items_of_file(session: Session, source: str, content_hash: str) -> int | None:
    """Count the items of a file if it is the one that was last taken over whole from a source."""
    found = session.get(ImportedFile, source)
    return found.items if found is not None and found.content_hash == content_hash else None


def import_run(session: Session, run_id: str, by: Person) -> ImportRun:
    """Give one import that was started on a page to who speaks for its organisation."""
    found = session.get(ImportRun, run_id)
    if found is None:
        raise NotFound
    must(may_plan_for(by, found.organisation_id))
    return found
