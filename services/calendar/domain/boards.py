"""The board: what is taken at which venue, and the free time between; spans are half-open seconds in UTC."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.calendar.domain.claims import Site, merged

Span = tuple[int, int]
SHORTEST_GAP = 1800
"""Half an hour: nobody plans anything shorter."""


@dataclass(frozen=True)
class Use:
    """One date of an event at a venue; from `taken_from` to `taken_until` with set-up and clear-up time.

    `site_name` is empty at the venue itself, else it names the one around it or inside it where the event is.
    `title` is empty where strangers may not read what it is.
    """

    event_id: str
    title: str
    venue_id: str
    start: int
    end: int
    taken_from: int
    taken_until: int
    all_day: bool = False
    tentative: bool = False
    in_conflict: bool = False
    site_name: str = ""


def in_order(sites: Sequence[Site]) -> list[tuple[Site, int]]:
    """Put every venue under the one that it lies in, with its depth; each level by name."""
    known = {site.id for site in sites}
    inside: dict[str, list[Site]] = defaultdict(list)
    for site in sorted(sites, key=lambda one: (one.name.casefold(), one.id)):
        inside[next((one for one in site.ancestor_ids if one in known), "")].append(site)
    ordered: list[tuple[Site, int]] = []
    waiting = [(site, 0) for site in reversed(inside[""])]
    while waiting:
        site, depth = waiting.pop()
        ordered.append((site, depth))
        waiting += [(one, depth + 1) for one in reversed(inside[site.id])]
    return ordered


def uses_at(site: Site, uses: Iterable[Use], sites: dict[str, Site]) -> list[Use]:
    """Choose what takes a venue: what is there, in a venue around it, or in one inside it; the earliest first."""
    met: list[Use] = []
    for use in uses:
        if use.venue_id == site.id:
            met.append(use)
        elif use.venue_id in site.ancestor_ids or site.id in sites[use.venue_id].ancestor_ids:
            met.append(replace(use, site_name=sites[use.venue_id].name))
    return sorted(met, key=lambda use: (use.start, use.event_id))


def gaps(whole: Span, uses: Iterable[Use], shortest: int = SHORTEST_GAP) -> list[Span]:
    """List the free time in a span, set-up and clear-up time taken too; what is too short is left out."""
    free, begin = [], whole[0]
    for start, end in [*merged((use.taken_from, use.taken_until) for use in uses), (whole[1], whole[1])]:
        if min(start, whole[1]) - begin >= shortest:
            free.append((begin, min(start, whole[1])))
        begin = max(begin, end)
    return free
