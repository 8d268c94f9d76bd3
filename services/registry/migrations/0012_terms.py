"""Venues and resources say on which terms they are lent, and may be withdrawn; numbers are kept in one form each."""

import sqlalchemy as sa
from alembic import op

from services.registry.domain.phones import normal_phone
from shared import columns

revision: str = "0012"
down_revision: str | None = "0011"


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    for table in ("resource", "venue"):
        op.add_column(table, sa.Column("conditions", sa.Text(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("cost", sa.String(300), nullable=False, server_default=""))
        op.add_column(table, sa.Column("cost_pln", sa.Numeric(10, 2), nullable=True))
        op.add_column(table, sa.Column("cost_per", sa.String(10), nullable=True))
        op.add_column(table, sa.Column("lends_to", sa.String(20), nullable=False, server_default="everyone"))
        op.add_column(table, sa.Column("themes", sa.JSON(), nullable=False, server_default="[]"))
        op.add_column(table, sa.Column("status", sa.String(20), nullable=False, server_default="offered"))
    op.add_column("resource", sa.Column("unit", sa.String(30), nullable=False, server_default=""))
    op.add_column("resource", sa.Column("availability", sa.Text(), nullable=False, server_default=""))
    _write_numbers_alike(op.get_bind())


def _write_numbers_alike(bind: sa.Connection) -> None:
    """Bring telephone numbers to their international form; one that cannot be read stays as it is."""
    contact = sa.table("contact", sa.column("id", columns.Id), sa.column("kind"), sa.column("value", sa.String))
    for row in bind.execute(sa.select(contact.c.id, contact.c.value).where(contact.c.kind == "phone")).all():
        try:
            value = normal_phone(row.value)
        except ValueError:
            continue
        if value != row.value:
            bind.execute(sa.update(contact).where(contact.c.id == row.id).values(value=value))
