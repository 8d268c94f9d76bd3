"""How everybody may reach organisations: what of it travels, and of which of them something else was told last."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.contact_links import link_of
from services.registry.domain.phones import e164_of
from services.registry.models import Organisation, ToldContacts
from services.registry.queries.contacts import VisibleContact, contacts_for_everybody
from shared.messages import registry as messages

Public = tuple[messages.PublicContact, ...]


def public_contacts(session: Session, organisation_ids: Collection[str]) -> dict[str, Public]:
    """Give what strangers may know now of each organisation; nothing of one that has ended or was merged."""
    here = select(Organisation.id).where(
        Organisation.id.in_(organisation_ids), Organisation.merged_into_id.is_(None), Organisation.status != "ended"
    )
    found = contacts_for_everybody(session, session.scalars(here).all())
    return {one: tuple(map(_told, found.get(one, ()))) for one in organisation_ids}


def contacts_state(session: Session, organisation_id: str) -> messages.ContactsChanged | None:
    """Give what travels of an organisation on `PEOPLE`, as it is now; None where nothing ever did."""
    told = session.get(ToldContacts, organisation_id)
    if told is None:
        return None
    contacts = public_contacts(session, [organisation_id])[organisation_id]
    return messages.ContactsChanged(id=organisation_id, version=told.version, contacts=contacts)


def told_otherwise(session: Session, after: str | None, limit: int) -> tuple[list[str], str | None]:
    """Look at the next organisations after an id: gives whose contacts were told otherwise, and where to go on."""
    wanted = select(Organisation.id).order_by(Organisation.id).limit(limit)
    ids = session.scalars(wanted if after is None else wanted.where(Organisation.id > after)).all()
    return differing(session, ids), ids[-1] if len(ids) == limit else None


def differing(session: Session, organisation_ids: Sequence[str]) -> list[str]:
    """Give those of these organisations whose public contacts are not what was told last."""
    rows = session.execute(select(ToldContacts.id, ToldContacts.digest).where(ToldContacts.id.in_(organisation_ids)))
    told: Mapping[str, str] = {row.id: row.digest for row in rows}
    now = public_contacts(session, organisation_ids)
    return [one for one in organisation_ids if digest_of(now[one]) != told.get(one, "")]


def digest_of(contacts: Public) -> str:
    """Give what contacts are known by again, in 64 characters; nothing for none."""
    state = "\n".join(one.model_dump_json() for one in contacts)
    return hashlib.sha256(state.encode()).hexdigest() if contacts else ""


def _told(visible: VisibleContact) -> messages.PublicContact:
    contact = visible.contact
    return messages.PublicContact(
        kind=contact.kind,
        value=contact.value,
        link=link_of(contact.kind, contact.value) or "",
        e164=e164_of(contact.value)[0] if contact.kind == "phone" else None,
        label=contact.label,
        person_id=contact.person_id,
        person_name=visible.person_name,
        role=visible.role,
        until=contact.valid_until_at,
    )
