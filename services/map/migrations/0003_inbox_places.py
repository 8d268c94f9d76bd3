"""The place in its stream of every message that was taken in."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("inbox", sa.Column("stream", sa.String(length=50), nullable=True))
    op.add_column("inbox", sa.Column("stream_sequence", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_inbox_place"), "inbox", ["stream", "stream_sequence"], unique=False)
