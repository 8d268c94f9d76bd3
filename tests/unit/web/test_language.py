"""What people read: words for dates, three Polish plurals, and a Polish text for every English source."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from shared import i18n
from shared.problems import Problem
from shared.web.faults import EMPTY, SENTENCES

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = sorted(ROOT.glob("s*/**/locale/pl/LC_MESSAGES/messages.po"))
POLISH = i18n.translations("pl")


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


def said_by_problems() -> Iterator[str]:
    """Give what every refusal of `shared` says."""
    import shared.web  # noqa: F401 — so that every refusal of the doors is known

    waiting: list[type[Problem]] = [Problem]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("shared."):
            yield kind.title
            yield kind.detail


def said_by_calls(folder: Path) -> Iterator[str]:
    """Give every English source in a call of `say` or `plural` below a folder."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                "say",
                "plural",
            ):
                yield from (
                    one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )


def test_every_refusal_and_fault_is_said_in_polish():
    sources = {*said_by_problems(), *SENTENCES.values(), EMPTY, *said_by_calls(ROOT / "shared")} - {""}
    missing = {
        source for source in sources if POLISH.gettext(source) == source and POLISH.ngettext(source, "", 1) == source
    }
    assert missing == set()
