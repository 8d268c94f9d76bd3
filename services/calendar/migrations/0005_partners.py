"""Partners are held in a table: they come and go while everything runs."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "partner",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("added_at", columns.Instant(), nullable=False),
        sa.Column("heard_at", columns.Instant(), nullable=True),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_partner")),
    )
