"""The audit log: who read, exported or changed which personal field of whom, when and why; never a value."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from services.registry.domain.plans import AuditAction
from services.registry.models import Audit
from services.registry.queries.disclosures import disclosures
from shared import clock
from shared.database import Database
from shared.people import Person, service_person

P = ParamSpec("P")
T = TypeVar("T")

OPERATOR = service_person("operator")
"""Who acts at the command line."""


def note(
    session: Session,
    *,
    subject_id: str,
    action: AuditAction,
    fields: Iterable[str],
    by: Person | None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one row of the audit log in the transaction of what it tells of.

    `subject_id` is the person whose data it is; `fields` such as `name`, `contact.phone`; `by` is who did it: a
    person, a service (`OPERATOR` at the command line); nobody is written where the person used their own link.
    `reason` names the door (`GET /registry/api/v1/people`) or is what somebody wrote. `details` are facts, never a
    personal value.
    """
    session.add(
        Audit(
            at=clock.now(),
            subject_id=subject_id,
            action=action,
            fields=sorted(set(fields)),
            by_person_id=by.id if by is not None and by.service is None and not by.own_link else None,
            by_api_key_id=by.key_id if by is not None else None,
            by_service=by.service if by is not None else None,
            reason=reason,
            details=dict(details or {}),
        )
    )


async def disclose(
    database: Database,
    by: Person | None,
    reason: str,
    query: Callable[Concatenate[Session, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run `query(session, …)` and note every personal field of others that it disclosed, before its answer leaves.

    The one way in which a door reads people: `await commands.disclose(database, person, web.door_of(request),
    queries.people, viewer=person, …)`. A look of which only public fields come, or one's own, stays a pure read;
    else the notes are committed before this returns.
    """

    def look(session: Session) -> tuple[T, Mapping[str, frozenset[str]]]:
        found = query(session, *args, **kwargs)
        return found, disclosures(session)

    found, seen = await database.read(look)
    if seen:
        await database.write(note_reading, seen, by=by, reason=reason)
    return found


def note_reading(session: Session, seen: Mapping[str, frozenset[str]], *, by: Person | None, reason: str) -> None:
    """Note that somebody read these fields, by the id of the person whose they are."""
    for subject_id, fields in seen.items():
        note(session, subject_id=subject_id, action="read", fields=fields, by=by, reason=reason)
