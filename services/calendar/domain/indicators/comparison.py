"""Two periods beside each other: what changed, with what each figure is counted of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.calendar.domain.indicators.definitions import DEFINITIONS, Shape
from services.calendar.domain.indicators.reports import Report
from services.calendar.domain.indicators.rows import Figure

Origin = Literal["computed", "frozen", "baseline"]


@dataclass(frozen=True)
class Baseline:
    """A figure that somebody entered for a period, mostly one from before the platform, and where it is from."""

    value: float
    of: float | None
    source_note: str


@dataclass(frozen=True)
class Stated:
    """A figure and how it is known; `note` says where an entered one is from."""

    figure: Figure
    origin: Origin
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One figure of a period, that of the period it is compared with, and the change where there can be one."""

    code: str
    now: Stated
    then: Stated | None = None
    change: float | None = None


def stated(report: Report, baselines: Mapping[str, Baseline], *, is_frozen: bool) -> dict[str, Stated]:
    """Give every figure of a period; an entered one goes before a computed one."""
    origin: Origin = "frozen" if is_frozen else "computed"
    found = {code: Stated(report.figure(code), origin) for code in DEFINITIONS}
    for code, entered in baselines.items():
        found[code] = Stated(Figure(code, entered.value, entered.of), "baseline", entered.source_note)
    return found


def lines(now: Mapping[str, Stated], then: Mapping[str, Stated] | None) -> tuple[Line, ...]:
    """Set the figures of two periods beside each other."""
    return tuple(
        Line(code, now[code], then[code], change(now[code].figure, then[code].figure, definition.shape))
        if then
        else Line(code, now[code])
        for code, definition in DEFINITIONS.items()
    )


def change(now: Figure, then: Figure, shape: Shape) -> float | None:
    """Give the difference: of shares in parts of one, else of values; none where either is kept back or has no n."""
    if now.hidden or then.hidden:
        return None
    if shape == "share":
        return None if now.share is None or then.share is None else round(now.share - then.share, 4)
    return None if now.value is None or then.value is None else round(now.value - then.value, 4)
