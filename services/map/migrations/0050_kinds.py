"""Places are looked for by kind without an index of kinds: there are seven, and SQLite took it for the better way."""

from alembic import op

revision: str = "0050"
down_revision: str | None = "0030"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.drop_index("ix_place_kind", table_name="place")
