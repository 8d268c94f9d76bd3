"""Programs' keys, and access that no longer holds."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "known_api_key",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.Column("neighbourhood_coordinator", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.Column("used_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_api_key")),
    )
    op.create_index(op.f("ix_known_api_key_person_id"), "known_api_key", ["person_id"], unique=False)
    op.create_table(
        "erasure",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mail_ids", sa.JSON(), nullable=False),
        sa.Column("forgotten_at", columns.Instant(), nullable=False),
        sa.Column("confirmed_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_confirmed_at"), "erasure", ["confirmed_at"], unique=False)
    op.create_table(
        "revoked_access",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("before_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revoked_access")),
    )
