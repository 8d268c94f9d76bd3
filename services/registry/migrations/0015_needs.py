"""Needs say where and when, how urgent they are, and what came of them."""

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0015"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for column in (
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("themes", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("address", sa.String(300), nullable=False, server_default=""),
        sa.Column("venue_id", Id, nullable=True),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("weekdays", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("hours", sa.String(300), nullable=False, server_default=""),
        sa.Column("urgency", sa.String(10), nullable=False, server_default="normal"),
        sa.Column("status", sa.String(10), nullable=False, server_default="open"),
        sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        sa.Column("closed_because", sa.String(20), nullable=True),
        sa.Column("met_by_organisation_id", Id, nullable=True),
        sa.Column("met_by_resource_id", Id, nullable=True),
        sa.Column("met_quantity", sa.Integer(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
    ):
        op.add_column("need", column)
    op.create_index("ix_need_status", "need", ["status", "until_on"])
