"""The audit log: who read, exported or changed which personal field of whom, when and why; never a value."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.registry.domain.plans import AuditAction
from services.registry.models import Audit
from shared import clock
from shared.people import Person, service_person

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
    person, a service (`OPERATOR` at the command line), or None where the person used their own link. `reason` names
    the door (`GET /registry/api/v1/people`) or is what somebody wrote. `details` are facts, never a personal value.
    """
    session.add(
        Audit(
            at=clock.now(),
            subject_id=subject_id,
            action=action,
            fields=sorted(set(fields)),
            by_person_id=by.id if by is not None and by.service is None else None,
            by_api_key_id=by.session_id if by is not None and by.scopes is not None else None,
            by_service=by.service if by is not None else None,
            reason=reason,
            details=dict(details or {}),
        )
    )
