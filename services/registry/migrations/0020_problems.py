"""Problems say who is affected and how one knows, are supported, move on and are named by residents."""

import sqlalchemy as sa
from alembic import op

from shared.columns import Id, Instant

revision: str = "0020"
down_revision: str | None = "0016"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for column in (
        sa.Column("address", sa.String(300), nullable=False, server_default=""),
        sa.Column("affected", sa.Text(), nullable=False, server_default=""),
        sa.Column("affected_number", sa.Integer(), nullable=True),
        sa.Column("audiences", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("themes", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("evidence", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("status", sa.String(20), nullable=False, server_default="named"),
        sa.Column("resident_supports", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("problem", column)
    op.create_index("ix_problem_status", "problem", ["status"])
    _parts()
    _waiting()


def _parts() -> None:
    op.create_table(
        "problem_support",
        _of_problem("problem_support", primary_key=True),
        sa.Column(
            "organisation_id",
            Id(),
            sa.ForeignKey("organisation.id", name="fk_problem_support_organisation_id_organisation"),
            primary_key=True,
        ),
        sa.Column("since_at", Instant(), nullable=False),
    )
    op.create_index("ix_problem_support_organisation_id", "problem_support", ["organisation_id"])
    op.create_table(
        "problem_stage",
        _of_problem("problem_stage", primary_key=True),
        sa.Column("stage", sa.String(20), primary_key=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("event_id", Id(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
    )
    op.create_table(
        "problem_status",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
        _of_problem("problem_status", primary_key=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    op.create_index("ix_problem_status_problem_id", "problem_status", ["problem_id"])
    op.execute(
        "INSERT INTO problem_status (problem_id, version, status, because, at) "
        "SELECT id, 1, 'named', '', created_at FROM problem"
    )


def _waiting() -> None:
    op.create_table(
        "waiting_problem",
        sa.Column("id", Id(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column(
            "problem_id",
            Id(),
            sa.ForeignKey("problem.id", name="fk_waiting_problem_problem_id_problem"),
            nullable=True,
        ),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.UniqueConstraint("secret_hash", name="uq_waiting_problem_secret_hash"),
    )
    op.create_index("ix_waiting_problem_state", "waiting_problem", ["state"])
    op.create_table(
        "resident_deed",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
    )
    op.create_index("ix_resident_deed_done_on", "resident_deed", ["done_on"])


def _of_problem(table: str, *, primary_key: bool) -> sa.Column[str]:
    key = sa.ForeignKey("problem.id", name=f"fk_{table}_problem_id_problem")
    return sa.Column("problem_id", Id(), key, primary_key=primary_key, nullable=False)
