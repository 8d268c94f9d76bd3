"""The registry's themes, by which places are found."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0030"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "known_theme",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_pl", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("parent_code", sa.String(length=60), nullable=True),
        sa.Column("synonyms", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_theme")),
    )
