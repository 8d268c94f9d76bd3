"""Asking the people of an organisation, once a year, whether its card is still right."""

from datetime import date

from sqlalchemy.orm import Session

from services.registry import queries
from services.registry.commands.letters import Envelope, order_letter
from services.registry.models import Person
from services.registry.queries.contacts import mail_address
from shared import clock

AT_ONCE = 100


def ask_about_cards(session: Session, *, today: date) -> int:
    """Order a letter to everybody who speaks for an organisation whose card was not confirmed for a year.

    Each card is asked about once a year, and one letter speaks of all cards of its reader. Gives how many were found.
    """
    due = queries.due_organisations(session, today=today, limit=AT_ONCE)
    for organisation in due:
        organisation.reminded_on = today
    for person_id in queries.speakers_of(session, [one.id for one in due]):
        order_letter(session, kind="review", about_id=person_id)
    session.flush()
    return len(due)


def seal_review(session: Session, *, person_id: str, today: date) -> Envelope | None:
    """Say to whom the letter goes and about which cards; None where nobody is to be asked any more."""
    person, address = session.get(Person, person_id), mail_address(session, person_id, clock.now())
    names = queries.due_names_of(session, person_id, today)
    if person is None or person.erased_at is not None or address is None or not names:
        return None
    return Envelope(
        email=address.value,
        language=person.language,
        name=person.name,
        person_ids=(person.id,),
        about=", ".join(names),
    )
