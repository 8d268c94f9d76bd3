"""A labelled year as it stands in its folder, read into messages of the registry, plans of events and judgements."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from services.calendar.domain.plans import Borrowed, EventPlan, Fact, Funding
from shared.messages.registry import (
    Membership,
    OrganisationRegistered,
    PersonChanged,
    ResourceRegistered,
    VenueRegistered,
)

AZORY = Path(__file__).parent / "azory"
ZONE = "Europe/Warsaw"
TOLD_BEFORE = timedelta(days=21)
"""Municipal systems announce what they do so long before."""
FREQUENCIES = {"daily": "DAILY", "monthly": "MONTHLY"}
"""Whatever else is said repeats by the week."""
WEEKDAYS = {"Monday": "MO", "Tuesday": "TU", "Wednesday": "WE", "Thursday": "TH", "Friday": "FR"}
Row = Mapping[str, str]


@dataclass(frozen=True)
class Planned:
    """An event under the name that judgements call it by, and when it was put on the calendar."""

    name: str
    at: datetime
    plan: EventPlan


@dataclass(frozen=True)
class Pair:
    """What a person said of two events, or of an event and a fact or the almanac."""

    part: str
    question: str
    one: str
    other: str
    judgement: str
    why: str

    @property
    def names(self) -> frozenset[str]:
        """Name the two, in no order."""
        return frozenset((self.one, self.other))


@dataclass(frozen=True)
class Year:
    """Everything that the folder of a year says; facts stand under their names."""

    organisations: list[OrganisationRegistered]
    coordinators: list[PersonChanged]
    venues: list[VenueRegistered]
    resources: list[ResourceRegistered]
    facts: list[tuple[str, datetime, Fact]]
    events: list[Planned]
    pairs: list[Pair]


def read(folder: Path = AZORY) -> Year:
    """Read a year; raises `ValueError` or `KeyError` where a line names what is not there."""
    places = {row["id"]: row for row in _lines(folder / "venues.csv")}
    year = Year(
        organisations=[_organisation(row) for row in _lines(folder / "organisations.csv")],
        coordinators=[_coordinator(row) for row in _lines(folder / "organisations.csv")],
        venues=[_venue(row, places) for row in places.values()],
        resources=[_resource(row) for row in _lines(folder / "resources.csv")],
        facts=[_fact(row) for row in _lines(folder / "facts.csv")],
        events=sorted((_event(row) for row in _lines(folder / "events.csv")), key=lambda one: one.at),
        pairs=[Pair(**row) for file in ("pairs.csv", "found.csv") for row in _lines(folder / file)],
    )
    known = {one.name for one in year.events} | {name for name, _, _ in year.facts}
    lost = {pair.one for pair in year.pairs} | {pair.other for pair in year.pairs if pair.question != "calendar"}
    if unknown := lost - known:
        raise ValueError(f"judged, but not on the calendar: {', '.join(sorted(unknown))}")
    return year


@cache
def id_of(kind: str, name: str) -> str:
    """Give the id under which a thing of the year is known to the services."""
    return str(uuid5(NAMESPACE_URL, f"{kind}:{name}"))


def _lines(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _point(row: Row) -> dict[str, Any]:
    return {name: float(row[name]) if row[name] else None for name in ("latitude", "longitude")}


def _organisation(row: Row) -> OrganisationRegistered:
    values = {"id": id_of("organisation", row["id"]), "version": 1, "name": row["name"], "kind": row["kind"]}
    return OrganisationRegistered.model_validate({**values, "url": "/", **_point(row)})


def _coordinator(row: Row) -> PersonChanged:
    """Give each organisation one coordinator, who wants mail."""
    at = Membership(organisation_id=id_of("organisation", row["id"]), role="coordinator")
    person = id_of("coordinator", row["id"])
    return PersonChanged(
        id=person, version=1, name=f"Koordynatorka: {row['name']}", email="k@example.org", memberships=(at,)
    )


def _venue(row: Row, places: Mapping[str, Row]) -> VenueRegistered:
    around = []
    outer = row["inside"]
    while outer:
        around.append(outer)
        outer = places[outer]["inside"]
    top = places[around[-1]] if around else row
    return VenueRegistered.model_validate(
        {
            "id": id_of("venue", row["id"]),
            "version": 1,
            "name": row["name"],
            "organisation_id": id_of("organisation", row["organisation"]),
            "capacity": int(row["capacity"]),
            "one_at_a_time": row["one_at_a_time"] == "yes",
            "set_up_minutes": int(row["set_up"]),
            "clear_up_minutes": int(row["clear_up"]),
            "inside_venue_id": id_of("venue", row["inside"]) if row["inside"] else None,
            "ancestor_ids": tuple(id_of("venue", one) for one in around),
            "opening_hours": row["opening_hours"],
            "equipment": tuple(row["equipment"].split()),
            "step_free": row["step_free"] == "yes",
            "url": "/",
            **_point(row if row["latitude"] else top),
        }
    )


def _resource(row: Row) -> ResourceRegistered:
    return ResourceRegistered.model_validate(
        {
            "id": id_of("resource", row["id"]),
            "version": 1,
            "name": row["name"],
            "kind": row["kind"],
            "organisation_id": id_of("organisation", row["organisation"]),
            "quantity": int(row["quantity"]),
            "url": "/",
        }
    )


def _fact(row: Row) -> tuple[str, datetime, Fact]:
    starts_at, ends_at = _moment(row["starts"]), _moment(row["ends"])
    fact = Fact(
        id=row["id"],
        partner="miasto",
        kind="closure" if row["kind"] == "closure" else "event",
        title={"pl": row["title_pl"], "en": row["title_en"]},
        starts_at=starts_at,
        ends_at=ends_at,
        zone=ZONE,
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        radius_m=int(row["radius_m"]),
    )
    return row["id"], starts_at - TOLD_BEFORE, fact


def _event(row: Row) -> Planned:
    more = dict(part.strip().split("=", 1) for part in row["more"].split(";") if part.strip())
    starts_at = _moment(row["starts"])
    ends_at = _moment(row["ends"] if "-" in row["ends"] else f"{row['starts'][:10]} {row['ends']}")
    rule = _rule(row["repeats"], starts_at)
    plan = EventPlan(
        title=row["title"],
        starts_at=starts_at,
        ends_at=ends_at,
        zone=ZONE,
        kind=cast(Any, row["kind"]),
        rrule=rule,
        host_ids=tuple(id_of("organisation", host) for host in row["hosts"].split()),
        audiences=cast(Any, tuple(row["audiences"].split())),
        themes=tuple(row["themes"].split()),
        expected_participants=int(row["expected"]) or None,
        **_place(row["place"]),
        **_more(more),
    )
    return Planned(row["id"], _moment(f"{row['planned_on']} 10:00"), plan)


def _place(text: str) -> dict[str, Any]:
    if "," not in text:
        return {"venue_id": id_of("venue", text)}
    latitude, longitude = text.split(",")
    return {"latitude": float(latitude), "longitude": float(longitude)}


def _more(more: Mapping[str, str]) -> dict[str, Any]:
    """Read what only some events have."""
    funding = [one.rsplit(":", 1) for one in more.get("funding", "").split("|") if one]
    borrowed = [f"{one}:1".split(":")[:2] for one in more.get("borrowed", "").split()]
    initiative = more.get("initiative")
    return {
        "status": more.get("status", "confirmed"),
        "visibility": more.get("visibility", "public"),
        "leader_ids": tuple(id_of("person", one) for one in more.get("leaders", "").split()),
        "borrowed": tuple(Borrowed(id_of("resource", one), int(quantity)) for one, quantity in borrowed),
        "needs": tuple(one.strip() for one in more.get("needs", "").split("|") if one),
        "problem_ids": tuple(id_of("idea", one) for one in more.get("problem", "").split()),
        "initiative_id": id_of("idea", initiative) if initiative else None,
        "funding": tuple(Funding(source, cast(Any, int(amount))) for source, amount in funding),
    }


def _rule(words: str, starts_at: datetime) -> str | None:
    """Write the words of a repetition as a rule (RFC 5545 §3.3.10)."""
    if not words:
        return None
    how, _, until = words.partition(" until ")
    last, _, but = until.partition(" except ")
    parts = [f"FREQ={FREQUENCIES.get(how, 'WEEKLY')}", *_days(how, but, starts_at)]
    end = _moment(f"{last} 23:59").astimezone(UTC)
    return ";".join([*parts, f"UNTIL={end:%Y%m%dT%H%M%SZ}"])


def _days(how: str, but: str, starts_at: datetime) -> Iterator[str]:
    if how == "fortnightly":
        yield "INTERVAL=2"
    if how == "weekdays":
        yield "BYDAY=" + ",".join(short for name, short in WEEKDAYS.items() if name != but)
    if how == "monthly":
        day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[starts_at.weekday()]
        yield f"BYDAY={(starts_at.day + 6) // 7}{day}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))
