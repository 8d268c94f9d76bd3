"""Numbers that an operator watches: counters, gauges and histograms, written in Prometheus' text form 0.0.4."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0)
"""Upper bounds for what takes from a millisecond to minutes."""

Labels = Mapping[str, str]


class Histogram:
    """How often something took how long; cheap to add to, and only in the event loop."""

    def __init__(self, bounds: tuple[float, ...] = SECONDS) -> None:
        """Take the upper bounds of the buckets, rising, without the last one (infinity)."""
        self.bounds = bounds
        self.sum = 0.0
        self._buckets = [0] * (len(bounds) + 1)

    def observe(self, seconds: float) -> None:
        """Add one; a clock that went backwards counts as no time."""
        seconds = max(seconds, 0.0)
        self._buckets[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds

    @property
    def count(self) -> int:
        """Say how many there were."""
        return sum(self._buckets)

    def samples(self) -> Iterator[tuple[str, Labels, float]]:
        """Give suffix, labels and value of each line: for each bound, how many took so long at most."""
        for bound, number in zip((*self.bounds, "+Inf"), accumulate(self._buckets), strict=True):
            yield "_bucket", {"le": str(bound)}, number
        yield "_sum", {}, self.sum
        yield "_count", {}, self.count


@dataclass(frozen=True)
class Number:
    """One number, or several told apart by labels; the name of what only grows (a counter) ends in `_total`."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    value: float | Histogram | Iterable[tuple[Labels, float | Histogram]]

    def samples(self) -> Iterator[tuple[str, Labels, float]]:
        """Give suffix, labels and value of each line."""
        values = [({}, self.value)] if isinstance(self.value, int | float | Histogram) else self.value
        for labels, value in values:
            if isinstance(value, Histogram):
                for suffix, bound, number in value.samples():
                    yield suffix, {**labels, **bound}, number
            else:
                yield "", labels, value


def exposition(numbers: Iterable[Number], **labels: str) -> str:
    """Write all of them, every line with these labels too; each name may come once only."""
    lines = []
    for number in numbers:
        lines += [f"# HELP {number.name} {number.help}", f"# TYPE {number.name} {number.kind}"]
        for suffix, own, value in number.samples():
            said = ",".join(f'{name}="{_escaped(text)}"' for name, text in {**labels, **own}.items())
            lines.append(f"{number.name}{suffix}{{{said}}} {_written(value)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _written(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.6f}"
