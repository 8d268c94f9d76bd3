"""Two organisations that are one are put together by a person's decision, and taken apart again if it was wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from services.registry.commands.duplicates import index_organisations
from services.registry.commands.editing import locked, remember
from services.registry.commands.facts import (
    initiative_facts,
    need_facts,
    organisation_facts,
    resource_facts,
    venue_facts,
)
from services.registry.commands.hiding import hide_what_it_has, show_what_it_has
from services.registry.commands.moving import move_back, move_rows
from services.registry.commands.moving_in_lists import move_back_in_lists, move_in_lists
from services.registry.commands.organisations import search_text_of
from services.registry.commands.people import locked_person, roles_changed
from services.registry.commands.public_contacts import tell_contacts
from services.registry.domain.permissions import may_merge_organisations
from services.registry.models import (
    Initiative,
    Membership,
    Merge,
    Need,
    Organisation,
    OrganisationKey,
    Person,
    Resource,
    Venue,
)
from services.registry.problems import MergedSince, NothingHere, unknown
from services.registry.queries.duplicates import filling
from shared import clock, outbox
from shared.messages.registry import InitiativeChanged, NeedStated, OrganisationChanged, ResourceChanged, VenueChanged
from shared.people import Person as Actor
from shared.people import must

RETOLD: Mapping[str, tuple[type[Any], Any]] = {
    "organisation": (Organisation, lambda row: organisation_facts(OrganisationChanged, row)),
    "venue": (Venue, lambda row: venue_facts(VenueChanged, row)),
    "resource": (Resource, lambda row: resource_facts(ResourceChanged, row)),
    "need": (Need, lambda row: need_facts(NeedStated, row)),
}
"""What is told again because it belongs to another organisation now, by table."""


def merge_organisations(session: Session, *, by: Actor, organisation_id: str, other_id: str, reason: str = "") -> Merge:
    """Keep one organisation and move all that the other has to it; the other stays as a signpost.

    Empty fields of the kept card are filled from the other. Whoever has a role in both keeps the one in the kept
    organisation. Raises `NotAllowed`, `NothingHere`, `InvalidInput`.
    """
    must(may_merge_organisations(by))
    kept, merged = _both(session, organisation_id, other_id)
    people = _people_of(session, kept, merged)
    author = None if by.service else by.id
    row = Merge(kept_id=kept.id, merged_id=merged.id, by_person_id=author, reason=reason, created_at=clock.now())
    row.filled = filling(session, kept, merged)
    row.moved = [*move_rows(session, merged.id, kept.id), *move_in_lists(session, merged.id, kept.id)]
    session.add(row)
    _fill(session, kept, {name: after for name, (_, after) in row.filled.items()})
    merged.merged_into_id = kept.id
    _keep_key(session, merged, kept)
    if kept.confidential:
        hide_what_it_has(session, by, kept.id)
    _follow(session, by, row, kept, merged, people, "merged")
    return row


def undo_merge(session: Session, *, by: Actor, merge_id: str) -> Merge:
    """Take two organisations apart again: all that moved and is still there goes back.

    Raises `NotAllowed`, `NothingHere`, and `MergedSince` where the kept one was merged itself meanwhile.
    """
    must(may_merge_organisations(by))
    row = locked(session, Merge, merge_id)
    if row.undone_at is not None:
        raise NothingHere
    kept, merged = (session.get_one(Organisation, one, with_for_update=True) for one in (row.kept_id, row.merged_id))
    if kept.merged_into_id is not None:
        raise MergedSince
    people = _people_of(session, kept, merged)
    merged.merged_into_id = None
    row.undone_at = clock.now()
    row.version += 1
    further = session.get(OrganisationKey, merged.external_key or "")
    if further is not None and further.organisation_id == kept.id:
        session.delete(further)
    session.flush()
    move_back(session, [one for one in row.moved if "lines" not in one], merged.id, kept.id)
    move_back_in_lists(session, [one for one in row.moved if "lines" in one])
    still = {name: before for name, (before, after) in row.filled.items() if getattr(kept, name) == after}
    _fill(session, kept, still)
    if not merged.confidential:
        show_what_it_has(session, by, merged.id)
    _follow(session, by, row, kept, merged, people, "taken apart")
    return row


def _fill(session: Session, kept: Organisation, values: Mapping[str, Any]) -> None:
    """Write fields of the kept card; its version grows with all that follows."""
    for name, value in values.items():
        setattr(kept, name, value)
    kept.search_text = search_text_of(session, kept)
    session.flush()


def _both(session: Session, organisation_id: str, other_id: str) -> tuple[Organisation, Organisation]:
    """Find both under lock, always in the same order, so that two merges at once do not wait for each other."""
    first = session.get(Organisation, organisation_id)
    if first is None or first.merged_into_id is not None:
        raise NothingHere
    other = session.get(Organisation, other_id)
    if other is None or other.merged_into_id is not None or other_id == organisation_id:
        raise unknown("/other_id")
    for one in sorted((organisation_id, other_id)):
        locked(session, Organisation, one)
    return session.get_one(Organisation, organisation_id), session.get_one(Organisation, other_id)


def _people_of(session: Session, *organisations: Organisation) -> set[str]:
    """Name everybody who has a role in one of these now."""
    ids = [organisation.id for organisation in organisations]
    return set(session.scalars(select(Membership.person_id).where(Membership.organisation_id.in_(ids))))


def _keep_key(session: Session, merged: Organisation, kept: Organisation) -> None:
    """Let the table from which the other came find the kept one, and its row change nothing while it is the same."""
    key = merged.external_key
    if key is not None and session.get(OrganisationKey, key) is None:
        session.add(OrganisationKey(key=key, organisation_id=kept.id, import_hash=merged.import_hash))


def _follow(
    session: Session, by: Actor, row: Merge, kept: Organisation, merged: Organisation, people: set[str], action: str
) -> None:
    """Tell all that followed: both organisations, what belongs to another one now, and who speaks for what."""
    session.flush()
    session.expire_all()
    for organisation, other in ((kept, merged), (merged, kept)):
        organisation.version += 1
        session.flush()
        noted: dict[str, Any] = {"with_id": other.id, "kept_id": kept.id}
        noted |= {"filled": sorted(row.filled)} if organisation is kept and row.filled else {}
        remember(session, by, organisation, action, noted)
        outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    for table, (model, told) in RETOLD.items():
        for one in _moved(session, row.moved, table, model):
            whole = "parent_id" if isinstance(one, Organisation) else "organisation_id"
            remember(session, by, one, action, {whole: getattr(one, whole)})
            outbox.publish(session, told(one))
    _retell_initiatives(session, by, row.moved, action)
    for person_id in sorted(people | _people_of(session, kept, merged)):
        if session.get_one(Person, person_id).erased_at is None:
            person = locked_person(session, person_id)
            person.version += 1
            roles_changed(session, by, person, {"organisation_id": kept.id, "merged_id": merged.id, "merge": action})
    tell_contacts(session, [kept.id, merged.id])
    index_organisations(session, [kept.id, merged.id])


def _moved(session: Session, moved: Sequence[Mapping[str, Any]], table: str, model: type[Any]) -> Sequence[Any]:
    ids = [one["key"]["id"] for one in moved if one["table"] == table]
    return session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)).all()


def _retell_initiatives(session: Session, by: Actor, moved: Sequence[Mapping[str, Any]], action: str) -> None:
    """Tell the coalitions again whose members are others now, or what is pledged and done by others."""
    ids = {one["key"]["initiative_id"] for one in moved if one["table"] == "initiative_organisation"}
    ids |= {one["key"]["id"] for one in moved if one["table"] == "initiative"}
    options = [selectinload(Initiative.members), selectinload(Initiative.problems)]
    for initiative_id in sorted(ids):
        initiative = session.get_one(Initiative, initiative_id, options=options, populate_existing=True)
        initiative.version += 1
        session.flush()
        remember(session, by, initiative, action, {"organisation_ids": initiative.organisation_ids})
        outbox.publish(session, initiative_facts(InitiativeChanged, initiative))
