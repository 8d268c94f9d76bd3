"""What is held of one person, as one value: shown to them, and given along as JSON, as a table and as a vCard."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.registry.domain.plans import ContactKind, Language, LegalBasis, Visibility
from shared.messages.registry import KeyKind, Role

LINK_LIFETIME = timedelta(days=7)
LETTERS_AN_HOUR = 3
"""So often a person gets a letter with the link to their own data, whoever asks for it."""


@dataclass(frozen=True)
class HeldRole:
    """A role in an organisation."""

    organisation_id: str
    organisation_name: str
    role: Role


@dataclass(frozen=True)
class HeldContact:
    """One way to reach the person: who may see it, what for, on which legal basis, since when and until when."""

    id: str
    version: int
    kind: ContactKind
    label: str
    value: str
    visibility: Visibility
    purpose: str
    legal_basis: LegalBasis
    given_at: datetime | None
    valid_until_at: datetime | None
    withdrawn_at: datetime | None
    created_at: datetime
    is_shown: bool


@dataclass(frozen=True)
class HeldSession:
    """A browser in which the person signed in."""

    label: str
    way: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class HeldKey:
    """A key of a program, or the address of a feed."""

    kind: KeyKind
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class HeldInvitation:
    """An invitation to the person; the ones that they wrote themselves are counted alone, because they name others."""

    organisation_name: str | None
    role: Role | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class HeldLetter:
    """A letter that was written to the person; its text and its secret are not kept."""

    kind: str
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class HeldLook:
    """One line of the audit log about the person: who read, exported or changed what, and by which door.

    `by_name` stands where the person works here and may know who it was.
    """

    at: datetime
    action: str
    fields: tuple[str, ...]
    by: Literal["oneself", "somebody", "operator", "service"]
    by_name: str | None
    reason: str


@dataclass(frozen=True)
class OwnData:
    """Everything that the registry holds of one person."""

    id: str
    version: int
    name: str
    language: Language
    administrator: bool
    neighbourhood_coordinator: bool
    created_at: datetime
    password_changed_at: datetime | None
    roles: tuple[HeldRole, ...] = ()
    contacts: tuple[HeldContact, ...] = ()
    sessions: tuple[HeldSession, ...] = ()
    keys: tuple[HeldKey, ...] = ()
    invitations: tuple[HeldInvitation, ...] = ()
    invitations_written: int = 0
    letters: tuple[HeldLetter, ...] = ()
    changes_made: int = 0
    """So many rows of the history name them as who changed something."""
    looks: tuple[HeldLook, ...] = field(default=())


def document_of(data: OwnData) -> dict[str, Any]:
    """Give everything as a JSON object; instants are written as RFC 3339 by whoever writes it."""
    return {"format": "osiedle-own-data", "service": "registry", **asdict(data)}


def table_of(data: OwnData) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give everything as a table: heading, then one row for each value, with the part and the number it belongs to."""
    rows: list[tuple[Any, ...]] = []
    for name, value in vars(data).items():
        if isinstance(value, tuple):
            for number, one in enumerate(value, start=1):
                rows += [(name, number, key, _cell(held)) for key, held in _parts(one)]
        else:
            rows.append(("person", "", name, _cell(value)))
    return ("part", "number", "field", "value"), rows


def _parts(one: Any) -> Iterable[tuple[str, Any]]:
    held: Mapping[str, Any] = vars(one) if is_dataclass(one) else {"": one}
    return held.items()


def _cell(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value
