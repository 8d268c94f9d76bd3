"""Who looks after the neighbourhood, what waits for somebody, where things are, and areas that people follow."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0010"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column(
        "known_person",
        sa.Column("neighbourhood_coordinator", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for table in ("known_organisation", "known_venue", "followed_topic"):
        op.add_column(table, sa.Column("latitude", sa.Float(), nullable=True))
        op.add_column(table, sa.Column("longitude", sa.Float(), nullable=True))
    op.add_column("followed_topic", sa.Column("radius_m", sa.Integer(), nullable=True))
    op.add_column("followed_topic", sa.Column("name", sa.String(length=200), nullable=True))
    op.create_table(
        "left_open",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_open")),
    )
    op.create_index(op.f("ix_left_open_due_at"), "left_open", ["due_at"], unique=False)
