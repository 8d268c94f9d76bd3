"""Registering organisations, changing them, and saying how to reach them."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, remember, set_fields
from services.registry.commands.facts import organisation_facts
from services.registry.domain.plans import Changes, ContactPlan, OrganisationPlan
from services.registry.domain.words import folded
from services.registry.models import Contact, Organisation
from services.registry.problems import NothingHere
from shared import clock, outbox
from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from shared.people import Person, is_administrator, may_speak_for, must


def register_organisation(
    session: Session, *, by: Person, plan: OrganisationPlan, external_key: str | None = None
) -> Organisation:
    """Make an organisation known; only administrators may. Raises `NotAllowed`."""
    must(is_administrator(by))
    organisation = Organisation(
        name=plan.name,
        kind=plan.kind,
        description=plan.description,
        address=plan.address,
        latitude=plan.latitude,
        longitude=plan.longitude,
        audiences=list(plan.audiences),
        themes=list(plan.themes),
        external_key=external_key,
        created_at=clock.now(),
    )
    organisation.search_text = _search_text(organisation)
    session.add(organisation)
    session.flush()
    remember(session, by, organisation, "registered")
    outbox.publish(session, organisation_facts(OrganisationRegistered, organisation))
    return organisation


def change_organisation(
    session: Session, *, by: Person, organisation_id: str, version: int, changes: Changes
) -> Organisation:
    """Change what is publicly known of an organisation. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    organisation = locked(session, Organisation, organisation_id)
    must(may_speak_for(by, organisation_id))
    expect_version(organisation, version)
    set_organisation_fields(session, by=by, organisation=organisation, changes=changes)
    return organisation


def set_organisation_fields(session: Session, *, by: Person, organisation: Organisation, changes: Changes) -> bool:
    """Set what differs, tell of it, and say whether anything did."""
    differences = set_fields(organisation, changes)
    if not differences:
        return False
    organisation.search_text = _search_text(organisation)
    session.flush()
    remember(session, by, organisation, "changed", differences)
    outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    return True


def add_contact(session: Session, *, by: Person, organisation_id: str, plan: ContactPlan) -> Contact:
    """Say one way to reach an organisation, private unless it says otherwise. Raises `NotAllowed`, `NothingHere`."""
    locked(session, Organisation, organisation_id)
    must(may_speak_for(by, organisation_id))
    contact = contact_of(plan, organisation_id=organisation_id)
    session.add(contact)
    session.flush()
    remember(session, by, contact, "added", {"kind": plan.kind, "visibility": plan.visibility})
    return contact


def change_contact(
    session: Session, *, by: Person, organisation_id: str, contact_id: str, version: int, changes: Changes
) -> Contact:
    """Change a contact of an organisation, most often who may see it. Raises as `change_organisation`."""
    contact = locked(session, Contact, contact_id)
    if contact.organisation_id != organisation_id:
        raise NothingHere
    must(may_speak_for(by, organisation_id))
    expect_version(contact, version)
    if set_fields(contact, changes):
        session.flush()
        remember(session, by, contact, "changed", {"fields": sorted(changes), "visibility": contact.visibility})
    return contact


def contact_of(plan: ContactPlan, *, organisation_id: str | None = None, person_id: str | None = None) -> Contact:
    """Make the row of a contact of this organisation or of this person."""
    return Contact(
        organisation_id=organisation_id,
        person_id=person_id,
        kind=plan.kind,
        label=plan.label,
        value=plan.value,
        visibility=plan.visibility,
        created_at=clock.now(),
    )


def _search_text(organisation: Organisation) -> str:
    return folded(organisation.name, organisation.description, organisation.address, *organisation.themes)
