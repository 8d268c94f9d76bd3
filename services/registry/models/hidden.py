"""Where something is whose address is confidential: a shelter, a home for those who fled."""

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Base, Pointed
from shared.columns import Id


class HiddenAddress(Pointed, Base):
    """The address and the exact point of a confidential organisation or venue, by its id.

    Its own row has no address and the middle of a wide cell, so that whatever reads that row gives nothing away.
    """

    __tablename__ = "hidden_address"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    with_organisation: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A venue that is confidential because its organisation is, and no longer than that."""
