"""Files wait to be looked at before they are imported; organisations that are one are found, and merged."""

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0025"
down_revision: str | None = "0021"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("organisation", sa.Column("merged_into_id", Id(), nullable=True))
    op.create_index("ix_organisation_merged_into_id", "organisation", ["merged_into_id"])
    _duplicates()
    _imports()


def _of_organisation(table: str, column: str, *, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("organisation.id", name=f"fk_{table}_{column}_organisation")
    return sa.Column(column, Id(), key, nullable=False, primary_key=primary_key)


def _duplicates() -> None:
    op.create_table(
        "duplicate_key",
        _of_organisation("duplicate_key", "organisation_id", primary_key=True),
        sa.Column("key", sa.String(100), primary_key=True),
    )
    op.create_index("ix_duplicate_key_key", "duplicate_key", ["key"])
    op.create_table(
        "distinct_pair",
        _of_organisation("distinct_pair", "first_id", primary_key=True),
        _of_organisation("distinct_pair", "second_id", primary_key=True),
        sa.Column("by_person_id", Id(), nullable=True),
        sa.Column("said_at", Instant(), nullable=False),
    )
    op.create_index("ix_distinct_pair_second_id", "distinct_pair", ["second_id"])
    op.create_table(
        "organisation_merge",
        sa.Column("id", Id(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_organisation("organisation_merge", "kept_id"),
        _of_organisation("organisation_merge", "merged_id"),
        sa.Column("by_person_id", Id(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_index("ix_organisation_merge_kept_id", "organisation_merge", ["kept_id"])
    op.create_index("ix_organisation_merge_merged_id", "organisation_merge", ["merged_id"])


def _imports() -> None:
    op.create_table(
        "organisation_key",
        sa.Column("key", sa.String(200), primary_key=True),
        _of_organisation("organisation_key", "organisation_id"),
        sa.Column("import_hash", sa.String(64), nullable=True),
    )
    op.create_index("ix_organisation_key_organisation_id", "organisation_key", ["organisation_id"])
    op.create_table(
        "import_draft",
        sa.Column("id", Id(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_person_id", Id(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_index("ix_import_draft_by_person_id", "import_draft", ["by_person_id"])
    op.create_index("ix_import_draft_expires_at", "import_draft", ["expires_at"])
