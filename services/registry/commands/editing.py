"""What every edit does: find the row under lock, check the version, set what differs, remember who and why."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from services.registry.commands.searching import remember_searched
from services.registry.models import Base, History, Organisation
from services.registry.problems import NothingHere, OrganisationMerged, unknown
from shared import history
from shared.people import Person
from shared.problems import ChangedMeanwhile


class Row(Protocol):
    """A row of ours that has an identity and a version."""

    id: Any
    version: Any


R = TypeVar("R", bound=Base)


def locked(session: Session, model: type[R], row_id: str) -> R:
    """Find a row that is about to change, and keep others from changing it meanwhile. Raises `NothingHere`."""
    row = session.get(model, row_id, with_for_update=True)
    if row is None:
        raise NothingHere
    if isinstance(row, Organisation) and row.merged_into_id is not None:
        raise OrganisationMerged(row.merged_into_id)
    return row


def must_exist(session: Session, model: type[Base], row_id: str | None, pointer: str) -> None:
    """Refuse a request that names a row which is not here; `pointer` says where it does (RFC 6901)."""
    if row_id is None:
        return
    row = session.get(model, row_id)
    if row is None or (isinstance(row, Organisation) and row.merged_into_id is not None):
        raise unknown(pointer)


def expect_version(row: Row, version: int) -> None:
    """Refuse an edit of what somebody else changed in the meantime."""
    if row.version != version:
        raise ChangedMeanwhile


def set_fields(row: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Set what differs and give it as `{field: [before, after]}`; the version grows only if something does."""
    differences: dict[str, Any] = {}
    for field, value in changes.items():
        before = getattr(row, field)
        after = list(value) if isinstance(value, tuple) else value
        if before != after:
            setattr(row, field, after)
            differences[field] = [_plain(before), _plain(after)]
    if differences:
        row.version += 1
    return differences


def remember(
    session: Session,
    by: Person,
    row: Row,
    action: str,
    changes: Mapping[str, Any] | None = None,
    *,
    searched: bool = True,
) -> None:
    """Write the history row of a change; the values in it are public facts only, never contacts or names of people.

    What is public is found by the search as it is from now on; who changes many at once sees to that itself.
    """
    history.record(
        session,
        History,
        aggregate=type(row).__name__.lower(),
        id=row.id,
        version=row.version,
        by=by,
        action=action,
        changes=dict(changes or {}),
    )
    if searched:
        remember_searched(session, row)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value
