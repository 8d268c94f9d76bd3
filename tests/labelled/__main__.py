"""Judges the calendar by a labelled year and prints what it is worth: `make judge`, `YEAR=folder` for another year."""

import sys
import tempfile
from pathlib import Path

from tests.labelled import figures
from tests.labelled.figures import Score, score
from tests.labelled.living import Lived, live
from tests.labelled.year import AZORY, Year, read

KINDS = ("venue", "resource", "people", "audience", "municipal", "calendar")
PARTS = ("tuned", "held", "after")


def main() -> None:
    """Live through the year, and print."""
    year = read(Path(sys.argv[1]) if len(sys.argv) > 1 else AZORY)
    with tempfile.TemporaryDirectory() as folder:
        lived, calendar = live(year, Path(folder))
        seen = figures.sights(calendar, year)
        calendar.dispose()
    print(f"{len(year.events)} events, {len(year.organisations)} organisations, {len(year.pairs)} judgements")
    print(f"refused at save: {', '.join(lived.refused)}\n")
    for part in (*PARTS, None):
        _print_scores(year, lived, part)
    _print_alerts(year, lived)
    _print_opportunities(lived)
    print("\nWhat each rule of opportunities adds")
    for words, found in figures.without_each(seen, lived, year.pairs).items():
        _line(words, found)
    _print_mistakes(year, lived)


def _print_scores(year: Year, lived: Lived, part: str | None) -> None:
    pairs = [pair for pair in year.pairs if part in (None, pair.part)]
    print(f"Judgements: {part or 'all'} ({len(pairs)})")
    for kind in KINDS:
        _line(f"{kind}, warning or blocking", score(lived.said, pairs, kind, ["warning", "blocking"]))
    _line("blocking", score(lived.said, pairs, None, ["blocking"]))
    _line("warnings", score(lived.said, pairs, None, ["warning"]))
    _line("opportunities", score(lived.said, pairs, "opportunity", ["useful"]))
    print()


def _line(words: str, found: Score) -> None:
    counts = f"{found.right} right, {found.wrong} wrong, {found.missed} missed, {found.unjudged} unjudged"
    print(f"  {words:32} precision {found.precision:.2f}  recall {found.recall:.2f}  ({counts})")


def _print_alerts(year: Year, lived: Lived) -> None:
    print("Alerts a coordinator and week")
    for words, left_out in (("as they are", None), *((f"without {kind}", kind) for kind in (*KINDS, "opportunity"))):
        told = figures.a_week(year, lived, left_out)
        busy = [count for count in told if count]
        mean = sum(told) / len(told)
        over = sum(count > figures.BUDGET for count in told)
        print(
            f"  {words:32} mean {mean:.2f}, p95 {figures.share(told, 0.95)}, max {told[-1]};"
            f" of the {len(busy)} weeks with any: p95 {figures.share(busy or [0], 0.95)}; {over} above {figures.BUDGET}"
        )


def _print_opportunities(lived: Lived) -> None:
    each = figures.opportunities_each(lived)
    mean = sum(each.values()) / max(1, len(lived.names))
    print(f"\nOpportunities an event: mean {mean:.2f}, most {max(each.values(), default=0)}")


def _print_mistakes(year: Year, lived: Lived) -> None:
    print("\nWhere person and calendar differ")
    heard = figures.loudest(lived.said)
    for pair in year.pairs:
        found = heard.get((pair.question, pair.names), "no")
        if (found in figures.LOUD, found == "blocking") != (
            pair.judgement in figures.LOUD,
            pair.judgement == "blocking",
        ):
            print(
                f"  {pair.part:6} {pair.question}: {pair.one}, {pair.other}: {found}, not {pair.judgement}: {pair.why}"
            )


if __name__ == "__main__":
    main()
