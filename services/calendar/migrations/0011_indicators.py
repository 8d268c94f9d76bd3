"""Questions about events and their answers, baseline figures, and periods that are frozen."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "satisfaction_link",
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("recurrence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("wording_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_satisfaction_link_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "recurrence", name=op.f("pk_satisfaction_link")),
        sa.UniqueConstraint("token", name=op.f("uq_satisfaction_link_token")),
    )
    op.create_table(
        "satisfaction_answer",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("first", sa.SmallInteger(), nullable=False),
        sa.Column("second", sa.SmallInteger(), nullable=False),
        sa.Column("third", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token"],
            ["satisfaction_link.token"],
            name=op.f("fk_satisfaction_answer_token_satisfaction_link"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token", "id", name=op.f("pk_satisfaction_answer")),
    )
    op.create_table(
        "baseline",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=30), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("of", sa.Float(), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
        sa.UniqueConstraint("first_on", "last_on", "indicator", name=op.f("uq_baseline_first_on_last_on_indicator")),
    )
    op.create_table(
        "frozen_period",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("definitions_version", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("frozen_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_period")),
        sa.UniqueConstraint("first_on", "last_on", name=op.f("uq_frozen_period_first_on_last_on")),
    )
