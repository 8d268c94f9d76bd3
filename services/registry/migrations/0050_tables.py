"""Tables of venues, resources and needs are imported too, and an import is seen to go on."""

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0050"
down_revision: str | None = "0040"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "owned_key",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(450), primary_key=True),
        sa.Column("thing_id", Id(), nullable=False),
        sa.Column("import_hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_owned_key_thing_id", "owned_key", ["thing_id"])
    for column in (
        sa.Column("kind", sa.String(20), nullable=False, server_default="organisations"),
        sa.Column("state", sa.String(10), nullable=False, server_default="waiting"),
        sa.Column("choices", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("language", sa.String(2), nullable=False, server_default="pl"),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("total", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("moved_at", Instant(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
    ):
        op.add_column("import_draft", column)
    op.execute("UPDATE import_draft SET state = 'done' WHERE report IS NOT NULL")
    draft = sa.ForeignKey("import_draft.id", name="fk_import_part_draft_id_import_draft", ondelete="CASCADE")
    op.create_table(
        "import_part",
        sa.Column("draft_id", Id(), draft, primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("items", sa.JSON(), nullable=False),
    )
