"""Everything public is searched by the stems of its words; a job fills the table from what there is."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0030"
down_revision: str | None = "0025"

STEMS = ("title_stems", "organisation_stems", "text_stems")
ON_SQLITE = (
    """CREATE VIRTUAL TABLE searched_words
        USING fts5(title_stems, organisation_stems, text_stems, content='searched', content_rowid='position')""",
    "INSERT INTO searched_words(searched_words, rank) VALUES ('rank', 'bm25(10.0, 4.0, 1.0)')",
    """CREATE TRIGGER searched_is_added AFTER INSERT ON searched BEGIN
        INSERT INTO searched_words(rowid, title_stems, organisation_stems, text_stems)
        VALUES (new.position, new.title_stems, new.organisation_stems, new.text_stems); END""",
    """CREATE TRIGGER searched_is_removed AFTER DELETE ON searched BEGIN
        INSERT INTO searched_words(searched_words, rowid, title_stems, organisation_stems, text_stems)
        VALUES ('delete', old.position, old.title_stems, old.organisation_stems, old.text_stems); END""",
    """CREATE TRIGGER searched_is_changed AFTER UPDATE OF title_stems, organisation_stems, text_stems ON searched BEGIN
        INSERT INTO searched_words(searched_words, rowid, title_stems, organisation_stems, text_stems)
        VALUES ('delete', old.position, old.title_stems, old.organisation_stems, old.text_stems);
        INSERT INTO searched_words(rowid, title_stems, organisation_stems, text_stems)
        VALUES (new.position, new.title_stems, new.organisation_stems, new.text_stems); END""",
)
ON_POSTGRESQL = (
    """ALTER TABLE searched ADD COLUMN searched_words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, title_stems), 'A')
        || setweight(to_tsvector('simple'::regconfig, organisation_stems), 'B')
        || setweight(to_tsvector('simple'::regconfig, text_stems), 'D')) STORED""",
    "CREATE INDEX searched_words_index ON searched USING gin (searched_words)",
)


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "searched",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stemmer", sa.Integer(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subtitle", sa.String(length=300), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in STEMS),
        sa.PrimaryKeyConstraint("position", name="pk_searched"),
        sa.UniqueConstraint("id", name="uq_searched_id"),
    )
    op.create_index("ix_searched_kind", "searched", ["kind"])
    op.create_index("ix_searched_organisation_id", "searched", ["organisation_id"])
    op.create_table(
        "searched_word",
        sa.Column("word", sa.String(length=60), primary_key=True),
        sa.Column("written", sa.String(length=60), nullable=False),
    )
    op.create_table(
        "searched_trigram",
        sa.Column("trigram", sa.String(length=3), primary_key=True),
        sa.Column("word", sa.String(length=60), primary_key=True),
    )
    op.create_index("ix_searched_trigram_word", "searched_trigram", ["word"])
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)
