"""Cards of organisations say more; they may have further sites, and are confirmed once a year."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for name in ("description_en", "plain_description", "opening_hours"):
        op.add_column("organisation", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name, length in (("nip", 10), ("regon", 14), ("krs", 10), ("rspo", 10), ("point_source", 20)):
        op.add_column("organisation", sa.Column(name, sa.String(length), nullable=True))
    op.add_column("organisation", sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("organisation", sa.Column("step_free", sa.Boolean(), nullable=True))
    op.add_column("organisation", sa.Column("parent_id", columns.Id(), nullable=True))
    op.add_column("organisation", sa.Column("status", sa.String(20), nullable=False, server_default="active"))
    op.add_column("organisation", sa.Column("point_precision_m", sa.Integer(), nullable=True))
    op.add_column("organisation", sa.Column("confirmed_on", sa.Date(), nullable=True))
    op.add_column("organisation", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE organisation SET point_source = CASE WHEN external_key IS NULL THEN 'pin' ELSE 'import' END"
        " WHERE latitude IS NOT NULL"
    )
    for name in ("nip", "parent_id", "regon"):
        op.create_index(f"ix_organisation_{name}", "organisation", [name])
    op.create_table(
        "site",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("point_source", sa.String(20), nullable=True),
        sa.Column("point_precision_m", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_site_organisation_id_organisation"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_index("ix_site_organisation_id", "site", ["organisation_id"])
