"""What who is invited says of one date of a series; that somebody else comes; another time that they propose."""

import sqlalchemy as sa
from alembic import op

revision: str = "0052"
down_revision: str | None = "0051"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("invitation", sa.Column("replies", sa.JSON(), nullable=False, server_default="{}"))
