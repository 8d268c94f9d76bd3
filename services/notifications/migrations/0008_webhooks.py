"""Webhooks of organisations and administrators, what is on its way by them, and what their receivers answered."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.create_table(
        "webhook",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("made_by_id", columns.Id(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("disabled_because", sa.String(length=20), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_organisation_id"), "webhook", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_webhook_made_by_id"), "webhook", ["made_by_id"], unique=False)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("webhook_id", columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("cause_id", columns.Id(), nullable=True),
        sa.Column("cause_version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("sent_at", columns.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id",
            "organisation_id",
            "cause_id",
            "cause_version",
            name="uq_webhook_delivery_news",
        ),
    )
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["state", "due_at"], unique=False)
    op.create_table(
        "webhook_try",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("delivery_id", columns.Id(), nullable=False),
        sa.Column("tried_at", columns.Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_delivery.id"],
            name=op.f("fk_webhook_try_delivery_id_webhook_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_try")),
    )
    op.create_index(op.f("ix_webhook_try_delivery_id"), "webhook_try", ["delivery_id"], unique=False)
