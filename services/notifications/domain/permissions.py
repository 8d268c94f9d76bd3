"""Who may do what in notifications: the decisions that belong to it alone; the rest stands in `shared.people`."""

from services.notifications.domain.recipients import Recipient, is_told
from shared.identifiers import is_id
from shared.people import SPEAKING_ROLES, Person, is_administrator, is_oneself


def may_see_deliveries(person: Person | None) -> bool:
    """See how alerts fared on their way to people."""
    return is_administrator(person)


def may_mark_alert_read(person: Person | None, organisation_id: str | None, person_id: str | None) -> bool:
    """Say that an alert was seen: for whom it is, and any member while the organisation has nobody to be told."""
    return person is not None and is_told(person, Recipient(organisation_id, person_id))


def may_act_by_link(person: Person | None, organisation_id: str | None) -> bool:
    """Answer by a button in a letter: for the organisation that it told them of, its coordinators and leaders.

    Of a letter that told them as themselves, it is they.
    """
    return person is not None and (organisation_id is None or person.roles.get(organisation_id) in SPEAKING_ROLES)


def may_have_wishes(person: Person | None) -> bool:
    """Say of what one wants to be told, and how: everybody for themselves; a program of ours is told nothing."""
    return person is not None and is_id(person.id)


def may_manage_push_address(person: Person | None, organisation_id: str | None, person_id: str | None) -> bool:
    """Have alerts sent to an address of another network: one's own, or those of an organisation that one speaks for."""
    if organisation_id is None:
        return person_id is not None and is_oneself(person, person_id)
    return person is not None and person.roles.get(organisation_id) in SPEAKING_ROLES


def may_manage_webhook(person: Person | None, organisation_id: str | None) -> bool:
    """Have alerts sent to a program: an organisation's coordinators and leaders its own, administrators any.

    Who looks after the neighbourhood does not read an organisation's alerts, so has them sent nowhere either.
    """
    if is_administrator(person):
        return True
    return person is not None and organisation_id is not None and person.roles.get(organisation_id) in SPEAKING_ROLES


def may_see_status_details(person: Person | None) -> bool:
    """See the figures of the services, what is not well and what to do about it; everybody sees whether all works."""
    return is_administrator(person)
