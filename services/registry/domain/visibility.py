"""Who may see one contact at one instant: the only rule that decides about phone numbers and addresses."""

from datetime import datetime

from services.registry.domain.plans import Visibility
from shared.people import (
    SPEAKING_ROLES,
    Person,
    is_administrator,
    is_neighbourhood_coordinator,
    is_partner,
    may_speak_for,
)

LEVELS: tuple[Visibility, ...] = ("private", "coordinators", "partners", "public")
"""From the fewest who see a contact to the most."""


def may_see_contact(
    viewer: Person | None,
    visibility: Visibility,
    *,
    now: datetime,
    organisation_id: str | None = None,
    person_id: str | None = None,
    valid_until_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
) -> bool:
    """Say whether `viewer` (None: a stranger) may see a contact of this organisation or of this person at `now`.

    Public: everybody. Partners: everybody with a role here. Coordinators: coordinators and leaders of any
    organisation, and who looks after the neighbourhood. Private: of an organisation, those who speak for it; of a
    person, that person and administrators. What nobody agreed to any more is seen by its owner alone, from that
    instant on. Whatever is not known here is hidden.
    """
    if is_owner(viewer, organisation_id=organisation_id, person_id=person_id):
        return True
    if not is_agreed(valid_until_at=valid_until_at, withdrawn_at=withdrawn_at, now=now):
        return False
    if visibility == "public":
        return True
    if visibility == "partners":
        return is_partner(viewer)
    if visibility == "coordinators":
        return is_coordinator(viewer)
    if visibility != "private" or viewer is None:
        return False
    if person_id is not None:
        return is_administrator(viewer)
    return organisation_id is not None and may_speak_for(viewer, organisation_id)


def is_agreed(*, valid_until_at: datetime | None, withdrawn_at: datetime | None, now: datetime) -> bool:
    """Say whether a contact may be used at `now`: not withdrawn, and its last day not over."""
    return withdrawn_at is None and (valid_until_at is None or now < valid_until_at)


def is_owner(viewer: Person | None, *, organisation_id: str | None, person_id: str | None) -> bool:
    """Say whose contact it is: the person's, or that of those who hold a speaking role in the organisation."""
    if viewer is None or viewer.service is not None:
        return False
    if person_id is not None:
        return viewer.id == person_id
    return organisation_id is not None and viewer.roles.get(organisation_id) in SPEAKING_ROLES


def is_coordinator(viewer: Person | None) -> bool:
    """Say whether this person coordinates or leads some organisation, or looks after the neighbourhood."""
    if is_neighbourhood_coordinator(viewer):
        return True
    return viewer is not None and not SPEAKING_ROLES.isdisjoint(viewer.roles.values())


def is_wider(after: Visibility, before: Visibility) -> bool:
    """Say whether more people see a contact after a change than before it."""
    return LEVELS.index(after) > LEVELS.index(before)
