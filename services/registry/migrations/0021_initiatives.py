"""Initiatives have roles, money, tasks and an application; coalitions are suggested."""

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0021"
down_revision: str | None = "0020"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for name in ("event_ids", "pledges", "budget", "tasks"):
        op.add_column("initiative", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("initiative", sa.Column("application", sa.JSON(), nullable=True))
    role = sa.Column("role", sa.String(20), nullable=False, server_default="partner")
    op.add_column("initiative_organisation", role)
    op.add_column("initiative_organisation", sa.Column("since_at", Instant(), nullable=True))
    op.execute("UPDATE initiative_organisation SET role = 'lead'")  # there were no roles: all did
    _suggestions()
    _known_events()
    op.create_table(
        "coalition_look",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("about_id", Id(), primary_key=True),
        sa.Column("due_at", Instant(), nullable=False),
    )
    op.create_index("ix_coalition_look_due_at", "coalition_look", ["due_at"])


def _suggestions() -> None:
    op.create_table(
        "initiative_suggestion",
        sa.Column("id", Id(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        _to("problem"),
        sa.Column("organisation_ids", sa.JSON(), nullable=False),
        sa.Column("declined_ids", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        _to("initiative"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.UniqueConstraint("identity", name="uq_initiative_suggestion_identity"),
    )
    op.create_index("ix_initiative_suggestion_state", "initiative_suggestion", ["state"])


def _known_events() -> None:
    op.create_table(
        "known_event",
        sa.Column("id", Id(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
    )
    event = sa.ForeignKey("known_event.id", name="fk_known_event_host_event_id_known_event", ondelete="CASCADE")
    op.create_table(
        "known_event_host",
        sa.Column("event_id", Id(), event, primary_key=True),
        sa.Column("organisation_id", Id(), primary_key=True),
    )
    op.create_index("ix_known_event_host_organisation_id", "known_event_host", ["organisation_id"])


def _to(table: str) -> sa.Column[str]:
    key = sa.ForeignKey(f"{table}.id", name=f"fk_initiative_suggestion_{table}_id_{table}")
    return sa.Column(f"{table}_id", Id(), key, nullable=True)
