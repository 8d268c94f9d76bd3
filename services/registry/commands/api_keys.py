"""Keys of programs and addresses of private feeds: made, revoked, told to every service, and their use noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry import queries
from services.registry.commands.editing import remember
from services.registry.domain.api_keys import MOST_KEYS, expiry_of
from services.registry.domain.permissions import may_end_key, may_manage_keys, may_see_key
from services.registry.domain.plans import KeyPlan
from services.registry.models import ApiKey, KnownApiKey, Membership, Person
from services.registry.problems import NothingHere, TooManyKeys
from services.registry.queries.api_keys import KeyCard, living_keys
from services.registry.queries.merged import acting_roles
from shared import auth, clock, outbox, people
from shared.messages import registry as messages
from shared.messages.base import ApiKeyUse
from shared.messages.registry import KeyKind
from shared.problems import InvalidInput, NotAllowed


@dataclass(frozen=True)
class MadeKey:
    """A key that was just made, with the text that is shown once and kept nowhere."""

    card: KeyCard
    text: str

    @property
    def id(self) -> str:
        """The key's id."""
        return self.card.id


def make_key(session: Session, *, by: people.Person, plan: KeyPlan) -> MadeKey:
    """Make a key with which programs speak for `by`. Raises `NotAllowed`, `TooManyKeys`, and `InvalidInput`.

    It holds for a year unless the plan says otherwise, for two at most.
    """
    now = clock.now()
    person = _owner(session, by)
    expires_at = expiry_of(plan.expires_at, now)
    if expires_at is None:
        raise InvalidInput(("/expires_at", "A key ends within two years"))
    if living_keys(session, person_id=person.id, now=now) >= MOST_KEYS:
        raise TooManyKeys(values={"number": MOST_KEYS})
    if any(row.name == plan.name for row in _living(session, person.id)):
        raise InvalidInput(("/name", "You have a key of this name already"))
    return _make(session, by, person, "program", plan.name, plan.scopes, expires_at)


def make_feed(session: Session, *, by: people.Person) -> MadeKey:
    """Make a new address of one's private feed; the old one ends. Raises `NotAllowed`."""
    person = _owner(session, by)
    for row in _living(session, person.id):
        if row.kind == "feed":
            _revoke(session, by, row, person)
    return _make(session, by, person, "feed", "", (), None)


def revoke_key(session: Session, *, by: people.Person, key_id: str) -> KeyCard:
    """End a key, in every service as soon as they hear of it; one that is revoked already stays as it is.

    Raises `NothingHere`, also for somebody else's key, and `NotAllowed` when a program asks.
    """
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None or not may_see_key(by, row.person_id):
        raise NothingHere
    people.must(may_end_key(by, row.person_id))
    if row.revoked_at is None:
        _revoke(session, by, row, queries.person(session, row.person_id))
        session.flush()
    return queries.api_key(session, viewer=by, key_id=key_id)


def note_key_use(session: Session, use: ApiKeyUse) -> None:
    """Write when a key was last used, as a service told it; the latest counts, whatever comes first."""
    row = session.get(ApiKey, use.id, with_for_update=True)
    if row is not None and (row.used_at is None or row.used_at < use.used_at):
        row.used_at = use.used_at


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


def _owner(session: Session, by: people.Person) -> Person:
    """Find the human who makes a key for themselves, under lock: nobody is erased while they get one.

    Raises `NotAllowed`, also for who is not here (any more).
    """
    person = session.get(Person, by.id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise NotAllowed
    people.must(may_manage_keys(by))
    return person


def _make(
    session: Session,
    by: people.Person,
    person: Person,
    kind: KeyKind,
    name: str,
    scopes: tuple[str, ...],
    expires_at: datetime | None,
) -> MadeKey:
    secret = auth.new_key_secret()
    row = ApiKey(
        person_id=person.id,
        kind=kind,
        name=name,
        secret_hash=auth.key_hash(secret),
        scopes=list(scopes),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    remember(session, by, row, "made")
    _tell(session, row, person)
    return MadeKey(queries.api_key(session, viewer=by, key_id=row.id), auth.key_text(row.id, secret))


def _revoke(session: Session, by: people.Person, row: ApiKey, person: Person) -> None:
    row.revoked_at = clock.now()
    row.version += 1
    remember(session, by, row, "revoked")
    _tell(session, row, person)


def _living(session: Session, person_id: str) -> Sequence[ApiKey]:
    """Find the keys of a person that are not revoked, under lock, the oldest first."""
    mine = select(ApiKey).where(ApiKey.person_id == person_id, ApiKey.revoked_at.is_(None))
    return session.scalars(mine.order_by(ApiKey.id).with_for_update()).all()


def _tell(session: Session, row: ApiKey, person: Person) -> None:
    """Publish what a key is worth now, and know it ourselves at once: we do not hear our own stream."""
    memberships = session.scalars(select(Membership).where(Membership.person_id == person.id))
    roles = acting_roles(session, memberships)
    message = messages.ApiKeyChanged(
        id=row.id,
        version=row.version,
        kind=row.kind,
        secret_hash=row.secret_hash,
        person_id=row.person_id,
        administrator=person.administrator,
        neighbourhood_coordinator=person.neighbourhood_coordinator,
        memberships=tuple(messages.Membership(organisation_id=one, role=role) for one, role in roles.items()),
        scopes=tuple(row.scopes),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
    auth.remember_api_key(session, KnownApiKey, message)
    outbox.publish(session, message)
