"""Chances: with which events of others one could be joined, from the claims near it and from what it wants."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain import opportunities
from services.calendar.domain.claims import DAY, Claim, Dated, Party, neighbour_probes, theme_keys
from services.calendar.domain.conflicts import Finding, Hit
from services.calendar.domain.opportunities import Chance, Neighbour, Sight
from services.calendar.domain.places import point_of
from services.calendar.domain.plans import EventPlan
from services.calendar.domain.statuses import STANDING
from services.calendar.domain.ties import Action, stems
from services.calendar.models import Event, EventHost, Occurrence, Organisation, Resource, Venue
from services.calendar.queries.claims import claims_met
from services.calendar.queries.subjects import MOST_IDS, Subject, parties
from shared.messages import Reason

REACH_SECONDS = 14 * DAY
"""What shares a problem, an initiative or a need is looked for so long before and after."""


def chances_of(
    session: Session, subject: Subject, findings: Iterable[Finding]
) -> tuple[list[Chance], dict[str, Party]]:
    """Find what an event could be joined with, best first, and those other events by id."""
    if subject.plan is None or subject.plan.visibility == "hosts" or subject.party.poll_id:
        return [], {}
    clashing = frozenset(found.other_id for found in findings if found.is_blocking and found.other_id)
    chances = opportunities.find(sight_of(session, subject, subject.plan), clashing)
    return chances, parties(session, {chance.other_id for chance in chances})


def unnamed(chance: Chance, title: str) -> Chance:
    """Say of a chance no more than that there is one, to who may not read what the other event is."""
    return replace(chance, reason=Reason(code="meets_hidden", values={"one": title}))


def sight_of(session: Session, subject: Subject, plan: EventPlan) -> Sight:
    """Give what is seen from one event: who is near it, calls its people, has its theme, or shares what it wants."""
    dates = [dated for dated in subject.dates if not dated.cancelled][: opportunities.DATES_LOOKED_AT]
    around = _Around(session)
    mine = _action_of_plan(session, subject, plan, around)
    hits = claims_met(session, _neighbour_probes(subject, dates), subject.party.id)
    neighbours = _whole(session, hits) + _wanting(session, mine, plan, dates, around)
    others = _actions(session, {one.other_id for one in neighbours}, around)
    return Sight(mine, dates, neighbours, others, subject.party.zone)


class _Around:
    """What is read once for all: the names of resources, by id and by who lends them, and which hosts are schools."""

    def __init__(self, session: Session) -> None:
        self.name: dict[str, str] = {}
        self.owner: dict[str, str] = {}
        for row in session.execute(select(Resource.id, Resource.name, Resource.organisation_id)):
            self.name[row.id], self.owner[row.id] = row.name, row.organisation_id
        self.schools = set(session.scalars(select(Organisation.id).where(Organisation.kind == "school")))

    def lent(self, host_ids: Iterable[str]) -> tuple[str, ...]:
        """Name what these hosts lend."""
        hosts = set(host_ids)
        return tuple(self.name[one] for one, owner in self.owner.items() if owner in hosts)

    def named(self, resource_ids: Iterable[str]) -> tuple[str, ...]:
        """Name these resources, those that are known."""
        return tuple(self.name[one] for one in resource_ids if one in self.name)

    def is_at_school(self, kind: str, host_ids: Sequence[str], owner: str | None) -> bool:
        """Say whether schools celebrate at home."""
        return kind == "celebration" and owner in host_ids and self.schools.issuperset(host_ids)


def _neighbour_probes(subject: Subject, dates: Sequence[Dated]) -> list[Claim]:
    """List the probes of the next few dates, each once."""
    zone, margin = subject.party.zone, opportunities.MARGIN_SECONDS
    probes = {
        (probe.kind, probe.key, probe.start, probe.end): probe
        for dated in dates
        for probe in neighbour_probes(subject.party, dated, margin=margin, week=opportunities.week_of(dated, zone))
    }
    return [probes[name] for name in sorted(probes)]


def _whole(session: Session, hits: Sequence[Hit]) -> list[Neighbour]:
    """Give the dates that these claims are of: one that goes on past midnight is whole again."""
    cut = [hit for hit in hits if hit.other_start % DAY == 0 or hit.other_end % DAY == 0]
    dates: dict[tuple[str, int], tuple[int, int]] = {}
    ids = sorted({hit.other_id for hit in cut})
    recurrences = sorted({hit.other_recurrence for hit in cut})
    for number in range(0, len(ids), MOST_IDS):
        those = Occurrence.event_id.in_(ids[number : number + MOST_IDS])
        between = Occurrence.recurrence.between(recurrences[0], recurrences[-1])
        columns = (Occurrence.event_id, Occurrence.recurrence, Occurrence.start, Occurrence.end)
        for row in session.execute(select(*columns).where(those, between)):
            dates[row.event_id, row.recurrence] = row.start, row.end
    spans = ((hit.other_id, hit.other_recurrence, (hit.other_start, hit.other_end)) for hit in hits)
    whole = {(other_id, *dates.get((other_id, recurrence), span)) for other_id, recurrence, span in spans}
    return [Neighbour(*one) for one in sorted(whole)]


def _wanting(
    session: Session, mine: Action, plan: EventPlan, dates: Sequence[Dated], around: _Around
) -> list[Neighbour]:
    """Find dates of events that share a problem, an initiative or a need, want what we bring, or bring what we want."""
    wants: list[Any] = []
    if plan.initiative_id:
        wants.append(Event.initiative_id == plan.initiative_id)
    wants += [cast(Event.problem_ids, Text).contains(one) for one in plan.problem_ids]
    if mine.needs or mine.borrowed or mine.lent:
        wants.append(cast(Event.needs, Text) != "[]")
    wanted = frozenset[str]().union(*(stems(need) for need in mine.needs))
    bringing = [one for one, name in around.name.items() if wanted & stems(name)]
    wants += [cast(Event.borrowed, Text).contains(one) for one in bringing]
    if bringing:
        owners = {around.owner[one] for one in bringing}
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


def _action_of_plan(session: Session, subject: Subject, plan: EventPlan, around: _Around) -> Action:
    venue = session.get(Venue, plan.venue_id) if plan.venue_id else None
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
        borrowed=around.named(one.resource_id for one in plan.borrowed),
        lent=around.lent(plan.host_ids),
        problem_ids=plan.problem_ids,
        initiative_id=plan.initiative_id,
        funders=tuple(one.source for one in plan.funding),
        point=subject.party.point,
        closed=plan.visibility == "hosts",
        at_school=around.is_at_school(plan.kind, plan.host_ids, venue.organisation_id if venue else None),
    )


_COLUMNS = (
    Event.id, Event.title, Event.kind, Event.starts_at, Event.until_at, Event.host_ids, Event.audiences, Event.themes,
    Event.needs, Event.borrowed, Event.problem_ids, Event.initiative_id, Event.funding, Event.visibility,
    Event.latitude, Event.longitude, Event.poll_id,
    Venue.latitude.label("venue_latitude"), Venue.longitude.label("venue_longitude"),
    Venue.organisation_id.label("venue_owner"),
)  # fmt: skip


def _actions(session: Session, ids: Iterable[str], around: _Around) -> dict[str, Action]:
    """Read these events as somebody sees them who looks for partners; a tentative one counts too."""
    wanted = sorted(set(ids))
    found: dict[str, Action] = {}
    for number in range(0, len(wanted), MOST_IDS):
        some = Event.id.in_(wanted[number : number + MOST_IDS])
        statement = select(*_COLUMNS).outerjoin(Venue, Venue.id == Event.venue_id).where(some)
        found.update((row.id, _action_of_row(row, around)) for row in session.execute(statement))
    return found


def _action_of_row(row: Any, around: _Around) -> Action:
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
        borrowed=around.named(one["resource_id"] for one in row.borrowed),
        lent=around.lent(row.host_ids),
        problem_ids=tuple(row.problem_ids),
        initiative_id=row.initiative_id,
        funders=tuple(one["source"] for one in row.funding),
        point=point,
        closed=row.visibility == "hosts" or row.poll_id is not None,
        at_school=around.is_at_school(row.kind, row.host_ids, row.venue_owner),
    )
