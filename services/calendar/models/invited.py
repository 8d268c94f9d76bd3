"""What was told of each invitation to a meeting, to the service that writes to people."""

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.calendar.models.base import Base
from shared.columns import Id, Instant


class ToldInvitation(Base):
    """An invitation as it was told last; `id` is the invitation's, which may be gone by now.

    Who was invited no more stays here while their mail program must still be told; then the row goes, and with it
    what the stream holds.
    """

    __tablename__ = "told_invitation"
    __table_args__ = (
        Index("ix_told_invitation_event_id", "event_id"),
        Index("ix_told_invitation_person_id", "person_id"),
        Index("ix_told_invitation_ends_at", "ends_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    event_id: Mapped[str] = mapped_column(Id)
    organisation_id: Mapped[str | None] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(200))
    mail: Mapped[str | None] = mapped_column(String(320))
    required: Mapped[bool] = mapped_column(Boolean)
    sequence: Mapped[int] = mapped_column(Integer)
    cancelled: Mapped[bool] = mapped_column(Boolean)
    """It is taken back, or the meeting does not take place."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of all that was told; another one is told anew."""
    dates_digest: Mapped[str] = mapped_column(String(64))
    """Of time and place alone; another one asks anew whether somebody comes."""
    told_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it need not be known any more; none where its meeting has no last date."""
