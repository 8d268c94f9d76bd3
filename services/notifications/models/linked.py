"""What people do without signing in: buttons that they pressed in letters, and their private feeds."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.domain.buttons import Action, PressState
from services.notifications.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class LinkPress(Base):
    """Somebody pressed a button of a letter about an alert; the id is that of the question to whose thing it is."""

    __tablename__ = "link_press"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    alert_id: Mapped[str] = mapped_column(Id, ForeignKey("alert.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(Id, index=True)
    action: Mapped[Action] = mapped_column(String(30))
    state: Mapped[PressState] = mapped_column(String(20), default="asked")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class AlertFeed(Base):
    """The one address at which a feed reader finds somebody's alerts; its secret is kept as a hash alone."""

    __tablename__ = "alert_feed"

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
