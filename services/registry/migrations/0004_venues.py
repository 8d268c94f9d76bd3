"""Venues say when they are open, what is in them, whether there are steps, and whether to ask first."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("venue", sa.Column("opening_hours", sa.Text(), nullable=False, server_default=""))
    op.add_column("venue", sa.Column("equipment", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("venue", sa.Column("step_free", sa.Boolean(), nullable=True))
    op.add_column("venue", sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("resource", sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
