"""Until which date of a meeting those who take part were reminded."""

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("meeting", sa.Column("reminded_until", sa.BigInteger(), nullable=True))
