"""Conflicts of resources: where more is borrowed than there is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.calendar.domain.claims import Dated, Party, merged
from services.calendar.domain.conflicts.findings import (
    Finding,
    Hit,
    Known,
    dates_of,
    grouped,
    standing,
)
from services.calendar.domain.conflicts.rules import Severity
from services.calendar.domain.conflicts.sums import exceeding, peak
from shared.messages import Reason


def resource_conflicts(party: Party, dates: Sequence[Dated], hits: Iterable[Hit], known: Known) -> Iterator[Finding]:
    """Find where what overlapping events borrow is more, in sum, than there is; only hard claims block."""
    by_key = grouped(hits, lambda hit: hit.key)
    for key, wanted in party.borrowed:
        stock = known.stocks.get(key)
        if stock is None:
            continue
        values = {"resource": stock.name, "available": stock.quantity, "one": party.title}
        if wanted > stock.quantity:
            met = standing(dates)
            spans = merged((dated.start, dated.end) for dated in met)
            blocks = not party.tentative and not known.is_agreed(key, party.id)
            severity: Severity = "blocking" if blocks else "warning"
            reason = Reason(code="resource_short", values={**values, "wanted": wanted})
            if spans:
                yield Finding("resource", key, None, severity, reason, tuple(spans), may_block=blocks, dates=len(met))
        yield from _short_with_others(party, key, wanted, stock.quantity, by_key.get(key, []), known, values)


def _short_with_others(
    party: Party,
    key: str,
    wanted: int,
    available: int,
    hits: Sequence[Hit],
    known: Known,
    values: Mapping[str, object],
) -> Iterator[Finding]:
    hard = [hit for hit in hits if hit.other_hard]
    for other_id, pair in grouped(hits, lambda hit: hit.other_id).items():
        over = {hit: there for hit in pair for there in [exceeding(hit, hits, wanted, available)] if there}
        if not over:
            continue
        short = list(over)
        is_meant = not party.tentative and any(hit.other_hard and peak(hit, hard, wanted) > available for hit in short)
        blocks = is_meant and not known.is_agreed(key, party.id, other_id)
        total = max(peak(hit, hits, wanted) for hit in short)
        reason = Reason(
            code="resource_short", values={**values, "wanted": total, "other": known.parties[other_id].title}
        )
        mine, theirs = dates_of(short)
        spans = tuple(merged(span for there in over.values() for span in there))
        yield Finding(
            "resource", key, other_id, "blocking" if blocks else "warning", reason, spans, may_block=blocks,
            dates=mine, other_dates=theirs,
        )  # fmt: skip
