"""Matches are remembered: who was told of what, and what became of it."""

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0016"
down_revision: str | None = "0015"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "match",
        sa.Column("id", Id, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("need_id", Id, sa.ForeignKey("need.id", name="fk_match_need_id_need"), nullable=False),
        sa.Column("need_organisation_id", Id, nullable=False),
        sa.Column("resource_id", Id, nullable=False),
        sa.Column("resource_organisation_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("common", sa.JSON(), nullable=False),
        sa.Column("metres", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decline_reason", sa.String(20), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("by_organisation_id", Id, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.UniqueConstraint("need_id", "resource_id", name="uq_match_need_id_resource_id"),
    )
    for whose in ("need_organisation_id", "resource_organisation_id", "resource_id"):
        op.create_index(f"ix_match_{whose}", "match", [whose, "state"])
    op.create_table(
        "match_key",
        sa.Column("side", sa.String(5), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(70), primary_key=True),
        sa.Column("about_id", Id, primary_key=True),
    )
    op.create_index("ix_match_key_about_id", "match_key", ["about_id"])
