"""Events are known with whether others than their hosts may read of them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("known_event", sa.Column("is_public", sa.Boolean(), nullable=False, server_default=sa.true()))
