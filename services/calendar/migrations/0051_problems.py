"""A small copy of problems, to offer them to meetings."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0051"
down_revision: str | None = "0050"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "problem",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
