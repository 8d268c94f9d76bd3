"""Registering organisations, changing them, and saying once a year that their cards are right."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.duplicates import index_organisations
from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import organisation_facts
from services.registry.commands.hiding import hide_new, hide_what_it_has, show_what_it_has, with_hidden, without_exact
from services.registry.commands.public_contacts import tell_contacts
from services.registry.commands.themes import theme_codes
from services.registry.domain.organisations import checked_card, with_point
from services.registry.domain.permissions import may_edit_organisation, may_register_organisation
from services.registry.domain.plans import Changes, OrganisationPlan
from services.registry.domain.venues import ancestors
from services.registry.domain.words import folded
from services.registry.models import Organisation
from services.registry.queries.themes import taxonomy
from shared import clock, outbox
from shared.identifiers import new_id
from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from shared.people import Person, must
from shared.problems import InvalidInput


def register_organisation(
    session: Session,
    *,
    by: Person,
    plan: OrganisationPlan,
    confirmed_on: date | None = None,
    external_key: str | None = None,
    import_hash: str | None = None,
    indexed: bool = True,
) -> Organisation:
    """Make an organisation known; who registers it by hand says that its card is right, on the day `confirmed_on`.

    What makes many at once flushes and indexes them itself, and lets them be found. Raises `NotAllowed`,
    `InvalidInput` (a number that cannot be, a theme or parent that is not known, …).
    """
    must(may_register_organisation(by))
    must_exist(session, Organisation, plan.parent_id, "/parent_id")
    fields = checked_card(with_point(None, vars(plan)))
    fields |= {"themes": theme_codes(session, plan.themes), "audiences": list(plan.audiences)}
    organisation = Organisation(
        id=new_id(),
        version=1,
        **{**fields, "themes": list(fields["themes"])},
        external_key=external_key,
        import_hash=import_hash,
        confirmed_on=confirmed_on,
        created_at=clock.now(),
    )
    session.add(organisation)
    if plan.confidential:
        hide_new(session, organisation)
    organisation.search_text = search_text_of(session, organisation)
    remember(session, by, organisation, "registered", searched=indexed)
    outbox.publish(session, organisation_facts(OrganisationRegistered, organisation, sites=()))
    if indexed:
        index_organisations(session, [organisation.id])
    return organisation


def change_organisation(
    session: Session, *, by: Person, organisation_id: str, version: int, changes: Changes
) -> Organisation:
    """Change what is publicly known of an organisation.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `InvalidInput`.
    """
    organisation = locked(session, Organisation, organisation_id)
    must(may_edit_organisation(by, organisation_id))
    expect_version(organisation, version)
    if set_organisation_fields(session, by=by, organisation=organisation, changes=changes):
        index_organisations(session, [organisation.id])
    return organisation


def confirm_organisation(session: Session, *, by: Person, organisation_id: str, today: date) -> Organisation:
    """Say that a card is still right; twice on one day is once. Raises `NotAllowed`, `NothingHere`."""
    organisation = locked(session, Organisation, organisation_id)
    must(may_edit_organisation(by, organisation_id))
    if set_fields(organisation, {"confirmed_on": today}):
        session.flush()
        remember(session, by, organisation, "confirmed")
        outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    return organisation


def set_organisation_fields(
    session: Session, *, by: Person, organisation: Organisation, changes: Changes, searched: bool = True
) -> bool:
    """Set what differs, tell of it, and say whether anything did. Raises `InvalidInput`."""
    changes = checked_card(with_point(organisation.point_source, changes))
    if "themes" in changes:
        changes["themes"] = theme_codes(session, changes["themes"])
    if changes.get("parent_id") is not None:
        _must_not_circle(session, organisation.id, changes["parent_id"])
    differences = set_fields(organisation, with_hidden(session, organisation, changes))
    if not differences:
        return False
    if differences.get("confidential") == [False, True]:
        hide_what_it_has(session, by, organisation.id)
    if differences.get("confidential") == [True, False]:
        show_what_it_has(session, by, organisation.id)
    organisation.search_text = search_text_of(session, organisation)
    session.flush()
    remember(session, by, organisation, "changed", without_exact(organisation, differences), searched=searched)
    outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    if "status" in differences:
        tell_contacts(session, [organisation.id])
    return True


def _must_not_circle(session: Session, organisation_id: str, parent_id: str) -> None:
    """Refuse a parent that is not here, and one that belongs to the organisation itself."""
    must_exist(session, Organisation, parent_id, "/parent_id")
    known = select(Organisation.id, Organisation.parent_id).where(Organisation.parent_id.is_not(None))
    belonging: dict[str, str | None] = {row.id: row.parent_id for row in session.execute(known)}
    try:
        ancestors(organisation_id, {**belonging, organisation_id: parent_id})
    except ValueError:
        raise InvalidInput(("/parent_id", "An organisation cannot belong to itself")) from None


def search_text_of(session: Session, organisation: Organisation) -> str:
    """Give the words by which the list of organisations finds one."""
    known = taxonomy(session)
    themes = [name for code in organisation.themes for name in known.names_of(code)]
    texts = (organisation.description, organisation.description_en, organisation.plain_description)
    return folded(organisation.name, *texts, organisation.address, *themes)
