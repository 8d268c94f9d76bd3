"""What people follow of the calendar, what can be followed, and alerts of no organisation."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "followed_topic",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_topic")),
        sa.UniqueConstraint("person_id", "kind", "value", name=op.f("uq_followed_topic_person_id_kind_value")),
    )
    op.create_index("ix_followed_topic_of", "followed_topic", ["kind", "value"], unique=False)
    op.create_table(
        "known_venue",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_venue")),
    )
    op.create_table(
        "known_theme",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_pl", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_theme")),
    )
    with op.batch_alter_table("alert") as table:
        table.alter_column("organisation_id", existing_type=columns.Id(), nullable=True)
