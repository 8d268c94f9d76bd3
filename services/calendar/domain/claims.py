"""Claims: what each occurrence of an event takes of venues, resources, people, audiences, themes and map cells.

A claim lasts at most to the next midnight in UTC, so that whatever overlaps it starts on the same UTC day: one range
of one index answers the conflict check. Times are whole seconds since 1970 in UTC; all spans are half-open.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from services.calendar.domain.places import LONGEST_WALK_SECONDS, Point, cell_key, cell_of, cells_around
from shared.messages.calendar import Audience

DAY = 86_400
EVERYONE = "everyone"
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

Dimension = Literal["venue", "resource", "person", "audience", "theme", "cell"]


@dataclass(frozen=True, slots=True)
class Dated:
    """One occurrence as seconds; `recurrence` is the start that the rule gives it, and names it."""

    recurrence: int
    start: int
    end: int
    title: str | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """So much of one thing, for a part of one occurrence; see `models.Claim`."""

    kind: Dimension
    key: str
    start: int
    end: int
    recurrence: int
    direct: bool = True
    hard: bool = True
    quantity: int = 0


@dataclass(frozen=True)
class Site:
    """What the check must know of a venue. `ancestor_ids` begins with the venue that it lies in.

    `opening_hours` is in OpenStreetMap's syntax, or empty; `is_school` says that a school owns it.
    """

    id: str
    name: str
    capacity: int | None = None
    one_at_a_time: bool = True
    set_up_minutes: int = 0
    clear_up_minutes: int = 0
    ancestor_ids: tuple[str, ...] = ()
    point: Point | None = None
    opening_hours: str = ""
    is_school: bool = False
    organisation_id: str = ""

    @property
    def chain(self) -> tuple[str, ...]:
        """Name the venue and those around it, the nearest first."""
        return (self.id, *self.ancestor_ids)


@dataclass(frozen=True)
class Stock:
    """What the check must know of a resource: how many there are."""

    id: str
    name: str
    quantity: int


@dataclass(frozen=True)
class Party:
    """What the check must know of an event: its own, or one that it meets. `point` is its site or its venue's.

    `lasts_seconds` is the length of its first date; `repeats` says that it has others. Only its hosts
    come to a `closed` one. `poll_id` names the poll that holds its date.
    """

    id: str
    title: str
    zone: str
    kind: str = "other"
    all_day: bool = False
    lasts_seconds: int = 0
    repeats: bool = False
    closed: bool = False
    tentative: bool = False
    host_ids: tuple[str, ...] = ()
    leader_ids: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    venue_id: str | None = None
    point: Point | None = None
    expected_participants: int = 0
    borrowed: tuple[tuple[str, int], ...] = ()
    set_up_minutes: int | None = None
    clear_up_minutes: int | None = None
    poll_id: str | None = None


def claims_of(party: Party, site: Site | None, dates: Iterable[Dated]) -> list[Claim]:
    """List everything that the event takes, cut at midnights; a cancelled occurrence takes nothing."""
    return [
        piece
        for dated in dates
        if not dated.cancelled
        for claim in (*blocking_claims(party, site, dated), *_soft_claims(party, dated))
        for piece in cut_at_midnight(claim)
    ]


def blocking_claims(party: Party, site: Site | None, dated: Dated) -> Iterator[Claim]:
    """List what one occurrence takes of what can be taken: its venue with the venues around it, and what it borrows.

    Set-up and clear-up time widen the claim of the venue, not the event.
    """
    hard = not party.tentative
    if site is not None:
        start, end = taken_of(party, site, dated)
        for key in site.chain:
            direct = key == site.id
            yield Claim("venue", key, start, end, dated.recurrence, direct, hard, party.expected_participants)
    for resource_id, quantity in party.borrowed:
        yield Claim("resource", resource_id, dated.start, dated.end, dated.recurrence, True, hard, quantity)


def taken_of(party: Party, site: Site, dated: Dated) -> tuple[int, int]:
    """Give the time in which one occurrence takes its venue: with set-up and clear-up, its own or the venue's."""
    set_up = site.set_up_minutes if party.set_up_minutes is None else party.set_up_minutes
    clear_up = site.clear_up_minutes if party.clear_up_minutes is None else party.clear_up_minutes
    return dated.start - 60 * set_up, dated.end + 60 * clear_up


def _soft_claims(party: Party, dated: Dated) -> Iterator[Claim]:
    """List whom one occurrence needs or calls, and what it touches, without taking it away from anybody."""
    for leader_id in dict.fromkeys(party.leader_ids):
        yield Claim("person", leader_id, dated.start, dated.end, dated.recurrence, hard=False)
    for audience in party.audiences:
        yield Claim("audience", audience, dated.start, dated.end, dated.recurrence, hard=False)
    for theme in theme_keys(party.themes):
        yield Claim("theme", theme, dated.start, dated.end, dated.recurrence, hard=False)
    if party.point is not None:
        cell = cell_key(*cell_of(party.point))
        yield Claim("cell", cell, dated.start, dated.end, dated.recurrence, hard=False)


def probes_of(party: Party, site: Site | None, dates: Iterable[Dated]) -> list[Claim]:
    """List what must be looked up to find whom the event meets: its claims, and the audiences that its own meet.

    Those who lead it are looked for as long before and after as the longest walk takes.
    """
    return [
        piece
        for dated in dates
        if not dated.cancelled
        for claim in (
            *blocking_claims(party, site, dated),
            *_leader_probes(party, dated),
            *_audience_probes(party, dated),
        )
        for piece in cut_at_midnight(claim)
    ]


def _leader_probes(party: Party, dated: Dated) -> Iterator[Claim]:
    margin = LONGEST_WALK_SECONDS if party.point is not None else 0
    for leader_id in dict.fromkeys(party.leader_ids):
        start, end = dated.start - margin, dated.end + margin
        yield Claim("person", leader_id, start, end, dated.recurrence, hard=False)


def _audience_probes(party: Party, dated: Dated) -> Iterator[Claim]:
    for audience in audiences_met(party.audiences):
        yield Claim("audience", audience, dated.start, dated.end, dated.recurrence, hard=False)


def audiences_met(audiences: Sequence[str]) -> list[str]:
    """Name the audiences that meet one of these: the same ones and `everyone`, whom every audience meets."""
    if not audiences:
        return []
    if EVERYONE in audiences:
        return list(AUDIENCES)
    return sorted({*audiences, EVERYONE})


def neighbour_probes(party: Party, dated: Dated, *, margin: int, week: tuple[int, int]) -> Iterator[Claim]:
    """List what must be looked up to find what one occurrence could be joined with.

    Near places `margin` seconds around it; its audiences and themes during the `week` that holds it.
    """
    if party.point is not None:
        for key in cells_around(party.point):
            near = Claim("cell", key, dated.start - margin, dated.end + margin, dated.recurrence)
            yield from cut_at_midnight(near)
    for audience in party.audiences:
        if audience != EVERYONE:
            yield from cut_at_midnight(Claim("audience", audience, *week, dated.recurrence))
    for theme in theme_keys(party.themes):
        yield from cut_at_midnight(Claim("theme", theme, *week, dated.recurrence))


def theme_keys(themes: Iterable[str]) -> list[str]:
    """Write themes as keys of claims: case and spaces around them do not matter."""
    return sorted({theme.strip().casefold()[:64] for theme in themes} - {""})


def cut_at_midnight(claim: Claim) -> Iterator[Claim]:
    """Cut a claim at each midnight in UTC."""
    start = claim.start
    while start < claim.end:
        end = min(claim.end, (start // DAY + 1) * DAY)
        yield claim if (start, end) == (claim.start, claim.end) else replace(claim, start=start, end=end)
        start = end


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap or touch, in order: what midnight cut is whole again."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
