"""Who is invited to a meeting, and polls for its date."""

import sqlalchemy as sa
from alembic import op

from shared import columns

revision: str = "0020"
down_revision: str | None = "0012"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    _polls()
    _answers()
    op.add_column("event", sa.Column("poll_id", columns.Id(), nullable=True))
    op.add_column("meeting", sa.Column("link", sa.String(length=500), nullable=False, server_default=""))


def _polls() -> None:
    op.create_table(
        "poll",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", columns.Id(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("venue_id", columns.Id(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("closes_at", columns.Instant(), nullable=False),
        sa.Column("remind_at", columns.Instant(), nullable=False),
        sa.Column("reminded_at", columns.Instant(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=True),
        sa.Column("by_person_id", columns.Id(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    op.create_index(op.f("ix_poll_organisation_id"), "poll", ["organisation_id"])
    op.create_index("ix_poll_state_closes_at", "poll", ["state", "closes_at"])
    op.create_table(
        "poll_date",
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("poll_id", columns.Id(), nullable=False),
        sa.Column("starts_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_poll_date_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_date_poll_id_poll"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_poll_date")),
    )
    op.create_index("ix_poll_date_poll_id", "poll_date", ["poll_id"])


def _answers() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=True),
        sa.Column("poll_id", columns.Id(), nullable=True),
        sa.Column("organisation_id", columns.Id(), nullable=True),
        sa.Column("person_id", columns.Id(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mail", sa.String(length=320), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("until_at", columns.Instant(), nullable=False),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_invitation_event_id_event"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_invitation_poll_id_poll"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    for column in ("event_id", "poll_id", "until_at", "person_id"):
        op.create_index(f"ix_invitation_{column}", "invitation", [column])
    op.create_table(
        "poll_link",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("poll_id", columns.Id(), nullable=False),
        sa.Column("invitation_id", columns.Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_poll_link_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_link_poll_id_poll"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_poll_link")),
    )
    for column in ("poll_id", "invitation_id"):
        op.create_index(f"ix_poll_link_{column}", "poll_link", [column])
    op.create_table(
        "poll_vote",
        sa.Column("invitation_id", columns.Id(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name=op.f("fk_poll_vote_invitation_id_invitation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["poll_date.event_id"], name=op.f("fk_poll_vote_event_id_poll_date"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("invitation_id", "event_id", name=op.f("pk_poll_vote")),
    )
    op.create_index("ix_poll_vote_event_id", "poll_vote", ["event_id"])
