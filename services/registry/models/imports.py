"""What imports leave behind: further keys of organisations, and files that wait to be looked at."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Aggregate, Base
from shared.columns import Id


class OrganisationKey(Base):
    """The key by which another table knows an organisation, beside the one in its own row."""

    __tablename__ = "organisation_key"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    import_hash: Mapped[str | None] = mapped_column(String(64))
    """What its row said, as in the organisation's own row."""


class ImportDraft(Aggregate, Base):
    """A file that somebody sent and looks at before it is imported; gone with its report after two hours."""

    __tablename__ = "import_draft"

    by_person_id: Mapped[str] = mapped_column(Id, index=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    data: Mapped[bytes] = mapped_column(LargeBinary)
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What became of it, once it was imported; the file itself is gone then."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
