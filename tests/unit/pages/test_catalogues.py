"""Every text that people read is said in Polish too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parents[3]
POLISH = [*sorted(ROOT.glob("services/*/locale")), ROOT / "shared" / "locale"]
TEMPLATES = [*sorted(ROOT.glob("services/*/templates/*.html")), *sorted(ROOT.glob("shared/pages/templates/*.html"))]
MODULES = [
    path
    for folder in ("services", "shared")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]


def in_template(path: Path) -> Iterator[str]:
    jinja = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True)
    for _, _, texts in extract_from_ast(jinja.parse(path.read_text())):
        first = texts[0] if isinstance(texts, tuple) else texts
        if first:
            yield first


def in_module(path: Path) -> Iterator[str]:
    """Give what a module says, what its checks refuse, and the words of its tables."""
    saying = {
        "say",
        "plural",
        "Note",
        "note",
        *(["ValueError"] if "schemas" in path.parts or path.name == "schemas.py" else []),
    }
    for node in ast.walk(ast.parse(path.read_text())):
        texts: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in saying:
            texts = node.args[:1]
        elif isinstance(node, ast.Assign) and "Note" in path.read_text() and "registry" in path.parts:
            texts = [node.value] if getattr(node.targets[0], "id", "") in ("fault", "text") else []
        elif isinstance(node, ast.Dict) and path.parts[-2:] == ("pages", "words.py"):
            texts = node.values
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                yield text.value


def known_to(path: Path) -> set[str]:
    """Name the texts that are said in Polish where this file runs: its service has its own catalogue and the shared."""
    own = ROOT / Path(*path.relative_to(ROOT).parts[:2]) / "locale"
    return {text for folder in {own, ROOT / "shared" / "locale"} if folder.is_dir() for text in in_catalogue(folder)}


def in_catalogue(folder: Path) -> Iterator[str]:
    with (folder / "pl" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        for message in read_po(file, locale="pl"):
            if message.id and message.string:
                yield message.id if isinstance(message.id, str) else message.id[0]


@pytest.fixture(scope="module")
def polish() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for folder in POLISH:
        with (folder / "pl" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale="pl"):
                if message.id:
                    assert not message.fuzzy, message.id
                    one = message.id if isinstance(message.id, str) else message.id[0]
                    said = message.string
                    known[one] = (said,) if isinstance(said, str) else tuple(form or "" for form in said or ("",))
    return known


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_every_text_of_a_template_is_said_in_polish(path: Path, polish: dict[str, tuple[str, ...]]) -> None:
    assert [text for text in in_template(path) if not all(polish.get(text, ("",)))] == []


def test_every_text_of_a_module_is_said_in_polish(polish: dict[str, tuple[str, ...]]) -> None:
    texts = [(path.name, text) for path in MODULES for text in in_module(path)]
    assert len(texts) > 50
    assert [pair for pair in texts if not all(polish.get(pair[1], ("",)))] == []


def test_every_service_says_all_of_its_texts_without_the_others() -> None:
    by_file = [(path, in_template(path)) for path in TEMPLATES] + [(path, in_module(path)) for path in MODULES]
    unknown = [(str(path.relative_to(ROOT)), text) for path, texts in by_file for text in set(texts) - known_to(path)]
    assert unknown == []


def test_every_counted_text_has_the_three_polish_forms(polish: dict[str, tuple[str, ...]]) -> None:
    counted = [forms for forms in polish.values() if len(forms) > 1]
    assert len(counted) > 10
    assert all(len(forms) == 3 and all(forms) for forms in counted)


def test_a_text_in_two_catalogues_is_said_the_same_way() -> None:
    said: dict[str, set[str]] = {}
    for folder in POLISH:
        with (folder / "pl" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale="pl"):
                if isinstance(message.id, str) and message.id:
                    said.setdefault(message.id, set()).add(str(message.string))
    assert {text: words for text, words in said.items() if len(words) > 1} == {}
