"""Values that tests of the calendar's thinking need: events as the check knows them, and a check without a database."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.calendar.domain.claims import Claim, Dated, Party, Site, Stock, claims_of, probes_of
from services.calendar.domain.conflicts import Finding, Hit, Known, find
from services.calendar.domain.places import Point

HOUR = 3600
NOON = 1_800_000_000 - 1_800_000_000 % 86_400 + 12 * HOUR
"""Noon in UTC on some day of January 2027."""
HALL = Site("hall", "Sala", capacity=50)
CHAIRS = Stock("chairs", "Krzesła", 10)


def a_party(name: str = "a", **values: object) -> Party:
    """Make an event as the check knows it."""
    defaults: dict[str, object] = {
        "id": name,
        "title": name.upper(),
        "zone": "Europe/Warsaw",
        "host_ids": (f"host of {name}",),
        "point": Point(50.09, 19.92),
    }
    return Party(**{**defaults, **values})  # type: ignore[arg-type]


def a_date(hour: float = 0, hours: float = 2) -> Dated:
    """Make a date so many hours after noon."""
    start = NOON + int(hour * HOUR)
    return Dated(start, start, start + int(hours * HOUR))


def met(probes: Iterable[Claim], stored: Iterable[tuple[str, Claim]]) -> list[Hit]:
    """Do in plain Python what the database does with one range of one index."""
    stored = list(stored)
    return [
        Hit(
            probe.kind,
            probe.key,
            probe.start,
            probe.end,
            other_id,
            claim.start,
            claim.end,
            probe.direct,
            claim.direct,
            claim.hard,
            claim.quantity,
            probe.recurrence,
            claim.recurrence,
        )
        for probe in probes
        for other_id, claim in stored
        if (claim.kind, claim.key) == (probe.kind, probe.key) and claim.start < probe.end and claim.end > probe.start
    ]


def check(
    mine: tuple[Party, Sequence[Dated]],
    *others: tuple[Party, Sequence[Dated]],
    sites: Sequence[Site] = (HALL,),
    stocks: Sequence[Stock] = (CHAIRS,),
    **known_too: Any,
) -> list[Finding]:
    """Find the conflicts of one event among others, without holidays and quiet hours; `known_too` as in `Known`."""
    places = {site.id: site for site in sites}
    stored = [
        (party.id, claim)
        for party, dates in others
        for claim in claims_of(party, places.get(party.venue_id or ""), dates)
    ]
    party, dates = mine
    site = places.get(party.venue_id or "")
    hits = met(probes_of(party, site, dates), stored)
    known = Known(
        parties={other.id: other for other, _ in others},
        sites={key: places[key] for key in (site.id, *site.ancestor_ids)} if site else {},
        stocks={stock.id: stock for stock in stocks},
        **known_too,
    )
    return [finding for finding in find(party, list(dates), hits, known, []) if finding.kind != "calendar"]
