"""Migrations since the previous release only expand: the release before this one still works on their schema.

A migration that takes something away says `contracts = "what no longer uses it since which release"`, and is looked at
by somebody: UPGRADING.md says when that may be.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.previous_schema import PREVIOUS

ROOT = Path(__file__).resolve().parents[3]
TAKES_AWAY = re.compile(r"(drop|rename)_(?!index)")
SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|CONSTRAINT)|RENAME|SET\s+NOT\s+NULL|TRUNCATE|DELETE\s+FROM)\b", re.IGNORECASE
)


def since_the_previous_release() -> list[Path]:
    return [
        file
        for service, revision in PREVIOUS.items()
        for file in sorted((ROOT / "services" / service / "migrations").glob("[0-9]*.py"))
        if file.name.partition("_")[0] > revision
    ]


def contractions(source: str) -> list[str]:
    """List what a migration does that an older release cannot bear; nothing where it says that it contracts."""
    tree = ast.parse(source)
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "contracts" for target in targets):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            assert isinstance(node.value, ast.Constant)
            assert len(str(node.value.value)) > 20, "say what no longer uses it, and since when"
            return []
    return list(_contractions(tree))


def _contractions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := SQL.search(node.value)):
            yield found[0]
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = {word.arg: ast.unparse(word.value) for word in node.keywords}
        if TAKES_AWAY.match(node.func.attr):
            yield node.func.attr
        elif node.func.attr == "alter_column" and (given.get("nullable") == "False" or "new_column_name" in given):
            yield "alter_column"
        elif node.func.attr == "add_column":
            for column in [one for one in node.args if isinstance(one, ast.Call)]:
                words = {word.arg: ast.unparse(word.value) for word in column.keywords}
                if words.get("nullable") == "False" and "server_default" not in words:
                    yield f"add_column {ast.unparse(column.args[0])} without a default"


@pytest.mark.parametrize("file", since_the_previous_release(), ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_what_came_since_the_previous_release_only_expands(file: Path):
    assert contractions(file.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_column("meeting", "agenda")',
        'op.drop_table("meeting")',
        'op.rename_table("meeting", "gathering")',
        'table.drop_constraint("uq_meeting")',
        'table.alter_column("agenda", nullable=False)',
        'table.alter_column("agenda", new_column_name="plan")',
        'op.add_column("meeting", sa.Column("guests", sa.Integer(), nullable=False))',
        'op.execute("alter table meeting rename column agenda to plan")',
        'op.execute("DELETE FROM meeting")',
    ],
)
def test_what_takes_something_away_is_found_unless_it_says_so(line: str):
    assert len(contractions(f"def upgrade():\n    {line}")) == 1
    assert contractions(f'contracts = "agenda: not read since 0.1.0"\ndef upgrade():\n    {line}') == []


@pytest.mark.parametrize(
    "line",
    [
        'op.add_column("meeting", sa.Column("guests", sa.Integer(), nullable=False, server_default="0"))',
        'op.add_column("meeting", sa.Column("seen_at", Instant(), nullable=True))',
        'op.create_table("task", sa.Column("id", Id(), nullable=False))',
        'table.alter_column("alert_id", existing_type=Id(), nullable=True)',
        'op.drop_index("ix_place_kind", table_name="place")',
        'op.execute("UPDATE meeting SET guests = 0")',
    ],
)
def test_what_only_expands_is_let_through(line: str):
    assert contractions(f"def upgrade():\n    {line}") == []


def test_every_service_has_a_migration_of_the_previous_release():
    for service, revision in PREVIOUS.items():
        assert list((ROOT / "services" / service / "migrations").glob(f"{revision}_*.py")), service
    assert set(PREVIOUS) == {path.parent.name for path in ROOT.glob("services/*/app.py")}
