"""Which contacts of each organisation everybody was told of last."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0060"
down_revision: str | None = "0050"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "told_contacts",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_contacts")),
    )
