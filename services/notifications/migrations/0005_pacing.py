"""Letters leave when people want them: quiet hours, summaries, and why a delivery waits."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("delivery", sa.Column("pace", sa.String(length=20), nullable=False, server_default="at_once"))
    op.add_column("delivery", sa.Column("letter_id", columns.Id(), nullable=True))
    op.add_column("wishes", sa.Column("rhythms", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("wishes", sa.Column("quiet_from", sa.Time(), nullable=True))
    op.add_column("wishes", sa.Column("quiet_until", sa.Time(), nullable=True))
    op.add_column("wishes", sa.Column("zone", sa.String(length=64), nullable=True))
