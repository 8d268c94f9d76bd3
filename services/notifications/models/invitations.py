"""Invitations to meetings: as the calendar told them, their letters on the way, and what was answered to them."""

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class KnownInvitation(Base):
    """Who is invited to what, from the stream that notifications alone reads; `ended` is a tombstone of it."""

    __tablename__ = "known_invitation"
    __table_args__ = (Index("ix_known_invitation_uid", "uid"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[str | None] = mapped_column(Id, index=True)
    person_id: Mapped[str | None] = mapped_column(Id, index=True)
    name: Mapped[str] = mapped_column(Text, default="")
    mail: Mapped[str | None] = mapped_column(Text)
    required: Mapped[bool] = mapped_column(Boolean, default=False)
    method: Mapped[str] = mapped_column(String(10), default="REQUEST")
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    answer: Mapped[str | None] = mapped_column(String(5))
    event_id: Mapped[str | None] = mapped_column(Id)
    uid: Mapped[str] = mapped_column(String(500), default="")
    title: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    all_day: Mapped[bool] = mapped_column(Boolean, default=False)
    place: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    organiser: Mapped[str] = mapped_column(Text, default="")
    calendar: Mapped[str] = mapped_column(Text, default="")
    repeats: Mapped[bool] = mapped_column(Boolean, default=False)
    until_at: Mapped[datetime | None]
    """When its last date is over; none where there is no last date."""
    ended: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class InvitationLetter(Base):
    """What one of those whom an invitation means was written, and is about to be; it holds no address.

    `recipient_id` is the person, or the invitation itself where it means a guest. `version` is that of the invitation
    which is to be sent, `sent_version` that which left last. States are those of `Delivery`, and `stopped`: they want
    no more letters of it. A due row that is being sent has its `due_at` moved ahead, as there.
    """

    __tablename__ = "invitation_letter"
    __table_args__ = (
        UniqueConstraint("invitation_id", "recipient_id"),
        Index("ix_invitation_letter_due", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    invitation_id: Mapped[str] = mapped_column(Id)
    recipient_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id, index=True)
    version: Mapped[int] = mapped_column(Integer)
    sent_version: Mapped[int | None] = mapped_column(Integer, default=None)
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)
    refused_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    """Of a guest's address at which, a mail server said, there is nobody."""


class InvitationAnswer(Base):
    """What was answered to all of an invitation last, "" for nothing; `number` counts whatever was said to it."""

    __tablename__ = "invitation_answer"

    invitation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(String(5))
    sequence: Mapped[int] = mapped_column(Integer)
    answered_at: Mapped[datetime]


class MailReply(Base):
    """A mail that came into the mailbox for answers, and what became of it; nothing of what it says is kept.

    `digest` is of the whole mail: one that comes twice is taken in once.
    """

    __tablename__ = "mail_reply"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    outcome: Mapped[str] = mapped_column(String(20))
    invitation_id: Mapped[str | None] = mapped_column(Id)
    received_at: Mapped[datetime] = mapped_column(index=True)
