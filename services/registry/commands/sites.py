"""Further places where an organisation works; its card, and with it the message, tells them all."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, remember, set_fields
from services.registry.commands.facts import organisation_facts
from services.registry.domain.organisations import checked_card, with_point
from services.registry.domain.permissions import may_edit_organisation
from services.registry.domain.plans import Changes, SitePlan
from services.registry.models import Organisation, Site
from services.registry.problems import NothingHere
from shared import clock, outbox
from shared.messages.registry import OrganisationChanged
from shared.people import Person, must
from shared.problems import InvalidInput


def add_site(session: Session, *, by: Person, organisation_id: str, plan: SitePlan) -> Site:
    """Say one more place where an organisation works. Raises `NotAllowed`, `NothingHere`, `InvalidInput`."""
    organisation = locked(session, Organisation, organisation_id)
    must(may_edit_organisation(by, organisation_id))
    _must_not_give_away(organisation)
    point = {"latitude": plan.latitude, "longitude": plan.longitude, "point_source": plan.point_source}
    fields = checked_card(with_point(None, {**point, "point_precision_m": plan.point_precision_m}))
    now = clock.now()
    site = Site(organisation_id=organisation_id, name=plan.name, address=plan.address, created_at=now, **fields)
    session.add(site)
    _tell(session, by, organisation, site, "added")
    return site


def change_site(
    session: Session, *, by: Person, organisation_id: str, site_id: str, version: int, changes: Changes
) -> Site:
    """Change a site; a pin that somebody put is not moved by an import.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `InvalidInput`.
    """
    organisation, site = _site_to_edit(session, by, organisation_id, site_id)
    expect_version(site, version)
    _must_not_give_away(organisation)
    if set_fields(site, checked_card(with_point(site.point_source, changes))):
        _tell(session, by, organisation, site, "changed")
    return site


def remove_site(session: Session, *, by: Person, organisation_id: str, site_id: str) -> None:
    """Say that an organisation works there no more. Raises `NotAllowed`, `NothingHere`."""
    organisation, site = _site_to_edit(session, by, organisation_id, site_id)
    session.delete(site)
    _tell(session, by, organisation, site, "removed")


def _must_not_give_away(organisation: Organisation) -> None:
    """Refuse to say where an organisation works whose address is confidential."""
    if organisation.confidential:
        raise InvalidInput(
            ("/address", "Where a confidential organisation works is not said, so it has no further sites")
        )


def _site_to_edit(session: Session, by: Person, organisation_id: str, site_id: str) -> tuple[Organisation, Site]:
    organisation = locked(session, Organisation, organisation_id)
    must(may_edit_organisation(by, organisation_id))
    site = locked(session, Site, site_id)
    if site.organisation_id != organisation_id:
        raise NothingHere
    return organisation, site


def _tell(session: Session, by: Person, organisation: Organisation, site: Site, action: str) -> None:
    """Tell the organisation anew, with its next version; both histories say what happened."""
    organisation.version += 1
    session.flush()
    remember(session, by, site, action, {"name": site.name, "address": site.address})
    remember(session, by, organisation, f"site {action}", {"site": site.name})
    outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
