"""The indexed check finds what a look at every pair of claims finds, on random calendars."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from services.calendar import queries
from services.calendar.commands.laying import lay_claims
from services.calendar.domain.claims import Claim, Dated, Party, Site, Stock, blocking_claims
from services.calendar.domain.conflicts import Finding, Known, find
from services.calendar.domain.places import LONGEST_WALK_SECONDS, Point
from services.calendar.models import Event, Resource, Venue
from services.calendar.queries.subjects import Subject
from shared import clock
from shared.identifiers import new_id
from tests.service.calendar.builders import next_monday
from tests.unit.calendar.parties import met

BUILDING, ROOM, HALL = new_id(), new_id(), new_id()
CHAIRS = Stock(new_id(), "Krzesła", 10)
SITES = {
    BUILDING: Site(BUILDING, "Dom", 60, point=Point(50.09, 19.92)),
    ROOM: Site(ROOM, "Pokój", 30, set_up_minutes=30, ancestor_ids=(BUILDING,), point=Point(50.09, 19.92)),
    HALL: Site(HALL, "Sala", 50, one_at_a_time=False, clear_up_minutes=15, point=Point(50.098, 19.92)),
}
PEOPLE = (new_id(), new_id())
COUNTS = {"one_dates", "other_dates", "clock"}

half_hours = st.integers(0, 120)
spans = st.tuples(half_hours, st.integers(1, 60))
plans = st.fixed_dictionaries(
    {
        "venue_id": st.sampled_from([None, *SITES]),
        "audiences": st.sampled_from([(), ("everyone",), ("seniors",), ("children", "seniors")]),
        "leader_ids": st.sampled_from([(), PEOPLE[:1], PEOPLE]),
        "borrowed": st.sampled_from([(), ((CHAIRS.id, 4),), ((CHAIRS.id, 7),)]),
        "expected_participants": st.integers(0, 40),
        "tentative": st.booleans(),
        "kind": st.sampled_from(["other", "service"]),
        "host_ids": st.sampled_from([(BUILDING,), (HALL,)]),
    }
)
calendars = st.lists(st.tuples(plans, st.lists(spans, min_size=1, max_size=3, unique=True)), min_size=2, max_size=6)


def subject(plan: dict, dates: Sequence[tuple[int, int]]) -> Subject:
    begins = int(next_monday(0).timestamp())
    site = SITES.get(plan["venue_id"])
    party = Party(
        id=new_id(), title="Nowe", zone="Europe/Warsaw", lasts_seconds=3600, point=site.point if site else None, **plan
    )
    laid = [Dated(start, start, start + 1800 * length) for at, length in dates for start in [begins + 1800 * at]]
    return Subject(
        party, site, tuple(sorted({one.recurrence: one for one in laid}.values(), key=lambda one: one.start))
    )


def whole_claims(one: Subject, margin: int = 0) -> list[Claim]:
    """List what an event takes and calls, uncut."""
    claims = [claim for dated in one.dates for claim in blocking_claims(one.party, one.site, dated)]
    for dated in one.dates:
        spread = margin if one.party.point else 0
        claims += [
            Claim("person", leader, dated.start - spread, dated.end + spread, dated.recurrence, hard=False)
            for leader in one.party.leader_ids
        ]
        claims += [
            Claim("audience", audience, dated.start, dated.end, dated.recurrence, hard=False)
            for audience in one.party.audiences
        ]
    return claims


def audience_probes(one: Subject) -> list[Claim]:
    met_too = {"everyone": ("everyone", "children", "youth", "families", "adults", "seniors")}
    wanted = {other for audience in one.party.audiences for other in met_too.get(audience, (audience, "everyone"))}
    return [
        Claim("audience", audience, dated.start, dated.end, dated.recurrence, hard=False)
        for dated in one.dates
        for audience in sorted(wanted)
    ]


def brute_force(mine: Subject, others: Iterable[Subject]) -> list[Finding]:
    """Compare every claim with every other, as they are: not cut at midnight, by no index."""
    others = list(others)
    probes = [claim for claim in whole_claims(mine, LONGEST_WALK_SECONDS) if claim.kind != "audience"]
    stored = [(other.party.id, claim) for other in others for claim in whole_claims(other)]
    known = Known(
        parties={other.party.id: other.party for other in others},
        sites={key: SITES[key] for key in mine.site.chain} if mine.site else {},
        stocks={CHAIRS.id: CHAIRS},
    )
    return find(mine.party, mine.dates, met([*probes, *audience_probes(mine)], stored), known, [])


def said(findings: Iterable[Finding]) -> list[tuple]:
    return sorted(
        (
            one.kind, one.key, one.other_id or "", one.severity, one.spans, one.dates, one.other_dates, one.may_block,
            one.reason.code, str({name: one.reason.values[name] for name in sorted({*one.reason.values} - COUNTS)}),
        )
        for one in findings
    )  # fmt: skip


def store(session: Session, subjects: Sequence[Subject]) -> None:
    now = clock.now()
    common = {"version": 1, "name": "", "organisation_id": BUILDING, "url": "/"}
    for site in SITES.values():
        row = {
            "id": site.id, "capacity": site.capacity, "one_at_a_time": site.one_at_a_time, "address": "",
            "set_up_minutes": site.set_up_minutes, "clear_up_minutes": site.clear_up_minutes,
            "ancestor_ids": list(site.ancestor_ids), "latitude": 50.09, "longitude": 19.92,
        }  # fmt: skip
        point = {"latitude": site.point.latitude, "longitude": site.point.longitude} if site.point else {}
        session.execute(insert(Venue), [{**common, **row, **point, "name": site.name}])
    session.execute(insert(Resource), [{**common, "id": CHAIRS.id, "name": CHAIRS.name, "quantity": CHAIRS.quantity}])
    for one in subjects:
        party = one.party
        event = {
            "id": party.id, "version": 1, "kind": party.kind, "title": party.title, "starts_at": now,
            "ends_at": now + timedelta(hours=1), "zone": party.zone, "venue_id": party.venue_id,
            "host_ids": list(party.host_ids), "audiences": list(party.audiences), "leader_ids": list(party.leader_ids),
            "status": "tentative" if party.tentative else "confirmed", "source": "local", "uid": party.id,
            "created_at": now, "changed_at": now, "laid_until_at": now,
        }  # fmt: skip
        session.execute(insert(Event), [event])
        lay_claims(session, party, one.site, one.dates)


def test_the_indexed_check_equals_a_brute_force_one(database_url):
    engine = create_engine(database_url)

    @settings(max_examples=30, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(calendars)
    def holds(drawn):
        subjects = [subject(plan, dates) for plan, dates in drawn]
        with Session(engine) as session:
            store(session, subjects)
            for mine in subjects:
                others = [other for other in subjects if other is not mine]
                assert said(queries.check(session, mine).findings) == said(brute_force(mine, others))
            session.rollback()

    try:
        holds()
    finally:
        engine.dispose()
