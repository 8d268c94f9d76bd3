"""The history: one row for every change of every aggregate, with who did it and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared import clock
from shared.columns import Id, Instant
from shared.people import Person


class HistoryMixin:
    """One change of one aggregate; ids only, so that a name erased elsewhere does not stay here."""

    __tablename__ = "history"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    aggregate: Mapped[str] = mapped_column(String(50))
    aggregate_id: Mapped[str] = mapped_column(Id)
    version: Mapped[int]
    action: Mapped[str] = mapped_column(String(50))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_person_id: Mapped[str | None] = mapped_column(String(36))
    by_service: Mapped[str | None] = mapped_column(String(50))
    at: Mapped[datetime] = mapped_column(Instant)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Read one aggregate's history in the order of its versions."""
        return (Index("ix_history_aggregate", "aggregate", "aggregate_id", "version"),)


def record(
    session: Session,
    history: type[Any],
    *,
    aggregate: str,
    id: str,
    version: int,
    by: Person | None,
    action: str,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Write one history row in the command's transaction.

    `history` is the service's class with `HistoryMixin`; `action` is a verb in the past ("moved");
    `changes` holds plain JSON values, for instance `{"starts_at": [old, new]}`; `by` is none for a message's effect.
    """
    session.add(
        history(
            aggregate=aggregate,
            aggregate_id=id,
            version=version,
            action=action,
            reason=reason,
            changes=dict(changes or {}),
            by_person_id=None if by is None or by.service else by.id,
            by_service=by.service if by else None,
            at=clock.now(),
        )
    )
