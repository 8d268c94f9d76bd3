"""Invitations to meetings, their letters, the answers to them, and the mails that brought some."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    _known()
    _letters()
    op.create_table(
        "invitation_answer",
        sa.Column("invitation_id", columns.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=5), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answered_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation_answer")),
    )
    op.create_table(
        "mail_reply",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("invitation_id", columns.Id(), nullable=True),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_reply")),
        sa.UniqueConstraint("digest", name=op.f("uq_mail_reply_digest")),
    )
    op.create_index(op.f("ix_mail_reply_received_at"), "mail_reply", ["received_at"])


def _known() -> None:
    op.create_table(
        "known_invitation",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=5), nullable=True),
        sa.Column("event_id", columns.Id(), nullable=True),
        sa.Column("uid", sa.String(length=500), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", columns.Instant(), nullable=True),
        sa.Column("ends_at", columns.Instant(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("until_at", columns.Instant(), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_invitation")),
    )
    for column in ("uid", "organisation_id", "person_id"):
        op.create_index(f"ix_known_invitation_{column}", "known_invitation", [column])


def _letters() -> None:
    op.create_table(
        "invitation_letter",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("invitation_id", columns.Id(), nullable=False),
        sa.Column("recipient_id", columns.Id(), nullable=False),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("sent_at", columns.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("refused_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_letter")),
        sa.UniqueConstraint(
            "invitation_id", "recipient_id", name=op.f("uq_invitation_letter_invitation_id_recipient_id")
        ),
    )
    op.create_index("ix_invitation_letter_due", "invitation_letter", ["state", "due_at"])
    op.create_index(op.f("ix_invitation_letter_person_id"), "invitation_letter", ["person_id"])
