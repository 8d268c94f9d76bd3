"""Subscribed calendars, imports that are watched, files known as a whole, and what changed last."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "source",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=True),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("checked_at", columns.Instant(), nullable=True),
        sa.Column("seen_at", columns.Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index("ix_source_due_at", "source", ["due_at"], unique=False)
    op.create_index("ix_source_organisation_id", "source", ["organisation_id"], unique=False)
    op.create_table(
        "imported_file",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_imported_file")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("started_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index("ix_import_run_organisation_id", "import_run", ["organisation_id", "id"], unique=False)
    op.add_column("imported_item", sa.Column("missed", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_event_changed_at", "event", ["changed_at"], unique=False)
