"""The nearest free slots of one event: what takes its venue and its resources around its dates, and where it fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.calendar.domain.claims import AUDIENCES, DAY, Claim, Dimension, Party, Site, cut_at_midnight
from services.calendar.domain.conflicts import GUARDED, Hit, Known, crowded_times, taken_times
from services.calendar.domain.slots import REACH_DAYS, WANTED, Slot, Span, Wish, nearest
from services.calendar.queries import copies
from services.calendar.queries.beyond import claims_met
from services.calendar.queries.rules import agreements, rules
from services.calendar.queries.subjects import Subject


@dataclass(frozen=True)
class Surroundings:
    """What is around an event: its dates as a wish, and the seconds in which it cannot be, and had better not be."""

    wish: Wish
    taken: Sequence[Span]
    crowded: Sequence[Span]


def free_slots(session: Session, subject: Subject, *, now: datetime, most: int = WANTED) -> list[Slot]:
    """Find the nearest slots at which venue and resources are free on every date; see `slots_in`."""
    return slots_in(surroundings(session, subject), now=now, most=most)


def slots_in(around: Surroundings, *, now: datetime, most: int = WANTED) -> list[Slot]:
    """Find the nearest slots among what is around an event.

    A slot at which nobody else is at the venue is best; where there are too few, one at which only what blocks is
    free. An event without venue and resources looks for a time when nobody else calls its audiences.
    """
    found = nearest(around.wish, around.crowded, now, most=most)
    return found if len(found) == most else nearest(around.wish, around.taken, now, most=most)


def surroundings(session: Session, subject: Subject) -> Surroundings:
    """Read what takes an event's venue and resources (or audiences) within the reach of a slot."""
    before, after = _buffers(subject)
    wish = Wish.of(subject.dates, subject.party.zone, all_day=subject.party.all_day, before=before, after=after)
    party, hits = subject.party, _around(session, subject, 60 * before, 60 * after)
    around = copies.sites(session, subject.site.ancestor_ids) if subject.site else {}
    known = Known(
        sites={**around, subject.site.id: subject.site} if subject.site else {},
        stocks=copies.stocks(session, [resource_id for resource_id, _ in party.borrowed]),
        agreed=agreements(session, {hit.key for hit in hits if hit.kind in GUARDED}),
        rules=rules(session),
    )
    return Surroundings(wish, taken_times(party, hits, known), crowded_times(party, hits, known))


def _buffers(subject: Subject) -> tuple[int, int]:
    """Give the minutes that the venue is taken before and after the event."""
    party, site = subject.party, subject.site
    if site is None:
        return 0, 0
    return (
        site.set_up_minutes if party.set_up_minutes is None else party.set_up_minutes,
        site.clear_up_minutes if party.clear_up_minutes is None else party.clear_up_minutes,
    )


def _around(session: Session, subject: Subject, before: int, after: int) -> list[Hit]:
    """Find everything on the same venue and resources (or audiences) in the time that a slot can reach."""
    if not subject.dates:
        return []
    first = min(dated.start for dated in subject.dates) - (REACH_DAYS + 1) * DAY - before
    last = max(dated.end for dated in subject.dates) + (REACH_DAYS + 1) * DAY + after
    keys = _keys(subject.party, subject.site)
    probes = [
        piece
        for kind, key, direct in keys
        for piece in cut_at_midnight(Claim(kind, key, first, last, 0, direct=direct))
    ]
    return claims_met(session, probes, subject.party.id)


def _keys(party: Party, site: Site | None) -> list[tuple[Dimension, str, bool]]:
    """Name what a slot must find free."""
    around = (site.id, *site.ancestor_ids) if site else ()
    taken: list[tuple[Dimension, str, bool]] = [("venue", key, key == around[0]) for key in around]
    taken += [("resource", resource_id, True) for resource_id, _ in party.borrowed]
    if taken:
        return taken
    return [("audience", audience, True) for audience in party.audiences if audience in AUDIENCES]
