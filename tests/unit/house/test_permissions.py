"""The page of permissions says what the functions say, and the commands ask no other ones."""

import ast
from collections.abc import Iterable
from pathlib import Path

from docs.generate_permissions import CASES, MODULES, PAGE, functions_of, page
from shared import people

ROOT = Path(__file__).resolve().parents[3]
SOURCES = [path for path in sorted((ROOT / "services").rglob("*.py")) if "migrations" not in path.parts]


def named(trees: Iterable[ast.AST]) -> set[str]:
    """Name every function that may be asked: of the services, of the common language, and what only finds out whose."""
    known = {name for name in vars(people) if name.startswith(("may_", "is_"))}
    known |= {one.__name__ for module in MODULES.values() for one in functions_of(module)}
    functions = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    return known | {one.name for one in functions if one.name.startswith("may_") and called(one) & known}


def called(tree: ast.AST) -> set[str]:
    """Name the functions that are called in a piece of code."""
    calls = [one.func for one in ast.walk(tree) if isinstance(one, ast.Call)]
    return {getattr(one, "id", getattr(one, "attr", "")) for one in calls}


def asked(tree: ast.AST) -> list[ast.expr]:
    """Give what `must(…)` is asked with."""
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
    return [one.args[0] for one in calls if getattr(one.func, "id", getattr(one.func, "attr", "")) == "must"]


def test_the_page_of_permissions_is_what_the_functions_answer():
    assert PAGE.read_text() == page(), "python -m docs.generate_permissions"


def test_every_function_says_in_one_line_what_it_permits():
    for module in MODULES.values():
        for one in functions_of(module):
            assert (one.__doc__ or "").splitlines()[0].endswith("."), one.__name__
    assert set(CASES) <= {one for module in MODULES.values() for one in functions_of(module)}


def test_commands_ask_only_permissions_that_have_a_name():
    trees = {path: ast.parse(path.read_text()) for path in SOURCES}
    known = named(trees.values())
    questions = [(path, question) for path, tree in trees.items() for question in asked(tree)]
    assert len(questions) > 30
    strange = [f"{path.relative_to(ROOT)}:{one.lineno}" for path, one in questions if not called(one) & known]
    assert not strange, f"name this permission in the service's domain/permissions.py: {strange}"
