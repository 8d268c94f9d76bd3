"""What was told of each invitation, and what was answered to it."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0040"
down_revision: str | None = "0030"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "told_invitation",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mail", sa.String(length=320), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("dates_digest", sa.String(length=64), nullable=False),
        sa.Column("told_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_invitation")),
    )
    for column in ("event_id", "person_id", "ends_at"):
        op.create_index(f"ix_told_invitation_{column}", "told_invitation", [column])
    op.add_column("invitation", sa.Column("answer", sa.String(length=5), nullable=True))
    op.add_column("invitation", sa.Column("answer_at", columns.Instant(), nullable=True))
    op.add_column("invitation", sa.Column("answer_version", sa.Integer(), nullable=False, server_default="0"))
