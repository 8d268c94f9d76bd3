"""Who may see one contact: the only rule that decides about phone numbers and addresses."""

from services.registry.domain.plans import Visibility
from shared.people import Person, is_partner, may_speak_for


def may_see_contact(
    viewer: Person | None,
    visibility: Visibility,
    *,
    organisation_id: str | None = None,
    person_id: str | None = None,
) -> bool:
    """Say whether `viewer` (None: a stranger) may see a contact of this organisation or of this person.

    Public: everybody. Partners: everybody with a role in some organisation. Private: of an organisation, those who
    speak for it; of a person, that person. Administrators see all. Whatever is not known here is hidden.
    """
    if visibility == "public":
        return True
    if viewer is None:
        return False
    if viewer.administrator or (visibility == "partners" and is_partner(viewer)):
        return True
    if person_id is not None:
        return viewer.id == person_id
    return organisation_id is not None and may_speak_for(viewer, organisation_id)
