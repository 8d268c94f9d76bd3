"""Venues and resources may be withdrawn, and an organisation merged into another."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for table in ("venue", "resource"):
        op.add_column(table, sa.Column("status", sa.String(length=20), nullable=False, server_default="offered"))
    op.add_column("organisation", sa.Column("merged_into_id", columns.Id(), nullable=True))
    op.create_index("ix_organisation_merged_into_id", "organisation", ["merged_into_id"])
