"""What events cost, by organisation and by who gives the money."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from services.calendar.domain.indicators.rows import Counted, Figure

COST: Final = (
    "Money in złoty that is written at the events whose first date is in the period. It is the organisation’s"
    " that brings it; where that is not said, it is shared equally between the hosts, to the grosz, so that the sum"
    " over organisations is the sum over funders. Events without a sum are said beside it."
)
GROSZ: Final = Decimal("0.01")


@dataclass(frozen=True)
class CostRow:
    """What one organisation (none: an event without host) had from one funder, for so many of its events."""

    organisation_id: str | None
    source: str
    amount: Decimal
    events: int


@dataclass(frozen=True)
class FunderRow:
    """What one funder gave, for so many events."""

    source: str
    amount: Decimal
    events: int


def cost(rows: Sequence[Counted]) -> Figure:
    """Add up all money, of the events that say any."""
    begun = [row for row in rows if row.begins]
    funded = [row for row in begun if row.funding]
    total = sum((one.amount for row in funded for one in row.funding), Decimal(0))
    return Figure("cost", float(total) if funded else None, len(funded), len(begun) - len(funded))


def by_funder(rows: Sequence[Counted]) -> tuple[FunderRow, ...]:
    """Add up by funder, the largest first."""
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    events: defaultdict[str, set[str]] = defaultdict(set)
    for event_id, _, source, amount in _lines(rows):
        amounts[source] += amount
        events[source].add(event_id)
    ranked = sorted(amounts, key=lambda source: (-amounts[source], source))
    return tuple(FunderRow(source, amounts[source], len(events[source])) for source in ranked)


def by_organisation(rows: Sequence[Counted]) -> tuple[CostRow, ...]:
    """Add up by organisation and funder."""
    amounts: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    events: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for event_id, host_ids, source, amount in _lines(rows):
        for host, part in shared_out(amount, host_ids or ("",)):
            amounts[host, source] += part
            events[host, source].add(event_id)
    return tuple(
        CostRow(host or None, source, amounts[host, source], len(events[host, source]))
        for host, source in sorted(amounts)
    )


def told_to_everybody(funders: Sequence[FunderRow], costs: Sequence[CostRow]) -> tuple[tuple[FunderRow, ...], bool]:
    """Give the funders whose money went to two organisations or more, and say whether the sum of all can be told.

    It cannot where what is left out of it is one organisation's.
    """
    had: defaultdict[str, set[str | None]] = defaultdict(set)
    for row in costs:
        had[row.source].add(row.organisation_id)
    told = tuple(row for row in funders if len(had[row.source]) > 1)
    left_out = {one for row in funders if row not in told for one in had[row.source]}
    return told, len(left_out) != 1


def without_sum(figure: Figure) -> Figure:
    """Keep the sum back where a figure is that of money that somebody had."""
    is_kept = figure.code == "cost" and figure.value is not None
    return replace(figure, value=None, hidden=True) if is_kept else figure


def shared_out(amount: Decimal, host_ids: Sequence[str]) -> list[tuple[str, Decimal]]:
    """Share an amount equally; the groszy that are left go one each to the first by id."""
    hosts = sorted(set(host_ids))
    groszy, left = divmod(int(amount / GROSZ), len(hosts))
    return [(host, (groszy + (number < left)) * GROSZ) for number, host in enumerate(hosts)]


def _lines(rows: Sequence[Counted]) -> list[tuple[str, tuple[str, ...], str, Decimal]]:
    """Give every line of money, with those whose it is; funders that differ by case or spaces are one."""
    written: dict[str, str] = {}
    lines = []
    for row in rows:
        for one in row.funding if row.begins else ():
            plain = " ".join(one.source.split())
            bringers = (one.organisation_id,) if one.organisation_id else row.host_ids
            lines.append((row.id, bringers, written.setdefault(plain.casefold(), plain), one.amount))
    return lines
