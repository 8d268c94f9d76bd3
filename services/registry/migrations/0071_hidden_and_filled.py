"""What is hidden only because its organisation is; what a merge filled in."""

import sqlalchemy as sa
from alembic import op

revision: str = "0071"
down_revision: str | None = "0070"


def upgrade() -> None:
    """Bring the tables from the revision before to this one; what is hidden already stays so until it is opened."""
    op.add_column(
        "hidden_address",
        sa.Column("with_organisation", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("organisation_merge", sa.Column("filled", sa.JSON(), nullable=False, server_default="{}"))
