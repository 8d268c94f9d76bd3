"""Calling a meeting: who is invited, the poll that finds its date, and what each of them answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class Poll(Base):
    """A question for the date of a meeting: open, settled (`event_id` is its meeting), or withdrawn."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_state_closes_at", "state", "closes_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[str] = mapped_column(Id, index=True)
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    zone: Mapped[str] = mapped_column(String(64))
    venue_id: Mapped[str | None] = mapped_column(Id)
    link: Mapped[str] = mapped_column(String(500))
    """Where one takes part from elsewhere; for partners alone."""
    visibility: Mapped[str] = mapped_column(String(10))
    """Who may read the meeting when there is a date."""
    closes_at: Mapped[datetime] = mapped_column(Instant)
    remind_at: Mapped[datetime] = mapped_column(Instant)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10))
    event_id: Mapped[str | None] = mapped_column(Id)
    by_person_id: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Instant)


class PollDate(Base):
    """One date that a poll offers, and the tentative event that holds it; half-open instants."""

    __tablename__ = "poll_date"
    __table_args__ = (Index("ix_poll_date_poll_id", "poll_id"),)

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    poll_id: Mapped[str] = mapped_column(Id, ForeignKey("poll.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class Invitation(Base):
    """Somebody who is asked to come to a meeting, and first to its poll: an organisation, a person, or a guest.

    A guest has a name and perhaps a mail address, which are kept here alone and go some time after `until_at`, when
    what they are asked to is over.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_event_id", "event_id"),
        Index("ix_invitation_poll_id", "poll_id"),
        Index("ix_invitation_until_at", "until_at"),
        Index("ix_invitation_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str | None] = mapped_column(Id, ForeignKey("event.id", ondelete="CASCADE"))
    poll_id: Mapped[str | None] = mapped_column(Id, ForeignKey("poll.id", ondelete="CASCADE"))
    organisation_id: Mapped[str | None] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    mail: Mapped[str | None] = mapped_column(String(320))
    required: Mapped[bool] = mapped_column(Boolean)
    until_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    """When they voted in the poll."""
    answer: Mapped[str | None] = mapped_column(String(5))
    """Whether they come to the meeting that has a date: yes, maybe or no."""
    answer_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    replies: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict, server_default="{}")
    """What was said of one date, by its day, or under "" of all of it and was no plain answer (`domain.replies`)."""


class PollLink(Base):
    """The hash of the secret in a link to a poll: to one's own answers, or, without an invitation, to take part."""

    __tablename__ = "poll_link"
    __table_args__ = (Index("ix_poll_link_poll_id", "poll_id"), Index("ix_poll_link_invitation_id", "invitation_id"))

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    poll_id: Mapped[str] = mapped_column(Id, ForeignKey("poll.id", ondelete="CASCADE"))
    invitation_id: Mapped[str | None] = mapped_column(Id, ForeignKey("invitation.id", ondelete="CASCADE"))


class PollVote(Base):
    """What one of them answered for one date: yes, if_needed or no."""

    __tablename__ = "poll_vote"
    __table_args__ = (Index("ix_poll_vote_event_id", "event_id"),)

    invitation_id: Mapped[str] = mapped_column(Id, ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("poll_date.event_id", ondelete="CASCADE"), primary_key=True)
    answer: Mapped[str] = mapped_column(String(10))
