"""Messages to other networks are gathered and held back as letters are: why each leaves when it does."""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("push_delivery", sa.Column("pace", sa.String(length=20), nullable=False, server_default="at_once"))
