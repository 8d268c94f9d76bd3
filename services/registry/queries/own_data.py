"""Everything that is held of one person, and how far an erasure is; the person asks, or whoever may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from services.registry.domain.own_data import (
    HeldContact,
    HeldInvitation,
    HeldKey,
    HeldLetter,
    HeldLook,
    HeldRole,
    HeldSession,
    OwnData,
)
from services.registry.domain.permissions import may_erase_person, may_make_own_link
from services.registry.domain.visibility import is_agreed
from services.registry.models import (
    ApiKey,
    Audit,
    Contact,
    ErasureConfirmation,
    History,
    Invitation,
    Letter,
    Organisation,
    Password,
    Person,
    SignedInSession,
    SignInLink,
)
from services.registry.problems import NothingHere
from services.registry.queries.audit import Noted, audit_of
from services.registry.queries.contacts import contacts_of_person, mail_address
from services.registry.queries.disclosures import disclose
from shared import clock, people
from shared.identifiers import is_id
from shared.paging import Paging

CONFIRMING = ("registry", "calendar", "map", "notifications")
LATE_AFTER = timedelta(days=1)
"""A service that has not confirmed an erasure after so long needs the operator."""
MOST_LOOKS = Paging(limit=200)


@dataclass(frozen=True)
class ErasureReport:
    """How far an erasure is: when each service confirmed it, None while it has not; `late` names who takes too long."""

    person_id: str
    version: int
    erased_at: datetime
    confirmed_at: dict[str, datetime | None]
    late: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Say whether every service confirmed."""
        return all(self.confirmed_at.values())


def subject(session: Session, person_id: str) -> Person:
    """Find somebody who is here, with their roles. Raises `NothingHere` for who is not, or is erased."""
    row = session.get(Person, person_id, options=[selectinload(Person.memberships)])
    if row is None or row.erased_at is not None:
        raise NothingHere
    return row


def own_data(session: Session, *, viewer: people.Person) -> OwnData:
    """Give everything that the registry holds of whoever asks. Raises `NothingHere`, and `NotAllowed` for a program."""
    people.must(people.is_human(viewer))
    row = subject(session, viewer.id)
    password = session.get(Password, row.id)
    return OwnData(
        id=row.id,
        version=row.version,
        name=row.name,
        language=row.language,
        administrator=row.administrator,
        neighbourhood_coordinator=row.neighbourhood_coordinator,
        created_at=row.created_at,
        password_changed_at=password.changed_at if password else None,
        roles=_roles(session, row),
        contacts=_contacts(session, viewer),
        sessions=_sessions(session, row.id),
        keys=_keys(session, row.id),
        invitations=_invitations(session, row.id),
        invitations_written=_count(session, Invitation.by_person_id == row.id),
        letters=_letters(session, row.id),
        changes_made=_count(session, History.by_person_id == row.id),
        looks=tuple(_look(one) for one in audit_of(session, row.id, MOST_LOOKS, viewer=viewer)),
    )


def address_for_own_link(session: Session, person_id: str) -> str | None:
    """Give the address to which the link to their own data goes: one that may be used, else the oldest, or none."""
    agreed = mail_address(session, person_id, clock.now())
    if agreed is not None:
        return agreed.value
    emails = select(Contact.value).where(Contact.person_id == person_id, Contact.kind == "email")
    return session.scalars(emails.order_by(Contact.id).limit(1)).one_or_none()


def may_hand_over_own_link(session: Session, *, viewer: people.Person, person_id: str) -> bool:
    """Say whether the viewer may make the link to this person's own data, to be handed over."""
    made = select(History.position).where(
        History.aggregate == "person",
        History.aggregate_id == person_id,
        History.action == "registered",
        History.by_person_id == viewer.id,
    )
    registered = session.execute(made.limit(1)).first() is not None
    mailless = address_for_own_link(session, person_id) is None
    return may_make_own_link(viewer, registered_mailless=registered and mailless)


def person_to_erase(session: Session, *, viewer: people.Person, person_id: str) -> Person:
    """Find whom the viewer may erase. Raises `NotAllowed`, `NothingHere`."""
    people.must(may_erase_person(viewer, person_id))
    found = subject(session, person_id)
    disclose(session, viewer=viewer, subject_id=person_id, field="name")
    return found


def erasure(session: Session, *, person_id: str) -> ErasureReport:
    """Say how far the erasure of a person is. It tells nothing of them, so nobody is refused. Raises `NothingHere`."""
    row = session.get(Person, person_id)
    if row is None or row.erased_at is None:
        raise NothingHere
    known = select(ErasureConfirmation).where(ErasureConfirmation.person_id == person_id)
    confirmed = {one.service: one.confirmed_at for one in session.scalars(known)}
    is_late = clock.now() - row.erased_at > LATE_AFTER
    return ErasureReport(
        person_id=row.id,
        version=row.version,
        erased_at=row.erased_at,
        confirmed_at={service: confirmed.get(service) for service in CONFIRMING},
        late=tuple(service for service in CONFIRMING if is_late and service not in confirmed),
    )


def erased_ids(session: Session) -> list[str]:
    """List everybody who was erased, the oldest first."""
    return list(session.scalars(select(Person.id).where(Person.erased_at.is_not(None)).order_by(Person.erased_at)))


def brought_back(session: Session, ids: Sequence[str]) -> list[str]:
    """Name those of these people who are here: after their erasure only a restored backup brings them back."""
    known = [one for one in ids if is_id(one)]
    return list(session.scalars(select(Person.id).where(Person.id.in_(known), Person.erased_at.is_(None))))


def late_erasures(session: Session, now: datetime) -> Sequence[tuple[str, str]]:
    """Name each erasure and service of which nothing was heard for a day, by the person's id."""
    long_ago = select(Person.id).where(Person.erased_at < now - LATE_AFTER)
    known = {
        (row.person_id, row.service)
        for row in session.scalars(select(ErasureConfirmation).where(ErasureConfirmation.person_id.in_(long_ago)))
    }
    wanted = ((one, service) for one in session.scalars(long_ago.order_by(Person.id)) for service in CONFIRMING)
    return [pair for pair in wanted if pair not in known]


def _roles(session: Session, row: Person) -> tuple[HeldRole, ...]:
    names = _names(session, [one.organisation_id for one in row.memberships])
    return tuple(HeldRole(one.organisation_id, names[one.organisation_id], one.role) for one in row.memberships)


def _names(session: Session, ids: Sequence[str | None]) -> dict[str, str]:
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {one.id: one.name for one in found}


def _contacts(session: Session, viewer: people.Person) -> tuple[HeldContact, ...]:
    """Read all contacts of the person themself: also those that were taken back or are over."""
    now = clock.now()
    return tuple(
        HeldContact(
            **{name: getattr(one, name) for name in HeldContact.__dataclass_fields__ if name != "is_shown"},
            is_shown=is_agreed(valid_until_at=one.valid_until_at, withdrawn_at=one.withdrawn_at, now=now),
        )
        for one in contacts_of_person(session, viewer=viewer, person_id=viewer.id)
    )


def _sessions(session: Session, person_id: str) -> tuple[HeldSession, ...]:
    mine = select(SignedInSession).where(SignedInSession.person_id == person_id).order_by(SignedInSession.id.desc())
    return tuple(
        HeldSession(**{name: getattr(one, name) for name in HeldSession.__dataclass_fields__})
        for one in session.scalars(mine)
    )


def _keys(session: Session, person_id: str) -> tuple[HeldKey, ...]:
    mine = select(ApiKey).where(ApiKey.person_id == person_id).order_by(ApiKey.id.desc())
    return tuple(
        HeldKey(one.kind, one.name, tuple(one.scopes), one.created_at, one.expires_at, one.used_at, one.revoked_at)
        for one in session.scalars(mine)
    )


def _invitations(session: Session, person_id: str) -> tuple[HeldInvitation, ...]:
    rows = session.scalars(select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id)).all()
    names = _names(session, [one.organisation_id for one in rows])
    return tuple(
        HeldInvitation(
            organisation_name=names.get(one.organisation_id or ""),
            role=one.role,
            created_at=one.created_at,
            expires_at=one.expires_at,
            accepted_at=one.accepted_at,
            withdrawn_at=one.withdrawn_at,
        )
        for one in rows
    )


def _letters(session: Session, person_id: str) -> tuple[HeldLetter, ...]:
    """Find the letters about the person themself and about links and invitations that are theirs."""
    links = select(SignInLink.id).where(SignInLink.person_id == person_id)
    invitations = select(Invitation.id).where(Invitation.person_id == person_id)
    mine = (Letter.about_id == person_id) | Letter.about_id.in_(links) | Letter.about_id.in_(invitations)
    rows = session.scalars(select(Letter).where(mine).order_by(Letter.id.desc()))
    return tuple(HeldLetter(one.kind, one.state, one.created_at, one.sent_at) for one in rows)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0


def _look(noted: Noted) -> HeldLook:
    row = noted.row
    return HeldLook(row.at, row.action, tuple(row.fields), _by(row), noted.by_name, row.reason)


def _by(row: Audit) -> Literal["oneself", "somebody", "operator", "service"]:
    if row.by_service is not None:
        return "operator" if row.by_service == "operator" else "service"
    return "oneself" if row.by_person_id in (None, row.subject_id) else "somebody"
