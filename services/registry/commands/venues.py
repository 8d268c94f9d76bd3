"""Registering venues and changing them; a venue that moves takes those inside it along."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import venue_facts
from services.registry.commands.hiding import hide_new, is_confidential, mark_hidden, with_hidden, without_exact
from services.registry.commands.themes import theme_codes
from services.registry.domain.lending import checked_terms
from services.registry.domain.permissions import may_edit_organisation, may_put_inside
from services.registry.domain.plans import Changes, VenuePlan
from services.registry.domain.venues import ancestors, descendants
from services.registry.models import Organisation, Venue
from shared import clock, outbox
from shared.messages.registry import VenueChanged, VenueRegistered
from shared.people import Person, must
from shared.problems import InvalidInput


def register_venue(session: Session, *, by: Person, plan: VenuePlan, searched: bool = True) -> Venue:
    """Make a venue known; what makes many at once lets them be found itself.

    Raises `NotAllowed`, and `InvalidInput` for an unknown organisation or outer venue.
    """
    must_exist(session, Organisation, plan.organisation_id, "/organisation_id")
    must(may_edit_organisation(by, plan.organisation_id))
    _must_let_in(session, by, plan.inside_venue_id)
    fields = checked_terms({}, vars(plan))
    fields |= {"equipment": list(plan.equipment), "themes": list(theme_codes(session, plan.themes))}
    outer = None if plan.inside_venue_id is None else session.get_one(Venue, plan.inside_venue_id)
    fields["ancestor_ids"] = [] if outer is None else [outer.id, *outer.ancestor_ids]
    venue = Venue(**fields, created_at=clock.now())
    session.add(venue)
    session.flush()
    if plan.confidential or is_confidential(session, plan.organisation_id):
        hide_new(session, venue, with_organisation=not plan.confidential)
    session.flush()
    remember(session, by, venue, "registered", searched=searched)
    outbox.publish(session, venue_facts(VenueRegistered, venue))
    return venue


def change_venue(session: Session, *, by: Person, venue_id: str, version: int, changes: Changes) -> Venue:
    """Change a venue, or withdraw it. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `InvalidInput`."""
    venue = locked(session, Venue, venue_id)
    must(may_edit_organisation(by, venue.organisation_id))
    expect_version(venue, version)
    if changes.get("inside_venue_id", venue.inside_venue_id) != venue.inside_venue_id:
        _must_let_in(session, by, changes["inside_venue_id"])
    changes = checked_terms({"cost_pln": venue.cost_pln, "cost_per": venue.cost_per}, changes)
    if "themes" in changes:
        changes["themes"] = theme_codes(session, changes["themes"])
    if is_confidential(session, venue.organisation_id):
        if "confidential" in changes:
            mark_hidden(session, venue, with_organisation=not changes["confidential"])
        changes = {**changes, "confidential": True}
    differences = set_fields(venue, with_hidden(session, venue, changes))
    if not differences:
        return venue
    session.flush()
    if "inside_venue_id" in differences:
        _move_inside(session, venue)
    remember(session, by, venue, "changed", without_exact(venue, differences))
    outbox.publish(session, venue_facts(VenueChanged, venue))
    return venue


def _must_let_in(session: Session, by: Person, outer_id: str | None) -> None:
    """Refuse a room in a venue that `by` does not speak for: whoever takes the room takes that venue too."""
    if outer_id is None:
        return
    must_exist(session, Venue, outer_id, "/inside_venue_id")
    must(may_put_inside(by, session.get_one(Venue, outer_id).organisation_id))


def _move_inside(session: Session, venue: Venue) -> None:
    """Put the ancestors right, of the venue and of all that lies in it."""
    inside = _inside(session)
    try:
        venue.ancestor_ids = list(ancestors(venue.id, inside))
    except ValueError:
        raise InvalidInput(("/inside_venue_id", "A venue cannot lie inside itself")) from None
    for inner_id in descendants(venue.id, inside):
        inner = locked(session, Venue, inner_id)
        if set_fields(inner, {"ancestor_ids": ancestors(inner_id, inside)}):
            outbox.publish(session, venue_facts(VenueChanged, inner))
    session.flush()


def _inside(session: Session) -> dict[str, str | None]:
    """Say of each venue what it lies in."""
    return {row.id: row.inside_venue_id for row in session.execute(select(Venue.id, Venue.inside_venue_id))}
