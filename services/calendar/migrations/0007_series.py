"""Events may float and follow a series that was split; what the clocks of each zone do is remembered."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("event", sa.Column("floating", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("event", sa.Column("follows_id", columns.Id(), nullable=True))
    op.create_index("ix_event_follows_id", "event", ["follows_id"])
    op.create_index(
        "ix_event_laid_until_at",
        "event",
        ["laid_until_at"],
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "zone_table",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("offsets", sa.JSON(), nullable=False),
        sa.Column("done_id", columns.Id(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_zone_table")),
    )
