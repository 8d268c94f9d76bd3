"""What imports leave behind: the keys by which tables know things, and files that wait or are being brought in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.domain.plans import DraftState, Language
from services.registry.domain.tables import TableKind
from services.registry.models.base import Aggregate, Base
from shared.columns import Id


class OrganisationKey(Base):
    """The key by which another table knows an organisation, beside the one in its own row."""

    __tablename__ = "organisation_key"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(Id, ForeignKey("organisation.id"), index=True)
    import_hash: Mapped[str | None] = mapped_column(String(64))
    """What its row said, as in the organisation's own row."""


class OwnedKey(Base):
    """The key by which a table knows a venue, resource or need, and what its row said; `kind` is the table's."""

    __tablename__ = "owned_key"

    kind: Mapped[TableKind] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(450), primary_key=True)
    thing_id: Mapped[str] = mapped_column(Id, index=True)
    import_hash: Mapped[str] = mapped_column(String(64))


class ImportDraft(Aggregate, Base):
    """A file that somebody sent and looks at before it is imported; gone with its report after two hours."""

    __tablename__ = "import_draft"

    by_person_id: Mapped[str] = mapped_column(Id, index=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    data: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[TableKind] = mapped_column(String(20), default="organisations", server_default="organisations")
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    state: Mapped[DraftState] = mapped_column(String(10), default="waiting", server_default="waiting")
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What was decided when it was told to be brought in: `of_all`, and `by_line`."""
    language: Mapped[Language] = mapped_column(default="pl", server_default="pl")
    """In which the report is written."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many rows were brought in, of how many; 0 while they are being read."""
    moved_at: Mapped[datetime | None]
    """When it last went on; one that runs and has stood still was interrupted, and a job goes on with it."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Why the rest could not be brought in: a gettext source and its values."""
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What became of it, once it was imported; the file itself is gone then."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ImportPart(Base):
    """What became of some rows of a file that is being brought in: written with them, so that none is told twice."""

    __tablename__ = "import_part"

    draft_id: Mapped[str] = mapped_column(Id, ForeignKey("import_draft.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """How many rows stood before."""
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
