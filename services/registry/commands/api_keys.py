"""Keys of programs and addresses of private feeds: made, revoked, told to every service, and their use noted."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import ApiKey, KnownApiKey, Membership, Person
from shared import auth, clock, outbox
from shared.messages import registry as messages


def retell_keys(session: Session, person: Person) -> None:
    """Tell what every living key of this person is worth now that their roles are different."""
    for row in _living(session, person.id):
        row.version += 1
        _tell(session, row, person)


def end_keys(session: Session, person: Person) -> None:
    """Revoke every living key of this person, as their erasure does; the names that they gave are forgotten."""
    for row in session.scalars(select(ApiKey).where(ApiKey.person_id == person.id).with_for_update()):
        row.name = ""
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.version += 1
            _tell(session, row, person)


def _living(session: Session, person_id: str) -> Sequence[ApiKey]:
    """Find the keys of a person that are not revoked, under lock, the oldest first."""
    mine = select(ApiKey).where(ApiKey.person_id == person_id, ApiKey.revoked_at.is_(None))
    return session.scalars(mine.order_by(ApiKey.id).with_for_update()).all()


def _tell(session: Session, row: ApiKey, person: Person) -> None:
    """Publish what a key is worth now, and know it ourselves at once: we do not hear our own stream."""
    memberships = session.scalars(select(Membership).where(Membership.person_id == person.id))
    roles = sorted((one.organisation_id, one.role) for one in memberships)
    message = messages.ApiKeyChanged(
        id=row.id,
        version=row.version,
        kind=row.kind,
        secret_hash=row.secret_hash,
        person_id=row.person_id,
        administrator=person.administrator,
        neighbourhood_coordinator=person.neighbourhood_coordinator,
        memberships=tuple(messages.Membership(organisation_id=one, role=role) for one, role in roles),
        scopes=tuple(row.scopes),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
    auth.remember_api_key(session, KnownApiKey, message)
    outbox.publish(session, message)
