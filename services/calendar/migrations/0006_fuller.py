"""Events say who leads them, who may read them and how all can take part; copies of venues say when they are open."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("event", sa.Column("leader_ids", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("event", sa.Column("visibility", sa.String(length=10), nullable=False, server_default="public"))
    op.add_column("event", sa.Column("accessibility", sa.Text(), nullable=False, server_default=""))
    op.add_column("venue", sa.Column("opening_hours", sa.Text(), nullable=False, server_default=""))
    op.add_column("venue", sa.Column("equipment", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("venue", sa.Column("step_free", sa.Boolean(), nullable=True))
    op.add_column("venue", sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("resource", sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
