"""Keeping what others tell: names, titles, and how to reach people; an older message changes nothing."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.notifications.commands.telling import catch_up
from services.notifications.models import KnownEvent, KnownMembership, KnownOrganisation, KnownPerson
from shared.messages.calendar import EventFacts
from shared.messages.registry import OrganisationFacts, PersonChanged


def keep_organisation(session: Session, organisation: OrganisationFacts) -> None:
    """Keep an organisation's name."""
    if _is_newer(session, KnownOrganisation, organisation.id, organisation.version):
        session.merge(
            KnownOrganisation(
                id=organisation.id, version=organisation.version, name=organisation.name, url=organisation.url
            )
        )


def keep_event(session: Session, event: EventFacts) -> None:
    """Keep an event's title and hosts."""
    if _is_newer(session, KnownEvent, event.id, event.version):
        session.merge(KnownEvent(id=event.id, version=event.version, title=event.title, host_ids=list(event.host_ids)))


def keep_person(session: Session, person: PersonChanged) -> None:
    """Keep how to reach a person and where they belong; who joins late hears what their organisation just heard."""
    if not _is_newer(session, KnownPerson, person.id, person.version):
        return
    belongs = KnownMembership.person_id == person.id
    before = set(session.scalars(select(KnownMembership.organisation_id).where(belongs)))
    session.merge(
        KnownPerson(
            id=person.id,
            version=person.version,
            name=person.name,
            email=person.email,
            email_until=person.email_until,
            language=person.language,
            erased=False,
        )
    )
    session.flush()
    session.execute(delete(KnownMembership).where(belongs))
    organisation_ids = {membership.organisation_id for membership in person.memberships}
    session.add_all(KnownMembership(person_id=person.id, organisation_id=one) for one in organisation_ids)
    session.flush()
    catch_up(session, person.id, organisation_ids - before)


def _is_newer(session: Session, table: type[Any], key: str, version: int) -> bool:
    """Say whether this version is newer than what we know; the row stays locked until the transaction ends."""
    known = session.get(table, key, with_for_update=True)
    return known is None or version > known.version
