"""The link with which a person sees what is held of them: signed, ordered by letter, and every use of it noted."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry import queries
from services.registry.commands.audit import note
from services.registry.commands.keys import key_of_the_hour
from services.registry.commands.letters import Envelope, order_letter
from services.registry.domain.own_data import LETTERS_AN_HOUR, LINK_LIFETIME, OwnData
from services.registry.domain.plans import AuditAction
from services.registry.models import Letter, Person
from services.registry.queries.own_data import address_for_own_link, may_hand_over_own_link, subject
from services.registry.queries.signing_in import people_at
from shared import auth, clock, people
from shared.identifiers import new_id


def own_data_key(session: Session, *, person_id: str, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Sign the key of a link that opens what is held of this person. Raises `NothingHere`."""
    return auth.sign_own_data(key_of_the_hour(session).private_jwk, subject(session, person_id).id, lifetime)


def own_data_address(address: str, key: str) -> str:
    """Write the link; `address` is the installation's public one."""
    return f"{address}/registry/own-data?key={key}"


def make_own_link(session: Session, *, by: people.Person, person_id: str, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Sign the key of a link that is handed over on paper. Raises `NotAllowed`, `NothingHere`.

    Administrators may, and who registered somebody that has no mail address; that it was made is noted.
    """
    people.must(may_hand_over_own_link(session, viewer=by, person_id=person_id))
    note(
        session,
        subject_id=person_id,
        action="read",
        fields=["own link"],
        by=by,
        reason="a link to their own data was made, to be handed over",
    )
    return own_data_key(session, person_id=person_id, lifetime=lifetime)


def ask_for_own_data(session: Session, *, email_hash: str) -> None:
    """Order a letter with the link for everybody who has this mail address.

    Where the address is nobody's, or got enough letters within the hour, a letter to nobody is ordered: what is done
    and how long it takes tells nothing.
    """
    since = clock.now() - timedelta(hours=1)
    known = [one.id for one in people_at(session, email_hash) if _letters(session, one.id, since) < LETTERS_AN_HOUR]
    for person_id in known or [new_id()]:
        order_letter(session, kind="own_data", about_id=person_id)


def seal_own_data(session: Session, *, about_id: str, lifetime: timedelta = LINK_LIFETIME) -> Envelope | None:
    """Make the key for a letter that is about to leave; None where there is nobody, or no address any more."""
    row = session.get(Person, about_id)
    address = address_for_own_link(session, about_id)
    if row is None or row.erased_at is not None or address is None:
        return None
    return Envelope(
        email=address,
        language=row.language,
        name=row.name,
        person_ids=(row.id,),
        secret=own_data_key(session, person_id=row.id, lifetime=lifetime),
    )


def show_own_data(session: Session, *, by: people.Person, action: AuditAction, reason: str) -> OwnData:
    """Give what is held of whoever asks, and note it where nobody is signed in or a copy is taken along."""
    found = queries.own_data(session, viewer=by)
    if by.own_link or action != "read":
        kinds = {f"contact.{one.kind}" for one in found.contacts}
        note(session, subject_id=found.id, action=action, fields={"name", "roles", *kinds}, by=by, reason=reason)
    return found


def _letters(session: Session, person_id: str, since: object) -> int:
    mine = select(func.count()).where(
        Letter.kind == "own_data", Letter.about_id == person_id, Letter.created_at > since
    )
    return session.scalar(mine) or 0
