"""What the neighbourhood wants to solve."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base, Pointed


class Problem(Aggregate, Pointed, Base):
    """Something in the neighbourhood to be solved."""

    __tablename__ = "problem"

    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
