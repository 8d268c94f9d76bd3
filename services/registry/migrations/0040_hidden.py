"""Organisations and venues whose address is confidential, and where that is kept."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0040"
down_revision: str | None = "0030"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for table in ("organisation", "venue"):
        op.add_column(table, sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "hidden_address",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_address")),
    )
