"""Telling how everybody may reach an organisation, whenever that is otherwise than was told last."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import Membership, ToldContacts
from services.registry.queries.public_contacts import differing, digest_of, public_contacts
from shared import outbox
from shared.inserting import insert_into
from shared.messages.registry import ContactsChanged


def tell_contacts(session: Session, organisation_ids: Collection[str]) -> None:
    """Let the relay publish the public contacts of those organisations where they are not what was told last.

    No value stands in the outbox: the relay reads the present state, as it does of people.
    """
    session.flush()
    ids = differing(session, sorted(organisation_ids))
    if not ids:
        return
    rows = _locked(session, ids)
    now = public_contacts(session, ids)  # read under lock: two who change two contacts at once are both told of
    for row in rows:
        digest = digest_of(now[row.id])
        if digest != row.digest:
            row.version, row.digest = row.version + 1, digest
            outbox.publish(session, ContactsChanged(id=row.id, version=row.version))
    session.flush()


def tell_contacts_of_person(session: Session, person_id: str) -> None:
    """Do so for every organisation that a person belongs to."""
    belonging = select(Membership.organisation_id).where(Membership.person_id == person_id)
    session.flush()
    tell_contacts(session, session.scalars(belonging).all())


def _locked(session: Session, ids: list[str]) -> Collection[ToldContacts]:
    new = [{"id": one, "version": 0, "digest": ""} for one in ids]
    session.execute(insert_into(session, ToldContacts).on_conflict_do_nothing(), new)
    wanted = select(ToldContacts).where(ToldContacts.id.in_(ids)).order_by(ToldContacts.id)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
