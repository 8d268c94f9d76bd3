"""Channels: buttons in letters, links that end, private feeds, who made a webhook, and addresses of other networks."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0011"
down_revision: str | None = "0010"

UNDATED_FOR = timedelta(days=365)
"""So long the links of letters that were sent before still end them."""


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("known_membership", sa.Column("role", sa.String(length=20), nullable=True))
    op.add_column("known_person", sa.Column("administrator", sa.Boolean(), nullable=True))
    op.add_column("link_secret", sa.Column("undated_until", columns.Instant(), nullable=True))
    secret = sa.table("link_secret", sa.column("undated_until", columns.Instant()))
    op.execute(secret.update().values(undated_until=datetime.now(UTC) + UNDATED_FOR))
    op.add_column("webhook", sa.Column("made_by_key_id", columns.Id(), nullable=True))
    op.create_table(
        "link_press",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("alert_id", columns.Id(), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_link_press_alert_id_alert"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_press")),
    )
    op.create_index(op.f("ix_link_press_alert_id"), "link_press", ["alert_id"], unique=False)
    op.create_index(op.f("ix_link_press_person_id"), "link_press", ["person_id"], unique=False)
    op.create_table(
        "alert_feed",
        sa.Column("person_id", columns.Id(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_alert_feed")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_alert_feed_secret_hash")),
    )
    _addresses_of_other_networks()


def _addresses_of_other_networks() -> None:
    op.create_table(
        "push_address",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("made_by_id", columns.Id(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("off_because", sa.String(length=20), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("reached_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_address")),
    )
    for name in ("person_id", "organisation_id", "made_by_id"):
        op.create_index(op.f(f"ix_push_address_{name}"), "push_address", [name], unique=False)
    op.create_table(
        "push_delivery",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("address_id", columns.Id(), nullable=False),
        sa.Column("alert_id", columns.Id(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("sent_at", columns.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["push_address.id"],
            name=op.f("fk_push_delivery_address_id_push_address"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_push_delivery_alert_id_alert"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_delivery")),
    )
    op.create_index(op.f("ix_push_delivery_address_id"), "push_delivery", ["address_id"], unique=False)
    op.create_index(op.f("ix_push_delivery_alert_id"), "push_delivery", ["alert_id"], unique=False)
    op.create_index("ix_push_delivery_due", "push_delivery", ["state", "due_at"], unique=False)
