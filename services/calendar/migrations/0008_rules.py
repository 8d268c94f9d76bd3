"""Severity of conflicts is settable, and what changed around events is checked again in small units."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "conflict_rule",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("venue_id", columns.Id(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_rule")),
        sa.UniqueConstraint("kind", "venue_id", name=op.f("uq_conflict_rule_kind_venue_id")),
    )
    op.create_table(
        "almanac",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_almanac")),
    )
    op.create_table(
        "recheck",
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("claims", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_recheck_event_id_event"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_recheck")),
    )
    for table in ("organisation", "venue", "resource"):
        op.add_column(table, sa.Column("checked_as", sa.String(length=64), nullable=True))
