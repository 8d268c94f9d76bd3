"""Planning many events at once: those that nothing can block are checked by one query and written by few statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.calendar.commands.events import new_event
from services.calendar.commands.laying import laid_out, name_hosts, write_laid
from services.calendar.commands.telling import tell_of_event
from services.calendar.domain.claims import Claim, Site, blocking_claims, cut_at_midnight
from services.calendar.domain.dates import seconds
from services.calendar.domain.faults import faults_of
from services.calendar.domain.plans import EventPlan, is_foreign
from services.calendar.domain.statuses import STANDING
from services.calendar.models import Event, Venue
from services.calendar.queries.beyond import claims_met
from services.calendar.queries.claims import NOBODY
from services.calendar.queries.copies import site_of
from services.calendar.queries.subjects import dates_checked, party_of
from shared import clock
from shared.messages.calendar import EventPlanned
from shared.people import Person


def plan_events(
    session: Session, *, by: Person, plans: Sequence[EventPlan], venues: Mapping[str, Venue], horizon_days: int
) -> list[Event | None]:
    """Put many new events on the calendar, and tell all; gives none in the place of each that must be looked at alone.

    Such a one has a fault, borrows, has a date at its venue past the horizon, meets something there, stored or among
    these plans, or its venue is not as `venues` (by id) say: `plan_event` says what is with it. `by` may plan for the
    hosts, and those are known.
    """
    now = clock.now()
    plain = (one for one in venues.values() if one.status == "offered" and not one.needs_approval)
    sites = {one.id: site_of(one) for one in plain if venues.keys() >= set(one.ancestor_ids)}
    lock_venues(session, [sites[plan.venue_id] for plan in plans if plan.venue_id in sites])
    sound = [number for number, plan in enumerate(plans) if _is_plain(plan, sites)]
    alone = _met(session, {number: plans[number] for number in sound}, sites, now, horizon_days)
    chosen = {number: new_event(session, by=by, plan=plans[number], now=now) for number in sound if number not in alone}
    session.flush()
    name_hosts(session, *chosen.values())
    laid = {
        number: laid_out(event, plans[number], _site(plans[number], sites), now=now, horizon_days=horizon_days)
        for number, event in chosen.items()
    }
    write_laid(session, list(laid.values()))
    for number, event in chosen.items():
        tell_of_event(session, EventPlanned, event, laid[number].ahead)
    return [chosen.get(number) for number in range(len(plans))]


def lock_venues(session: Session, sites: Iterable[Site]) -> None:
    """Lock the top-most venues of these, in the order of their keys, as `guarding` does for one event."""
    tops = {(site.id, *site.ancestor_ids)[-1] for site in sites}
    if tops:
        session.execute(select(Venue.id).where(Venue.id.in_(tops)).order_by(Venue.id).with_for_update())


def _is_plain(plan: EventPlan, sites: Mapping[str, Site]) -> bool:
    is_placed = plan.venue_id is None or plan.venue_id in sites
    return is_placed and not plan.borrowed and not faults_of(plan)


def _site(plan: EventPlan, sites: Mapping[str, Site]) -> Site | None:
    return sites[plan.venue_id] if plan.venue_id else None


def _met(
    session: Session, plans: Mapping[int, EventPlan], sites: Mapping[str, Site], now: datetime, horizon_days: int
) -> set[int]:
    """Find which plans meet anything at their venues, stored or planned here before them, or may: past the horizon."""
    until_at = now + timedelta(days=horizon_days)
    probes = [
        (number, piece)
        for number, plan in plans.items()
        if plan.venue_id and plan.status in STANDING and not is_foreign(plan.source)
        for piece in _probes(plan, sites[plan.venue_id], now, until_at)
    ]
    far = {number for number, piece in probes if piece.end > seconds(until_at)}
    probes = [probe for probe in probes if probe[0] not in far]
    hits = claims_met(session, [piece for _, piece in probes], NOBODY)
    taken = {(hit.key, hit.start, hit.end) for hit in hits if hit.direct or hit.other_direct}
    stored = {number for number, piece in probes if (piece.key, piece.start, piece.end) in taken}
    return far | stored | _met_each_other(probes)


def _probes(plan: EventPlan, site: Site, now: datetime, until_at: datetime) -> list[Claim]:
    party = party_of(plan, NOBODY, site)
    return [
        piece
        for dated in dates_checked(plan, now, until_at)
        if not dated.cancelled
        for claim in blocking_claims(party, site, dated)
        for piece in cut_at_midnight(claim)
    ]


def _met_each_other(probes: Iterable[tuple[int, Claim]]) -> set[int]:
    """Find the later of two plans that overlap at a venue; two rooms of one building do not meet."""
    found: set[int] = set()
    by_key = sorted(probes, key=lambda one: (one[1].key, one[1].start, one[1].end, one[0]))
    for _, there in groupby(by_key, key=lambda one: one[1].key):
        open_now: list[tuple[int, Claim]] = []
        for number, piece in there:
            open_now = [one for one in open_now if one[1].end > piece.start]
            for other, its in open_now:
                if other != number and (its.direct or piece.direct):
                    found.add(max(other, number))
            open_now.append((number, piece))
    return found
