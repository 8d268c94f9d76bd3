"""What was taken over from calendar files."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "imported_item",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("uid", sa.String(length=500), nullable=False),
        sa.Column("recurrence_id", sa.String(length=20), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=True),
        sa.Column("content_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_imported_item_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "uid", "recurrence_id", name=op.f("pk_imported_item")),
    )
    op.create_index("ix_imported_item_event_id", "imported_item", ["event_id"], unique=False)
