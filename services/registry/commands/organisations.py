"""Registering organisations and changing them."""

from sqlalchemy.orm import Session

from services.registry.commands.duplicates import index_organisations
from services.registry.commands.editing import expect_version, locked, remember, set_fields
from services.registry.commands.facts import organisation_facts
from services.registry.commands.themes import theme_codes
from services.registry.domain.permissions import may_edit_organisation, may_register_organisation
from services.registry.domain.plans import Changes, OrganisationPlan
from services.registry.domain.words import folded
from services.registry.models import Organisation
from services.registry.queries.themes import taxonomy
from shared import clock, outbox
from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from shared.people import Person, must


def register_organisation(
    session: Session, *, by: Person, plan: OrganisationPlan, external_key: str | None = None
) -> Organisation:
    """Make an organisation known. Raises `NotAllowed`, `InvalidInput` (a theme that is not known)."""
    must(may_register_organisation(by))
    organisation = Organisation(
        name=plan.name,
        kind=plan.kind,
        description=plan.description,
        address=plan.address,
        latitude=plan.latitude,
        longitude=plan.longitude,
        audiences=list(plan.audiences),
        themes=list(theme_codes(session, plan.themes)),
        external_key=external_key,
        created_at=clock.now(),
    )
    organisation.search_text = _search_text(session, organisation)
    session.add(organisation)
    session.flush()
    remember(session, by, organisation, "registered")
    outbox.publish(session, organisation_facts(OrganisationRegistered, organisation))
    index_organisations(session, [organisation.id])
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
    if "themes" in changes:
        changes = {**changes, "themes": theme_codes(session, changes["themes"])}
    differences = set_fields(organisation, changes)
    if not differences:
        return False
    organisation.search_text = _search_text(session, organisation)
    session.flush()
    remember(session, by, organisation, "changed", differences)
    outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    index_organisations(session, [organisation.id])
    return True


def _search_text(session: Session, organisation: Organisation) -> str:
    known = taxonomy(session)
    themes = [name for code in organisation.themes for name in known.names_of(code)]
    return folded(organisation.name, organisation.description, organisation.address, *themes)
