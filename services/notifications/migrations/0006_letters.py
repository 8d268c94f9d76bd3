"""Letters: a secret for links that need no signing in, addresses that were refused, and test letters about no alert."""

import secrets

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    secret = op.create_table(
        "link_secret",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_secret")),
    )
    op.bulk_insert(secret, [{"id": 1, "secret": secrets.token_bytes(32)}])
    op.create_table(
        "refused_address",
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("known_version", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=100), nullable=False),
        sa.Column("refused_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_refused_address")),
    )
    with op.batch_alter_table("delivery") as table:
        table.alter_column("alert_id", existing_type=columns.Id(), nullable=True)
