"""What indicators remember: links and answers to the questions about an event, baseline figures, frozen periods."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class SatisfactionLink(Base):
    """The public address of the questions about one date of an event, in the wording that is shown there.

    `recurrence` names the date as in `occurrence`; 0 is the only one of an event that does not repeat.
    """

    __tablename__ = "satisfaction_link"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    recurrence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    wording_id: Mapped[str] = mapped_column(String(100))


class SatisfactionAnswer(Base):
    """One answer: three numbers from 1 to 5, and nothing of who gave it or when.

    `id` comes with the form, is random, and makes the same form sent twice one answer.
    """

    __tablename__ = "satisfaction_answer"

    token: Mapped[str] = mapped_column(
        String(40), ForeignKey("satisfaction_link.token", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    first: Mapped[int] = mapped_column(SmallInteger)
    second: Mapped[int] = mapped_column(SmallInteger)
    third: Mapped[int] = mapped_column(SmallInteger)


class Baseline(Base):
    """A figure that somebody entered for a period, most often from before the platform, and where it is from."""

    __tablename__ = "baseline"
    __table_args__ = (UniqueConstraint("first_on", "last_on", "indicator"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    indicator: Mapped[str] = mapped_column(String(30))
    first_on: Mapped[date]
    last_on: Mapped[date]
    value: Mapped[float] = mapped_column(Float)
    of: Mapped[float | None] = mapped_column(Float)
    source_note: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class FrozenPeriod(Base):
    """A period as it was when it was closed, a report for each edition; no later edit of an event changes it."""

    __tablename__ = "frozen_period"
    __table_args__ = (UniqueConstraint("first_on", "last_on"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    first_on: Mapped[date]
    last_on: Mapped[date]
    definitions_version: Mapped[int] = mapped_column(Integer)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    frozen_at: Mapped[datetime] = mapped_column(Instant)
