"""Opportunities are proposed and answered, events joined or coordinated, and owners of venues and resources asked."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("event", sa.Column("joined_into_id", columns.Id(), nullable=True))
    op.add_column("event", sa.Column("related_ids", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("opportunity", sa.Column("way", sa.String(length=10), nullable=True))
    op.add_column("opportunity", sa.Column("terms", sa.JSON(), nullable=True))
    op.add_column("opportunity", sa.Column("message", sa.Text(), nullable=False, server_default=""))
    op.add_column("opportunity", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    op.add_column("opportunity", sa.Column("proposer_event_id", columns.Id(), nullable=True))
    op.add_column("opportunity", sa.Column("declined_event_id", columns.Id(), nullable=True))
    op.create_table(
        "request",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", columns.Id(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("owner_id", columns.Id(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("counter", sa.JSON(), nullable=True),
        sa.Column("despite_conflicts", sa.Boolean(), nullable=False),
        sa.Column("told_taken", sa.Boolean(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_request_event_id_event"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_index("ix_request_event_id", "request", ["event_id"], unique=False)
    op.create_index("ix_request_owner_id", "request", ["owner_id"], unique=False)
    op.create_index("ix_request_state_kind_key", "request", ["state", "kind", "key"], unique=False)
