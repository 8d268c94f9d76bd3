"""Organisations name themes by the codes of the taxonomy; a word that is not in it becomes a theme of its own."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.registry.domain.words import folded
from shared import columns
from shared.identifiers import new_id

revision: str = "0010"
down_revision: str | None = "0005"

theme = sa.table(
    "theme",
    sa.column("code", sa.String),
    sa.column("parent_code", sa.String),
    sa.column("name_pl", sa.String),
    sa.column("name_en", sa.String),
    sa.column("synonyms", sa.JSON),
    sa.column("version", sa.Integer),
    sa.column("retired", sa.Boolean),
    sa.column("id", columns.Id),
    sa.column("is_told", sa.Boolean),
)
organisation = sa.table(
    "organisation",
    sa.column("id", columns.Id),
    sa.column("version", sa.Integer),
    sa.column("themes", sa.JSON),
    sa.column("is_told", sa.Boolean),
)


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
    op.add_column("theme", sa.Column("id", columns.Id(), nullable=True))
    op.add_column("theme", sa.Column("is_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("organisation", sa.Column("is_told", sa.Boolean(), nullable=False, server_default=sa.true()))
    bind = op.get_bind()
    for code in bind.scalars(sa.select(theme.c.code)).all():
        bind.execute(sa.update(theme).where(theme.c.code == code).values(id=new_id()))
    op.create_index("ix_theme_id", "theme", ["id"], unique=True)
    _name_by_codes(bind)


def _name_by_codes(bind: sa.Connection) -> None:
    """Put codes where organisations have words; whose themes change thereby is told when the service starts."""
    codes = _codes_by_word(bind)
    rows = bind.execute(sa.select(organisation.c.id, organisation.c.version, organisation.c.themes)).all()
    for row in rows:
        words = [word for word in row.themes or [] if folded(word)]
        found = list(dict.fromkeys(codes.get(folded(word)) or _new_theme(bind, codes, word) for word in words))
        if found != row.themes:
            changes: dict[str, Any] = {"themes": found, "version": row.version + 1, "is_told": False}
            bind.execute(sa.update(organisation).where(organisation.c.id == row.id).values(changes))


def _codes_by_word(bind: sa.Connection) -> dict[str, str]:
    codes: dict[str, str] = {}
    for row in bind.execute(sa.select(theme)).all():
        for word in (row.code, row.name_pl, row.name_en, *row.synonyms):
            codes.setdefault(folded(word), row.code)
    return codes


def _new_theme(bind: sa.Connection, codes: dict[str, str], word: str) -> str:
    """Make a theme of a word that nobody knows yet, with a code that is free."""
    plain = re.sub("[^a-z0-9]+", "_", folded(word)).strip("_")[:50] or "theme"
    taken = set(codes.values())
    code = next(one for one in (plain, *(f"{plain}_{n}" for n in range(2, 10_000))) if one not in taken | {"new"})
    values: dict[str, Any] = {
        "code": code,
        "parent_code": None,
        "name_pl": word[:100],
        "name_en": word[:100],
        "synonyms": [],
    }
    values |= {"version": 1, "retired": False, "id": new_id(), "is_told": False}
    bind.execute(sa.insert(theme).values(values))
    codes[folded(word)] = code
    return code
