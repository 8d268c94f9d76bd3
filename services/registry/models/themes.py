"""What organisations, needs, problems and events are about: one taxonomy, edited here."""

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Base
from shared.columns import Id
from shared.identifiers import new_id


class Theme(Base):
    """One theme, in Polish and English; it may lie inside a wider one."""

    __tablename__ = "theme"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    """What is stored where a theme is named: lower case, without spaces, and never changed."""
    parent_code: Mapped[str | None] = mapped_column(String(60), ForeignKey("theme.code"), index=True)
    name_pl: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    synonyms: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Other words that people write for it, in either language."""
    version: Mapped[int] = mapped_column(default=1)
    retired: Mapped[bool] = mapped_column(default=False)
    """No longer offered; what is named so keeps it."""
    id: Mapped[str] = mapped_column(Id, index=True, unique=True, nullable=True, default=new_id)
    """What messages and the history know it by."""
    is_told: Mapped[bool] = mapped_column(default=False)
    """Whether the others know it as it is; those that a migration brings are told when the service starts."""
