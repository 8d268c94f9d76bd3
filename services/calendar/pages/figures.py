"""Indicators in words: a figure, what it is counted of, and its change, as one reads them in a table."""

from dataclasses import dataclass

from babel.numbers import format_currency, format_decimal

from services.calendar.domain.indicators.comparison import Line, Stated
from services.calendar.domain.indicators.definitions import DEFINITIONS, Definition
from services.calendar.domain.indicators.rows import Figure
from shared.i18n import LOCALES, language, plural, say

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Words:
    """One figure: the number itself, and beside it what it is counted of and what is missing."""

    value: str
    beside: str
    origin: str


@dataclass(frozen=True)
class Row:
    """One line of the table of indicators."""

    code: str
    name: str
    definition: str
    now: Words
    then: Words | None
    change: str


def row_of(line: Line) -> Row:
    """Say one line."""
    definition = DEFINITIONS[line.code]
    return Row(
        code=line.code,
        name=say(definition.name),
        definition=say(definition.sentence),
        now=words_of(line.now, definition),
        then=words_of(line.then, definition) if line.then else None,
        change=change_words(line.change, definition) if line.then else "",
    )


def words_of(stated: Stated, definition: Definition) -> Words:
    """Say one figure."""
    origin = say("entered: {source}", source=stated.note) if stated.origin == "baseline" else ""
    return Words(_value(stated.figure, definition), _beside(stated.figure, definition), origin)


def change_words(change: float | None, definition: Definition) -> str:
    """Say a change with its sign; a dash where there is none to be told."""
    if change is None:
        return "–"
    if definition.shape == "share":
        return say("{points} pct. points", points=signed(round(change * 100)))
    return signed(change, 1 if definition.shape == "mean" else 0)


def number(value: float, digits: int = 0) -> str:
    """Write a number as the reader's language does."""
    places = f".{'0' * digits}" if digits else ""
    return str(format_decimal(round(value, digits), format=f"#,##0{places}", locale=LOCALES[language.get()]))


def signed(value: float, digits: int = 0) -> str:
    """Write a number with its sign; what rounds to nothing has none."""
    rounded = round(value, digits)
    return {True: "+", False: ""}[rounded > 0] + number(rounded, digits).replace("-", MINUS)


def _value(figure: Figure, definition: Definition) -> str:
    if figure.hidden:
        return say("not shown")
    if figure.value is None:
        return "–"
    if definition.unit == "złoty":
        return str(format_currency(figure.value, "PLN", locale=LOCALES[language.get()]))
    if definition.shape == "mean":
        return say("{mean} of 5", mean=number(figure.value, 1))
    if definition.shape != "share":
        return number(figure.value)
    if figure.share is None:
        return "–"
    return say("{value} of {of}", value=number(figure.value), of=number(figure.of or 0))


def _beside(figure: Figure, definition: Definition) -> str:
    parts = []
    if figure.share is not None and definition.shape == "share":
        parts.append(f"{number(figure.share * 100)}%" + (f", {say('hours')}" if definition.unit == "hours" else ""))
    elif definition.shape == "share":
        parts.append(say("there was nothing to count"))
    if definition.shape == "mean" and figure.of:
        parts.append(plural("{n} answer", "{n} answers", int(figure.of)))
    if definition.shape == "sum" and figure.of:
        parts.append(plural("from {n} event", "from {n} events", int(figure.of)))
    if figure.missing:
        parts.append(plural("{n} event did not report", "{n} events did not report", figure.missing))
    return "; ".join(parts)
