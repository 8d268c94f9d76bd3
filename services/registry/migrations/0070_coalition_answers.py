"""Each organisation answers for itself when a coalition is suggested."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0070"
down_revision: str | None = "0060"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    answers = op.create_table(
        "coalition_answer",
        _to("initiative_suggestion", "suggestion_id"),
        _to("organisation", "organisation_id"),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
    )
    op.create_index("ix_coalition_answer_organisation_id", "coalition_answer", ["organisation_id"])
    suggestions = sa.table(
        "initiative_suggestion",
        sa.column("id", Id()),
        sa.column("state", sa.String()),
        sa.column("because", sa.Text()),
        sa.column("created_at", Instant()),
        sa.column("organisation_ids", sa.JSON()),
        sa.column("declined_ids", sa.JSON()),
    )
    rows = [answer for row in op.get_bind().execute(sa.select(suggestions)) for answer in _answers(row)]
    if rows:
        op.bulk_insert(answers, rows)
    op.drop_column("initiative_suggestion", "declined_ids")
    op.drop_column("initiative_suggestion", "because")


def _to(table: str, name: str) -> sa.Column[Any]:
    key = f"fk_coalition_answer_{name}_{table}"
    return sa.Column(name, Id(), sa.ForeignKey(f"{table}.id", name=key), primary_key=True)


def _answers(row: Any) -> list[dict[str, Any]]:
    """Give what is known of who answered: all were in what was formed; of those who declined the last said why."""
    yes = row.organisation_ids if row.state == "accepted" else []
    said = [(one, "accepted", "") for one in yes]
    said += [(one, "declined", row.because if one == row.declined_ids[-1] else "") for one in row.declined_ids]
    names = ("organisation_id", "answer", "because")
    about = {"suggestion_id": row.id, "answered_at": row.created_at}
    return [{**about, **dict(zip(names, one, strict=True))} for one in said]
