"""Keeping the index in which organisations that may be one meet, and remembering which pairs are not."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from services.registry.commands.editing import locked
from services.registry.domain.duplicates import blocking_keys
from services.registry.domain.permissions import may_merge_organisations
from services.registry.models import DistinctPair, DuplicateKey, Organisation
from services.registry.problems import unknown
from services.registry.queries.contacts import compared_contacts
from services.registry.queries.duplicates import organisation_traits
from shared import clock
from shared.people import Person, must

AT_ONCE = 200


def index_organisations(session: Session, organisation_ids: Collection[str]) -> None:
    """Write anew under which keys these organisations meet others; one that was merged meets nobody."""
    ids = sorted(organisation_ids)
    session.flush()
    contacts = compared_contacts(session, ids)
    rows = session.scalars(select(Organisation).where(Organisation.id.in_(ids))).all()
    keys = [
        {"organisation_id": row.id, "key": key}
        for row in rows
        if row.merged_into_id is None
        for key in sorted(blocking_keys(organisation_traits(row, contacts[row.id])))
    ]
    session.execute(delete(DuplicateKey).where(DuplicateKey.organisation_id.in_(ids)))
    if keys:
        session.execute(insert(DuplicateKey), keys)


def index_missing(session: Session) -> int:
    """Index some organisations that have no keys yet, and say how many; none are left when it gives 0."""
    without = ~select(DuplicateKey.key).where(DuplicateKey.organisation_id == Organisation.id).exists()
    wanted = select(Organisation.id).where(Organisation.merged_into_id.is_(None), without)
    ids = session.scalars(wanted.order_by(Organisation.id).limit(AT_ONCE)).all()
    if ids:
        index_organisations(session, ids)
    return len(ids)


def keep_apart(session: Session, *, by: Person, organisation_id: str, other_id: str) -> DistinctPair:
    """Remember that two organisations are not the same, so that nobody is asked again.

    Saying it again changes nothing. Raises `NotAllowed`, `NothingHere`, `InvalidInput`.
    """
    must(may_merge_organisations(by))
    locked(session, Organisation, organisation_id)
    if other_id == organisation_id or session.get(Organisation, other_id) is None:
        raise unknown("/other_id")
    return note_distinct(session, by, organisation_id, other_id)


def note_distinct(session: Session, by: Person, organisation_id: str, other_id: str) -> DistinctPair:
    """Write that two organisations are not the same, once."""
    first, second = sorted((organisation_id, other_id))
    known = session.get(DistinctPair, (first, second))
    if known is not None:
        return known
    author = None if by.service else by.id
    pair = DistinctPair(first_id=first, second_id=second, by_person_id=author, said_at=clock.now())
    session.add(pair)
    session.flush()
    return pair
