"""The agenda of a meeting becomes items, each with minutes of its own; decisions belong to one, and have a state."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared import columns
from shared.identifiers import new_id

revision: str = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    _items()
    op.add_column("decision", sa.Column("item_id", columns.Id(), nullable=True))
    op.add_column("decision", sa.Column("state", sa.String(length=10), nullable=False, server_default="agreed"))
    op.add_column("meeting", sa.Column("attendance_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meeting", sa.Column("guests", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meeting", sa.Column("minutes_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meeting", sa.Column("minutes_changed_at", columns.Instant(), nullable=True))
    op.add_column("meeting", sa.Column("minutes_by_id", columns.Id(), nullable=True))
    op.add_column("meeting", sa.Column("minutes_for_id", columns.Id(), nullable=True))
    _take_over()
    with op.batch_alter_table("meeting") as table:
        table.drop_column("agenda")


def _items() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("id", columns.Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", columns.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", columns.Id(), nullable=True),
        sa.Column("proposed_for_id", columns.Id(), nullable=True),
        sa.Column("owner_id", columns.Id(), nullable=True),
        sa.Column("owner_person_id", columns.Id(), nullable=True),
        sa.Column("minutes_planned", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("about_kind", sa.String(length=10), nullable=True),
        sa.Column("about_id", columns.Id(), nullable=True),
        sa.Column("about_title", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_version", sa.Integer(), nullable=False),
        sa.Column("minutes_changed_at", columns.Instant(), nullable=True),
        sa.Column("minutes_by_id", columns.Id(), nullable=True),
        sa.Column("minutes_for_id", columns.Id(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_agenda_item_event_id_event"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    op.create_index("ix_agenda_item_event_id", "agenda_item", ["event_id"])
    op.create_index("ix_agenda_item_about_id", "agenda_item", ["about_id"])


def _take_over() -> None:
    """Make an accepted item of each line of an agenda; what was written stays as the meeting's general minutes."""
    connection = op.get_bind()
    meeting = sa.table(
        "meeting",
        sa.column("event_id", columns.Id()),
        sa.column("agenda", sa.JSON()),
        sa.column("minutes", sa.Text()),
        sa.column("minutes_version", sa.Integer()),
        sa.column("minutes_changed_at", columns.Instant()),
        sa.column("changed_at", columns.Instant()),
    )
    written = meeting.update().where(meeting.c.minutes != "")
    connection.execute(written.values(minutes_version=1, minutes_changed_at=meeting.c.changed_at))
    plain = ("version", "position", "title", "description", "state", "about_title", "minutes", "minutes_version")
    item = sa.table(
        "agenda_item",
        *(sa.column(name, columns.Id()) for name in ("id", "event_id")),
        *(sa.column(name) for name in plain),
        sa.column("created_at", columns.Instant()),
    )
    for row in connection.execute(sa.select(meeting.c.event_id, meeting.c.agenda, meeting.c.changed_at)).all():
        rows = [_item_of(row.event_id, number, line, row.changed_at) for number, line in enumerate(row.agenda, 1)]
        if rows:
            connection.execute(item.insert(), rows)


def _item_of(event_id: str, position: int, line: str, at: datetime) -> dict[str, Any]:
    """Say a line as an item; a line that is longer than a title is kept whole in the description."""
    return {
        "id": new_id(),
        "version": 1,
        "event_id": event_id,
        "position": position,
        "title": line[:300],
        "description": line if len(line) > 300 else "",
        "state": "accepted",
        "about_title": "",
        "minutes": "",
        "minutes_version": 0,
        "created_at": at,
    }
