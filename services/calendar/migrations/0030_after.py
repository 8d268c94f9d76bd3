"""What a meeting leaves behind: tasks, published minutes, what decisions are about, and words to find them by."""

import sqlalchemy as sa
from alembic import op

from services.calendar.domain.words import folded
from shared import columns

revision: str = "0030"
down_revision: str | None = "0021"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    _tasks()
    _minutes()
    _links()
    op.add_column("decision", sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    decision = sa.table("decision", sa.column("id"), sa.column("text"), sa.column("search_text"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(decision.c.id, decision.c.text)).all():
        found = decision.c.id == row.id
        connection.execute(sa.update(decision).where(found).values(search_text=folded(row.text)))
    op.create_index("ix_decision_owner_id", "decision", ["owner_id"])


def _tasks() -> None:
    op.create_table(
        "meeting_task",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("item_id", columns.Id(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", columns.Id(), nullable=True),
        sa.Column("owner_person_id", columns.Id(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", columns.Instant(), nullable=True),
        sa.Column("done_by_id", columns.Id(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.Column("soon_told_at", columns.Instant(), nullable=True),
        sa.Column("overdue_told_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_meeting_task_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_task")),
    )
    for column in ("event_id", "owner_id", "owner_person_id", "due_on"):
        op.create_index(f"ix_meeting_task_{column}", "meeting_task", [column])


def _minutes() -> None:
    op.create_table(
        "minutes_version",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_at", columns.Instant(), nullable=False),
        sa.Column("by_person_id", columns.Id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_minutes_version_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_version")),
        sa.UniqueConstraint("event_id", "version", name=op.f("uq_minutes_version_event_id_version")),
    )


def _links() -> None:
    op.create_table(
        "decision_link",
        sa.Column("decision_id", columns.Id(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("target_id", columns.Id(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_link_decision_id_decision"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", "kind", "target_id", name=op.f("pk_decision_link")),
    )
    op.create_index("ix_decision_link_target_id", "decision_link", ["target_id"])
