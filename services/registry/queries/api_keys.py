"""Keys of programs and feeds, as their owners and administrators see them: never a secret, and no hash of one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from services.registry.domain.api_keys import KeyState, key_state
from services.registry.domain.permissions import may_see_key
from services.registry.models import ApiKey, Person
from services.registry.problems import NothingHere
from shared import clock, people
from shared.messages.registry import KeyKind
from shared.paging import Paging


@dataclass(frozen=True)
class KeyCard:
    """What may be seen of a key, and whose it is."""

    id: str
    kind: KeyKind
    name: str
    person_id: str
    person_name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def state(self) -> KeyState:
        """Say whether it opens anything now."""
        return key_state(self.expires_at, self.revoked_at, clock.now())


def api_keys(session: Session, *, viewer: people.Person, paging: Paging, everybody: bool = False) -> list[KeyCard]:
    """Give one's own keys, or everybody's to administrators, the newest first. Raises `NotAllowed`."""
    wanted = _cards().where(paging.beyond(ApiKey.id, descending=True))
    if everybody:
        people.must(people.is_administrator(viewer))
    else:
        wanted = wanted.where(ApiKey.person_id == viewer.id)
    rows = session.execute(wanted.order_by(ApiKey.id.desc()).limit(paging.rows))
    return [_card(row, person_name) for row, person_name in rows]


def api_key(session: Session, *, viewer: people.Person, key_id: str) -> KeyCard:
    """Give one key to its owner and to administrators; to others there is nothing here (`NothingHere`)."""
    found = session.execute(_cards().where(ApiKey.id == key_id)).one_or_none()
    if found is None or not may_see_key(viewer, found[0].person_id):
        raise NothingHere
    return _card(found[0], found[1])


def living_keys(session: Session, *, person_id: str, now: datetime) -> int:
    """Count the keys of programs that this person has and that hold."""
    holds = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    mine = select(func.count()).where(ApiKey.person_id == person_id, ApiKey.kind == "program")
    return session.scalars(mine.where(ApiKey.revoked_at.is_(None), holds)).one()


def _cards() -> Select[ApiKey, str]:
    return select(ApiKey, Person.name).join(Person, Person.id == ApiKey.person_id)


def _card(row: ApiKey, person_name: str) -> KeyCard:
    return KeyCard(
        id=row.id,
        kind=row.kind,
        name=row.name,
        person_id=row.person_id,
        person_name=person_name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
