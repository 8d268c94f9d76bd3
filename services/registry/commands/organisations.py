"""Registering organisations and changing them."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, remember, set_fields
from services.registry.commands.facts import organisation_facts
from services.registry.commands.hiding import hide_new, hide_what_it_has, with_hidden, without_exact
from services.registry.domain.permissions import may_edit_organisation, may_register_organisation
from services.registry.domain.plans import Changes, OrganisationPlan
from services.registry.domain.words import folded
from services.registry.models import Organisation
from shared import clock, outbox
from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from shared.people import Person, must


def register_organisation(
    session: Session, *, by: Person, plan: OrganisationPlan, external_key: str | None = None
) -> Organisation:
    """Make an organisation known. Raises `NotAllowed`."""
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
    session.add(organisation)
    session.flush()
    if plan.confidential:
        hide_new(session, organisation)
    organisation.search_text = _search_text(organisation)
    session.flush()
    remember(session, by, organisation, "registered")
    outbox.publish(session, organisation_facts(OrganisationRegistered, organisation))
    return organisation


def change_organisation(
    session: Session, *, by: Person, organisation_id: str, version: int, changes: Changes
) -> Organisation:
    """Change what is publicly known of an organisation. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    organisation = locked(session, Organisation, organisation_id)
    must(may_edit_organisation(by, organisation_id))
    expect_version(organisation, version)
    set_organisation_fields(session, by=by, organisation=organisation, changes=changes)
    return organisation


def set_organisation_fields(session: Session, *, by: Person, organisation: Organisation, changes: Changes) -> bool:
    """Set what differs, tell of it, and say whether anything did."""
    differences = set_fields(organisation, with_hidden(session, organisation, changes))
    if not differences:
        return False
    if differences.get("confidential") == [False, True]:
        hide_what_it_has(session, by, organisation.id)
    organisation.search_text = _search_text(organisation)
    session.flush()
    remember(session, by, organisation, "changed", without_exact(organisation, differences))
    outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    return True


def _search_text(organisation: Organisation) -> str:
    return folded(organisation.name, organisation.description, organisation.address, *organisation.themes)
