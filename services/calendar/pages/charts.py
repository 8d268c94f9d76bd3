"""Charts as numbers: where the bars of two periods lie, for the SVG that templates draw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, LABEL, ROW, BAR = 440, 165, 54, 20
ROOM = WIDTH - LABEL - 50
"""The longest bar, so that its number has room beside it."""


@dataclass(frozen=True)
class Bar:
    """One bar: its place, its length and what it stands for."""

    y: int
    width: int
    value: int
    is_then: bool


@dataclass(frozen=True)
class Group:
    """The bars of one thing, with its name."""

    label: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """A bar chart; `with_then` where a second period is drawn."""

    groups: tuple[Group, ...]
    height: int
    with_then: bool
    width: int = WIDTH
    label: int = LABEL
    bar: int = BAR


def bar_chart(names: Sequence[tuple[str, str]], now: Mapping[str, int], then: Mapping[str, int] | None) -> Chart:
    """Lay out one group for each (code, name), each with a bar for one period or two on one scale."""
    most = max([1, *now.values(), *(then or {}).values()])
    groups = []
    for number, (code, name) in enumerate(names):
        top = number * ROW
        values = [(now.get(code, 0), False)] + ([(then.get(code, 0), True)] if then is not None else [])
        bars = tuple(
            Bar(top + 2 + place * (BAR + 2), round(ROOM * value / most), value, is_then)
            for place, (value, is_then) in enumerate(values)
        )
        groups.append(Group(name, top + 2 + (len(values) * (BAR + 2)) // 2 + 4, bars))
    return Chart(tuple(groups), max(1, len(groups)) * ROW, then is not None)
