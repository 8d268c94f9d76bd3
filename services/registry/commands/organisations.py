"""Registering organisations and changing them."""

from sqlalchemy.orm import Session

from services.registry.commands.duplicates import index_organisations
from services.registry.commands.editing import expect_version, locked, remember, set_fields
from services.registry.commands.facts import organisation_facts
from services.registry.domain.permissions import may_edit_organisation, may_register_organisation
from services.registry.domain.plans import Changes, OrganisationPlan
from services.registry.domain.words import folded
from services.registry.models import Organisation
from shared import clock, outbox
from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from shared.people import Person, must


def register_organisation(
    session: Session, *, by: Person, plan: OrganisationPlan, external_key: str | None = None, indexed: bool = True
) -> Organisation:
    """Make an organisation known; what makes many at once indexes them itself. Raises `NotAllowed`."""
    must(may_register_organisation(by))
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
    if indexed:
        index_organisations(session, [organisation.id])
    return organisation


def change_organisation(
    session: Session, *, by: Person, organisation_id: str, version: int, changes: Changes
) -> Organisation:
    """Change what is publicly known of an organisation. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    organisation = locked(session, Organisation, organisation_id)
    must(may_edit_organisation(by, organisation_id))
    expect_version(organisation, version)
    if set_organisation_fields(session, by=by, organisation=organisation, changes=changes):
        index_organisations(session, [organisation.id])
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


def _search_text(organisation: Organisation) -> str:
    return folded(organisation.name, organisation.description, organisation.address, *organisation.themes)
