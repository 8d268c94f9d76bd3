"""The contacts that everybody may see."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0070"
down_revision: str | None = "0050"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "known_contacts",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_contacts")),
    )
    op.create_table(
        "public_contact",
        sa.Column("organisation_id", columns.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("e164", sa.String(length=40), nullable=True),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("until_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["known_contacts.id"],
            name=op.f("fk_public_contact_organisation_id_known_contacts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "position", name=op.f("pk_public_contact")),
    )
    op.create_index(op.f("ix_public_contact_person_id"), "public_contact", ["person_id"])
