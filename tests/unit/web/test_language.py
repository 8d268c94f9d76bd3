"""What people read: words for dates, three Polish plurals, and a Polish text for every English source."""

import ast
import importlib
from collections.abc import Callable, Container, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from shared import i18n
from shared.problems import Problem
from shared.web.faults import EMPTY, SENTENCES

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = sorted(ROOT.glob("s*/**/locale/pl/LC_MESSAGES/messages.po"))
POLISH = i18n.translations("pl")
TRANSLATED: Container[object] = POLISH._catalog  # type: ignore[attr-defined]  # gettext has no public way to ask


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tongue", "start", "end", "all_day", "words"),
    [
        ("pl", at(26, 13), at(26, 15), False, "czwartek, 26 listopada 2026, 14:00–16:00"),
        ("en", at(26, 13), at(26, 15), False, "Thursday, 26 November 2026, 14:00–16:00"),
        ("pl", at(26, 21), at(27, 1), False, "czwartek, 26 listopada 2026, 22:00 – piątek, 27 listopada 2026, 02:00"),
        ("pl", at(25, 23), at(26, 23), True, "czwartek, 26 listopada 2026"),
        ("en", at(25, 23), at(27, 23), True, "Thursday, 26 November 2026 – Friday, 27 November 2026"),
        ("pl", at(24, 22, month=10), at(25, 23, month=10), True, "niedziela, 25 października 2026"),
        ("pl", at(25, 0, month=10), at(25, 1, month=10), False, "niedziela, 25 października 2026, 02:00–02:00"),
        ("pl", at(26, 13), at(26, 13), True, "czwartek, 26 listopada 2026"),
    ],
)
def test_when_is_said_in_words(tongue: str, start: datetime, end: datetime, all_day: bool, words: str):
    assert i18n.when_in(tongue, start, end, "Europe/Warsaw", all_day) == words


def test_the_running_language_is_that_of_the_request():
    assert i18n.say("Sign in first") == "Najpierw się zaloguj"
    token = i18n.language.set("en")
    try:
        assert i18n.say("Sign in first") == "Sign in first"
    finally:
        i18n.language.reset(token)


def test_values_are_filled_in_after_translation():
    assert i18n.say_in("pl", "This may be at most {le}", le=5) == "Tu może być najwyżej 5"
    assert i18n.say_in("en", "A {brace} stays when there is nothing to fill in") == (
        "A {brace} stays when there is nothing to fill in"
    )


def test_nothing_is_said_for_nothing():
    assert i18n.say_in("pl", "") == ""


@pytest.mark.parametrize(
    ("number", "form"), [(1, 0), (2, 1), (4, 1), (5, 2), (12, 2), (14, 2), (22, 1), (0, 2), (112, 2)]
)
def test_polish_has_three_plural_forms(number: int, form: int):
    assert POLISH.plural(number) == form  # type: ignore[attr-defined]  # gettext sets it from the catalogue's header


def test_english_counts_in_two_forms():
    assert [i18n.plural_in("en", "{n} event", "{n} events", n) for n in (1, 2)] == ["1 event", "2 events"]


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.relative_to(ROOT).parts[1])
def test_no_catalogue_has_fuzzy_or_empty_entries(file: Path):
    with file.open("rb") as source:
        catalogue = read_po(source, locale="pl", abort_invalid=True)
    for message in catalogue:
        if message.id:
            assert not message.fuzzy, message.id
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(forms), message.id
            assert len(forms) == (3 if isinstance(message.id, tuple) else 1), message.id
            assert list(message.check(catalogue)) == [], message.id


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.relative_to(ROOT).parts[1])
def test_the_values_of_a_text_are_the_same_in_polish(file: Path):
    from string import Formatter

    with file.open("rb") as source:
        for message in read_po(source, locale="pl"):
            if message.id and isinstance(message.id, str) and "{" in message.id:
                wanted, given = (
                    {name for _, name, _, _ in Formatter().parse(text) if name}
                    for text in (str(message.id), str(message.string))
                )
                assert wanted == given, message.id


PLACES_OF_TEXTS = {"say": 0, "plural": 0, "say_in": 1, "plural_in": 1}
"""Which argument of each function is the English source."""


def said_by_problems() -> Iterator[str]:
    """Give what every refusal says."""
    for file in [*ROOT.glob("services/*/problems.py"), ROOT / "shared" / "web" / "__init__.py"]:
        importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    waiting: list[type[Problem]] = [Problem]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.split(".")[0] in ("shared", "services"):
            yield kind.title
            yield kind.detail


def said_by_calls() -> Iterator[str]:
    """Give every English source in a call of `say` and its like."""
    for file in [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                place = PLACES_OF_TEXTS.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
                if place is not None and len(node.args) > place:
                    text = node.args[place]
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield text.value


def said_by_templates() -> Iterator[str]:
    """Give every English source in a template."""
    for file in [*ROOT.glob("shared/pages/templates/**/*.*"), *ROOT.glob("services/*/templates/**/*.*")]:
        with file.open("rb") as source:
            options = {
                "trimmed": "yes",
                "silent": "no",
                "trim_blocks": "yes",
                "lstrip_blocks": "yes",
                "extensions": "jinja2.ext.do",
            }
            for _, _, text, _ in babel_extract(source, ["_", "gettext", "ngettext"], [], options):
                found = text[0] if isinstance(text, tuple) else text
                if isinstance(found, str):
                    yield found


def has_polish(source: str) -> bool:
    """Say whether there is an entry; a few words are the same in both languages."""
    return source in TRANSLATED or (source, 0) in TRANSLATED


@pytest.mark.parametrize("said", [said_by_problems, said_by_calls, said_by_templates])
def test_everything_that_people_read_is_said_in_polish(said: Callable[[], Iterator[str]]):
    assert {source for source in said() if source and not has_polish(source)} == set()


def test_every_fault_is_said_in_polish():
    assert {source for source in (*SENTENCES.values(), EMPTY) if not has_polish(source)} == set()
