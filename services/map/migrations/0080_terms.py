"""On which terms venues and resources are lent; filled by `rebuild`, and by every message that comes."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0080"
down_revision: str | None = "0070"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "offer_terms",
        sa.Column("place_id", columns.Id(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("cost_pln", sa.Float(), nullable=True),
        sa.Column("cost_per", sa.String(length=10), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("lends_to", sa.String(length=20), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_offer_terms")),
    )
