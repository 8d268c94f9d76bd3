"""Chances: with which events of others one could be joined, from the claims near it and from what it wants."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain import opportunities
from services.calendar.domain.claims import Claim, Dated, Party, neighbour_probes, theme_keys
from services.calendar.domain.conflicts import Finding
from services.calendar.domain.opportunities import Chance, Neighbour
from services.calendar.domain.places import point_of
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.ties import RULES, Action, Rule, stems
from services.calendar.models import Event, EventHost, Occurrence, Resource, Venue
from services.calendar.queries.claims import claims_met
from services.calendar.queries.subjects import MOST_IDS, Subject, parties

REACH_SECONDS = 14 * 86_400
"""What shares a problem, an initiative or a need is looked for so long before and after."""
STANDING = ("tentative", "confirmed")


def chances_of(
    session: Session, subject: Subject, findings: Iterable[Finding], rules: Sequence[Rule] = RULES
) -> tuple[list[Chance], dict[str, Party]]:
    """Find what an event could be joined with, best first, and those other events by id."""
    if subject.plan is None or subject.plan.visibility == "hosts":
        return [], {}
    dates = [dated for dated in subject.dates if not dated.cancelled][: opportunities.DATES_LOOKED_AT]
    lent = _Lent(session)
    mine = _action_of_plan(subject, subject.plan, lent)
    hits = claims_met(session, _neighbour_probes(subject, dates), subject.party.id)
    neighbours = [Neighbour(hit.other_id, hit.other_start, hit.other_end) for hit in hits]
    neighbours += _wanting(session, mine, subject.plan, dates, lent)
    others = _actions(session, {one.other_id for one in neighbours}, lent)
    clashing = frozenset(found.other_id for found in findings if found.is_blocking and found.other_id)
    near = [one for one in neighbours if one.other_id in others]
    chances = opportunities.find(mine, dates, near, others, clashing, zone=subject.party.zone, rules=rules)
    return chances, parties(session, {chance.other_id for chance in chances})


class _Lent:
    """The names of resources, by id and by the organisation that lends them."""

    def __init__(self, session: Session) -> None:
        self.name: dict[str, str] = {}
        self.by_owner: dict[str, list[str]] = defaultdict(list)
        self.owner: dict[str, str] = {}
        for row in session.execute(select(Resource.id, Resource.name, Resource.organisation_id)):
            self.name[row.id], self.owner[row.id] = row.name, row.organisation_id
            self.by_owner[row.organisation_id].append(row.name)

    def of(self, host_ids: Iterable[str]) -> tuple[str, ...]:
        """Name what these hosts lend."""
        return tuple(name for host in host_ids for name in self.by_owner.get(host, ()))

    def named(self, resource_ids: Iterable[str]) -> tuple[str, ...]:
        """Name these resources, those that are known."""
        return tuple(self.name[one] for one in resource_ids if one in self.name)


def _neighbour_probes(subject: Subject, dates: Sequence[Dated]) -> list[Claim]:
    """List the probes of the next few dates, each once."""
    zone, margin = subject.party.zone, opportunities.MARGIN_SECONDS
    probes = {
        (probe.kind, probe.key, probe.start, probe.end): probe
        for dated in dates
        for probe in neighbour_probes(subject.party, dated, margin=margin, week=opportunities.week_of(dated, zone))
    }
    return [probes[name] for name in sorted(probes)]


def _wanting(
    session: Session, mine: Action, plan: EventPlan, dates: Sequence[Dated], lent: _Lent
) -> list[Neighbour]:
    """Find dates of events that share a problem, an initiative or a need, want what we bring, or bring what we want."""
    wants: list[Any] = []
    if plan.initiative_id:
        wants.append(Event.initiative_id == plan.initiative_id)
    wants += [cast(Event.problem_ids, Text).contains(one) for one in plan.problem_ids]
    if mine.needs or mine.borrowed or mine.lent:
        wants.append(cast(Event.needs, Text) != "[]")
    wanted = frozenset[str]().union(*(stems(need) for need in mine.needs))
    bringing = [one for one, name in lent.name.items() if wanted & stems(name)]
    wants += [cast(Event.borrowed, Text).contains(one) for one in bringing]
    if bringing:
        owners = {lent.owner[one] for one in bringing}
        wants.append(Event.id.in_(select(EventHost.event_id).where(EventHost.organisation_id.in_(owners))))
    if not wants or not dates:
        return []
    statement = (
        select(Occurrence.event_id, Occurrence.start, Occurrence.end)
        .join(Event, Event.id == Occurrence.event_id)
        .where(
            Occurrence.start < dates[-1].end + REACH_SECONDS,
            Occurrence.end > dates[0].start - REACH_SECONDS,
            Occurrence.cancelled.is_(False),
            Event.id != mine.id,
            Event.status.in_(STANDING),
            or_(*wants),
        )
    )
    return [Neighbour(*row) for row in session.execute(statement)]


def _action_of_plan(subject: Subject, plan: EventPlan, lent: _Lent) -> Action:
    standing = [dated for dated in subject.dates if not dated.cancelled]
    return Action(
        id=subject.party.id,
        title=plan.title,
        kind=plan.kind,
        first=int(plan.starts_at.timestamp()),
        last=max((dated.end for dated in standing), default=int(plan.ends_at.timestamp())),
        host_ids=plan.host_ids,
        audiences=tuple(plan.audiences),
        themes=tuple(theme_keys(plan.themes)),
        needs=plan.needs,
        borrowed=lent.named(one.resource_id for one in plan.borrowed),
        lent=lent.of(plan.host_ids),
        problem_ids=plan.problem_ids,
        initiative_id=plan.initiative_id,
        funders=tuple(one.source for one in plan.funding),
        point=subject.party.point,
        closed=plan.visibility == "hosts",
    )


_COLUMNS = (
    Event.id, Event.title, Event.kind, Event.starts_at, Event.until_at, Event.host_ids, Event.audiences, Event.themes,
    Event.needs, Event.borrowed, Event.problem_ids, Event.initiative_id, Event.funding, Event.visibility,
    Event.latitude, Event.longitude, Venue.latitude.label("venue_latitude"), Venue.longitude.label("venue_longitude"),
)  # fmt: skip


def _actions(session: Session, ids: Iterable[str], lent: _Lent) -> dict[str, Action]:
    """Read these events as somebody sees them who looks for partners; a tentative one counts too."""
    wanted = sorted(set(ids))
    found: dict[str, Action] = {}
    for number in range(0, len(wanted), MOST_IDS):
        some = Event.id.in_(wanted[number : number + MOST_IDS])
        statement = select(*_COLUMNS).outerjoin(Venue, Venue.id == Event.venue_id).where(some)
        found.update((row.id, _action_of_row(row, lent)) for row in session.execute(statement))
    return found


def _action_of_row(row: Any, lent: _Lent) -> Action:
    point = point_of(row.latitude, row.longitude) or point_of(row.venue_latitude, row.venue_longitude)
    return Action(
        id=row.id,
        title=row.title,
        kind=row.kind,
        first=int(row.starts_at.timestamp()),
        last=int(row.until_at.timestamp()) if row.until_at else None,
        host_ids=tuple(row.host_ids),
        audiences=tuple(row.audiences),
        themes=tuple(theme_keys(row.themes)),
        needs=tuple(row.needs),
        borrowed=lent.named(one["resource_id"] for one in row.borrowed),
        lent=lent.of(row.host_ids),
        problem_ids=tuple(row.problem_ids),
        initiative_id=row.initiative_id,
        funders=tuple(one["source"] for one in row.funding),
        point=point,
        closed=row.visibility == "hosts",
    )
