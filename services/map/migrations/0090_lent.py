"""What of resources is borrowed on which dates; and when contacts ended whose bytes have still to go.

Loans are filled in by every message of an event that comes and by `rebuild`; what ended before goes at the first start.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0090"
down_revision: str | None = "0080"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "resource_taken",
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("resource_id", columns.Id(), nullable=False),
        sa.Column("starts_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["known_event.id"], name=op.f("fk_resource_taken_event_id_known_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "resource_id", "starts_at", name=op.f("pk_resource_taken")),
    )
    op.create_index("ix_resource_taken_in_time", "resource_taken", ["ends_at", "starts_at"], unique=False)
    op.add_column("known_contacts", sa.Column("ended_at", columns.Instant(), nullable=True))
    known = sa.table("known_contacts", sa.column("ended_at", columns.Instant()))
    op.execute(known.update().values(ended_at=datetime.now(UTC)))
