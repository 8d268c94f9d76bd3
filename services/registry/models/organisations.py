"""Stakeholders."""

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base, Pointed
from shared.messages.registry import OrganisationKind


class Organisation(Aggregate, Pointed, Base):
    """A stakeholder: institution, association, school, firm, informal group."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[OrganisationKind] = mapped_column(index=True)
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    confidential: Mapped[bool] = mapped_column(default=False)
    """Its address stands in `HiddenAddress`, and the point here is the middle of a wide cell."""
    search_text: Mapped[str] = mapped_column(Text, default="")
    """Name, description, address and themes as `domain.words` folds them; databases differ about Polish letters."""
    external_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """The stable key of the row it was imported from, so that importing again finds it."""
    import_hash: Mapped[str | None] = mapped_column(String(64))
    """What that row said: the same row again changes nothing, even if people have edited this since."""
