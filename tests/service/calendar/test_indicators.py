"""Indicators of a year with events in it: counted by ranges, compared, frozen, as JSON, CSV and pages."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.calendar.domain.indicators.definitions import VERSION
from services.calendar.models import Conflict, Event, FrozenPeriod, History, Opportunity
from shared import clock
from shared.identifiers import new_id
from tests.aging import add
from tests.builders import a_coordinator, a_person, an_administrator
from tests.harness import Running
from tests.service.calendar.builders import API, WARSAW, a_calendar, a_venue, an_event, an_organisation

YEAR = {"from": "2025-01-01", "to": "2025-12-31"}
BEFORE = {"compare_from": "2024-01-01", "compare_to": "2024-12-31"}


@pytest_asyncio.fixture
async def it(database_url: str) -> AsyncIterator[Running]:
    async with a_calendar(database_url, horizon_days=30) as service:
        service.client.headers.update(service.headers(an_administrator()))
        yield service


async def planned(it: Running, month: int, day: int, hour: int = 12, *, year: int = 2025, **values: Any) -> str:
    start = datetime(year, month, day, hour, tzinfo=WARSAW)
    answer = await it.client.post(f"{API}/events", json=an_event(start, **values))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def report(it: Running, **query: str) -> dict[str, Any]:
    answer = await it.client.get(f"{API}/indicators", params={**YEAR, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def values_of(found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["code"]: (one["value"], one["of"]) for one in found["figures"]}


async def a_year(it: Running) -> dict[str, str]:
    """Two organisations, a hall that is open eight hours on weekdays, and a year of events."""
    ours, theirs = an_organisation(name="Dom"), an_organisation(name="Klub")
    hall = a_venue(ours.id, name="Sala", opening_hours="Mo-Fr 08:00-16:00", one_at_a_time=False)
    await it.deliver(ours, theirs, hall)
    money = [{"source": "Miasto", "amount": 100}]
    await planned(it, 1, 1, 0, kind="feast", host_ids=[ours.id, theirs.id], funding=money, outcome={"participants": 80})
    await planned(it, 12, 31, 22, kind="feast", host_ids=[ours.id], visibility="hosts")
    await planned(it, 1, 1, 0, year=2026, kind="feast", host_ids=[ours.id])
    await planned(it, 12, 31, 22, year=2024, kind="feast", host_ids=[ours.id], outcome={"participants": 30})
    await planned(it, 6, 2, status="tentative", host_ids=[theirs.id])
    gone = await planned(it, 6, 2, host_ids=[theirs.id])
    await it.client.post(f"{API}/events/{gone}/cancel")
    course = await planned(
        it, 12, 1, 10, kind="course", rrule="FREQ=WEEKLY;COUNT=6", host_ids=[ours.id], venue_id=hall.id,
        exdates=["2025-12-15T10:00:00+01:00"], outcome={"participants": 3},
    )  # fmt: skip
    meeting = await planned(it, 3, 4, kind="meeting", host_ids=[ours.id])
    await planned(it, 4, 4, kind="meeting", host_ids=[ours.id])
    address, written = f"{API}/meetings/{meeting}", {"minutes": "Było dobrze"}
    assert (await it.client.patch(address, json=written, headers={"If-Match": '"0"'})).status_code == 200
    return {"ours": ours.id, "theirs": theirs.id, "hall": hall.id, "course": course, "meeting": meeting}


async def test_a_year_is_counted_at_its_edges(it: Running):
    names = await a_year(it)
    found = await report(it)
    assert values_of(found) == {
        "events": (5, None),
        "dates": (8, None),
        "joint_events": (1, 5),
        "active_organisations": (2, 2),
        "participants": (80, 1),
        "satisfaction": (None, None),
        "conflicts_solved": (0, 0),
        "opportunities_taken": (0, 0),
        "meeting_months": (1, 12),
        "regularity": (0, 0),
        "venue_hours": (8, 2088),
        "cost": (100, 1),
    }
    assert next(one for one in found["figures"] if one["code"] == "participants")["missing"] == 3
    kinds = {one["kind"]: one for one in found["period"]["kinds"]}
    assert (kinds["feast"]["events"], kinds["course"]["dates"], kinds["meeting"]["events"]) == (2, 4, 2)
    assert kinds["course"]["participants"] is None
    [venue] = found["period"]["venues"]
    assert (venue["venue_id"], venue["basis"], venue["hours"]) == (names["hall"], "opening", 8)
    following = await report(it, **{"from": "2026-01-01", "to": "2026-01-31"})
    assert values_of(following)["events"] == (2, None)
    assert values_of(following)["cost"] == (None, 0)
    assert next(one for one in following["figures"] if one["code"] == "participants")["hidden"]


async def test_what_comes_from_a_calendar_that_is_followed_is_nobodys_work_here(it: Running):
    names = await a_year(it)
    foreign = update(Event).where(Event.id == names["course"]).values(source="source:0193")
    await it.database.write(lambda session: session.execute(foreign) and None)
    found = values_of(await report(it))
    assert (found["events"], found["dates"]) == ((4, None), (4, None))
    assert found["venue_hours"] == (0, None)


async def editions(it: Running, names: dict[str, str], **query: str) -> list[dict[str, Any]]:
    """Read a period as a stranger, as a partner and as an administrator."""
    found = []
    for person in (None, a_person(roles={names["theirs"]: "member"}), an_administrator()):
        async with it.http(headers=it.headers(person) if person else {}) as client:
            answer = await client.get(f"{API}/indicators", params={**YEAR, **query})
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
    return found


async def test_no_figure_is_made_of_what_its_reader_may_not_see(it: Running):
    names = await a_year(it)
    blank = await editions(it, names)
    assert [one["period"]["edition"] for one in blank] == ["public", "partners", "hosts"]
    for visibility, readers in (("partners", 2), ("hosts", 1)):
        before = await editions(it, names)
        hidden = await planned(
            it, 9, 9, 10, kind="meeting", host_ids=[names["ours"], names["theirs"]], venue_id=names["hall"],
            funding=[{"source": "Kuria", "amount": 70}], visibility=visibility,
            outcome={"participants": 12, "satisfaction": {"n": 9, "mean": 4, "wording_id": "general"}},
        )  # fmt: skip
        written = {"minutes": "Było dobrze"}
        address = f"{API}/meetings/{hidden}"
        assert (await it.client.patch(address, json=written, headers={"If-Match": '"0"'})).status_code == 200
        after = await editions(it, names)
        changed = [old != new for old, new in zip(before, after, strict=True)]
        assert changed == [index >= 3 - readers for index in range(3)], visibility
    course: dict[str, Any] = {"month": 12, "day": 8, "hour": 10, "host_ids": [names["theirs"]], "visibility": "hosts"}
    other = await planned(it, **course)
    day = int(datetime(2025, 12, 8, 10, tzinfo=WARSAW).timestamp())
    a, b = sorted((names["course"], other))
    pair = {"event_a": a, "event_b": b, "start": day, "end": day + 60, "zone": "Europe/Warsaw", "found_at": clock.now()}
    pair["reason"] = {"code": "x", "values": {}}
    before = await editions(it, names)
    await add(
        it,
        Conflict(
            id=new_id(), version=1, kind="audience", key="1", state="open", severity="warning", last_end=day + 60,
            spans=[], changed_at=clock.now(), **pair,
        ),
        Opportunity(id=new_id(), version=1, state="open", score=1, **pair),
    )  # fmt: skip
    after = await editions(it, names)
    assert [old != new for old, new in zip(before, after, strict=True)] == [False, False, True]


async def test_money_of_one_organisation_is_told_to_partners_alone(it: Running):
    names = await a_year(it)
    money = [{"source": "Kuria", "amount": 70}]
    await planned(it, 5, 5, host_ids=[names["ours"]], funding=money)

    def told(found: dict[str, Any]) -> tuple[Any, list[str]]:
        return values_of(found)["cost"][0], sorted(one["source"] for one in found["period"]["funders"])

    stranger, partner, _ = await editions(it, names)
    assert told(stranger) == (None, ["Miasto"])
    assert told(partner) == (170, ["Kuria", "Miasto"])
    await planned(it, 5, 6, host_ids=[names["theirs"]], funding=[{"source": "Bank", "amount": 30}])
    assert told((await editions(it, names))[0]) == (200, ["Miasto"])
    for dates in ({"to": "2025-12-30"}, {"to": f"{clock.now().year}-12-31", "from": f"{clock.now().year}-01-01"}):
        await planned(it, 1, 2, year=clock.now().year, host_ids=[names["ours"], names["theirs"]], funding=money)
        assert told((await editions(it, names, **dates))[0]) == (None, [])


async def test_what_is_frozen_is_frozen_in_every_edition(it: Running):
    names = await a_year(it)
    assert (await it.client.post(f"{API}/indicators/frozen", json=YEAR)).status_code == 201
    before = await editions(it, names)
    stranger, _, administrator = before
    assert (values_of(stranger)["events"], values_of(administrator)["events"]) == ((4, None), (5, None))
    version = (await it.client.get(f"{API}/events/{names['course']}")).headers["etag"]
    edited = {"outcome": {"participants": 99}, "host_ids": [names["theirs"]]}
    address = f"{API}/events/{names['course']}"
    assert (await it.client.patch(address, json=edited, headers={"If-Match": version})).status_code == 200
    assert (await it.client.post(f"{address}/cancel")).status_code == 200
    await it.database.write(lambda session: session.execute(delete(Event).where(Event.id == names["meeting"])) and None)
    assert await editions(it, names) == before


async def test_a_period_that_was_frozen_in_one_edition_is_shown_to_nobody_who_may_not_see_all_of_it(it: Running):
    names = await a_year(it)
    assert (await it.client.post(f"{API}/indicators/frozen", json=YEAR)).status_code == 201

    def as_at_first(session: Session) -> None:
        row = session.scalars(select(FrozenPeriod)).one()
        row.report = row.report["hosts"]

    await it.database.write(as_at_first)
    found = await editions(it, names)
    assert [one["period"]["frozen_at"] is not None for one in found] == [False, False, True]
    assert [values_of(one)["events"][0] for one in found] == [4, 4, 5]


async def test_a_frozen_period_beside_one_that_is_not_says_which_is_which(it: Running):
    await a_year(it)
    assert (await it.client.post(f"{API}/indicators/frozen", json=YEAR)).status_code == 201
    query = {"from": "2026-01-01", "to": "2026-01-31", "compare_from": "2025-01-01", "compare_to": "2025-12-31"}
    figures = (await it.client.get(f"{API}/indicators", params=query)).json()["figures"]
    assert {(one["origin"], one["compare"]["origin"]) for one in figures} == {("computed", "frozen")}
    async with it.browser() as browser:
        for path in ("/calendar/indicators", "/calendar/indicators/report"):
            page = (await browser.get(path, params=query, headers={"Accept-Language": "en"})).text
            assert "1 January 2026 – 31 January 2026: Counted now; not frozen." in page
            assert "1 January 2025 – 31 December 2025: Frozen on" in page


async def test_conflicts_and_opportunities_count_by_the_day_they_were_for(it: Running):
    names = await a_year(it)
    day = int(datetime(2025, 5, 5, 12, tzinfo=WARSAW).timestamp())
    a, b = sorted((names["course"], names["meeting"]))

    def when(seconds: int) -> datetime:
        return datetime.fromtimestamp(seconds, WARSAW)

    def conflict(key: str, state: str, changed: int, *, start: int = day, **values: Any) -> Conflict:
        return Conflict(
            id=new_id(), version=2, kind="audience", key=key, event_a=a, event_b=b, state=state, start=start,
            end=start + 60, last_end=start + 60, zone="Europe/Warsaw", spans=[], reason={"code": "x", "values": {}},
            found_at=when(changed), changed_at=when(changed), **{"severity": "warning", **values},
        )  # fmt: skip

    accepted = conflict("5", "past", day + 900)
    reopened = conflict("6", "past", day + 900)
    reopened.version = 4
    rows = [
        conflict("1", "resolved", day - 1),
        conflict("2", "resolved", day),
        conflict("3", "open", day - 1),
        conflict("4", "resolved", day - 1, severity="information"),
        accepted,
        reopened,
        conflict("7", "resolved", day - 1, start=day - 365 * 86400),
    ]
    histories = [
        History(
            aggregate="conflict", aggregate_id=row.id, version=1, action="accepted", reason="", changes={},
            at=when(day - 60),
        )
        for row in (accepted, reopened)
    ]  # fmt: skip
    chance = Opportunity(
        id=new_id(), version=2, event_a=a, event_b=b, state="accepted", score=1, reason={"code": "x", "values": {}},
        start=day, end=day + 60, zone="Europe/Warsaw", found_at=clock.now(),
    )  # fmt: skip
    await add(it, *rows, *histories, chance)
    found = values_of(await report(it))
    assert found["conflicts_solved"] == (2, 5)
    assert found["opportunities_taken"] == (1, 1)


async def test_two_periods_are_compared_and_what_was_entered_is_marked(it: Running):
    await a_year(it)
    entered = {"from": "2024-01-01", "to": "2024-12-31", "source_note": "Sprawozdanie"}
    for refused in (
        {**entered, "indicator": "joint_events", "value": 3},
        {**entered, "indicator": "joint_events", "value": 3, "of": 2},
        {**entered, "indicator": "satisfaction", "value": 6, "of": 20},
        {**entered, "indicator": "nothing", "value": 3},
    ):
        answer = await it.client.post(f"{API}/indicators/baselines", json=refused)
        assert answer.status_code == 422, refused
    body = {**entered, "indicator": "joint_events", "value": 1, "of": 10}
    made = await it.client.post(f"{API}/indicators/baselines", json=body)
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    changed = await it.client.patch(address, json={"value": 2}, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["value"], changed.json()["of"]) == (200, 2, 10)
    late = await it.client.patch(address, json={"value": 9}, headers={"If-Match": made.headers["etag"]})
    assert late.status_code == 412
    figures = {one["code"]: one for one in (await report(it, **BEFORE))["figures"]}
    joint = figures["joint_events"]
    assert (joint["compare"]["origin"], joint["compare"]["note"], joint["change"]) == ("baseline", "Sprawozdanie", 0)
    assert (figures["events"]["compare"]["value"], figures["events"]["change"]) == (1, 4)
    assert figures["satisfaction"]["change"] is None


async def test_a_frozen_period_stays_as_it_was(it: Running):
    names = await a_year(it)
    before = await report(it)
    this_year = {"from": f"{clock.now().year}-01-01", "to": f"{clock.now().year}-12-31"}
    early = await it.client.post(f"{API}/indicators/frozen", json=this_year)
    assert (early.status_code, early.json()["type"]) == (409, "urn:osiedle:problem:period-not-over")
    frozen = await it.client.post(f"{API}/indicators/frozen", json=YEAR)
    assert frozen.status_code == 201, frozen.text
    again = await it.client.post(f"{API}/indicators/frozen", json=YEAR)
    assert again.json()["id"] == frozen.json()["id"]
    await planned(it, 7, 7, kind="feast", host_ids=[names["theirs"]])
    late = {**YEAR, "indicator": "events", "value": 99, "source_note": "Poprawka"}
    assert (await it.client.post(f"{API}/indicators/baselines", json=late)).status_code == 409
    after = await report(it)
    assert values_of(after) == values_of(before)
    assert after["period"]["kinds"] == before["period"]["kinds"]
    assert after["period"]["costs"] == before["period"]["costs"]
    assert after["period"]["frozen_at"] == frozen.json()["frozen_at"]
    assert {one["origin"] for one in after["figures"]} == {"frozen"}
    assert after["period"]["definitions_version"] == VERSION
    assert after["period"]["inputs_at"] is not None
    assert values_of(await report(it, to="2025-12-30"))["events"] == (5, None)
    [listed] = (await it.client.get(f"{API}/indicators/frozen")).json()["items"]
    assert (listed["from"], listed["to"]) == ("2025-01-01", "2025-12-31")


async def test_what_organisations_had_is_shown_to_partners_alone(it: Running):
    names = await a_year(it)
    seen = []
    for person in (None, a_person(), a_person(roles={new_id(): "member"})):
        async with it.http(headers=it.headers(person) if person else {}) as client:
            answer = await client.get(f"{API}/indicators", params=YEAR)
            seen.append(answer.json()["period"]["costs"])
            assert answer.json()["period"]["funders"] == [{"source": "Miasto", "amount": 100.0, "events": 1}]
            table = (await client.get(f"{API}/indicators.csv", params=YEAR)).text
            assert ("costs" in table) is (seen[-1] is not None)
    assert seen[:2] == [None, None]
    assert {(one["organisation_id"], one["amount"]) for one in seen[2]} == {
        (names["ours"], 50.0),
        (names["theirs"], 50.0),
    }


async def test_the_table_for_spreadsheets_says_the_same_and_names_no_event(it: Running):
    await a_year(it)
    answer = await it.client.get(f"{API}/indicators.csv", params={**YEAR, **BEFORE})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    figures = {row["code"]: row for row in rows if row["table"] == "figures"}
    assert (figures["events"]["value"], figures["joint_events"]["of"]) == ("5", "5")
    assert figures["events"]["compare_value"] == "1"
    assert sum(float(row["value"]) for row in rows if row["table"] == "kinds.events") == 5
    assert "Święto rodzin" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2025-02-01", "to": "2025-01-01"},
        {"from": "1900-01-01", "to": "1900-02-01"},
        {"from": "2015-01-01", "to": "2025-01-01"},
        {"compare_from": "2024-01-01"},
    ],
)
async def test_a_period_that_is_none_is_refused(it: Running, query: dict[str, str]):
    answer = await it.client.get(f"{API}/indicators", params=query)
    assert answer.status_code == 422, answer.text


async def test_pages_show_the_year_and_only_who_may_freezes(it: Running):
    names = await a_year(it)
    paths = [f"/calendar/indicators?{query}" for query in ("from=2025-01-01&to=2025-12-31", "from=x&to=0001-01-01")]
    async with it.browser() as browser:
        for path in paths:
            page = await browser.get(path, headers={"Accept-Language": "pl"})
            assert page.status_code == 200
        page = await browser.get(paths[0], headers={"Accept-Language": "pl"})
        assert "1 z 4" in page.text
        assert "<title id=" in page.text
        assert "Zamknij okres" not in page.text
        assert "Święto rodzin" not in page.text
        sheet = await browser.get("/calendar/indicators/report", params=YEAR, headers={"Accept-Language": "en"})
        assert "1 of 4" in sheet.text
        assert "Of events that everybody may see." in sheet.text
    async with it.browser(a_coordinator(names["ours"])) as browser:
        assert "Zamknij okres" not in (await browser.get(paths[0])).text
        refused = await browser.post("/calendar/indicators/freeze", data=YEAR)
        assert refused.status_code == 403
    async with it.browser(a_person(neighbourhood_coordinator=True)) as browser:
        assert "Zamknij okres" in (await browser.get(paths[0])).text
        entered = {**YEAR, "indicator": "events", "value": "1 200,5", "source_note": "Teczka"}
        unclear = await browser.post("/calendar/indicators/baseline", data={**entered, "of": "wiele"})
        assert unclear.status_code == 422
        assert (await browser.post("/calendar/indicators/baseline", data=entered)).status_code == 303
        frozen = await browser.post("/calendar/indicators/freeze", data=YEAR)
        page = await browser.get(frozen.headers["location"])
        assert "Okres jest zamknięty" in page.text
        assert "wpisano: Teczka" in page.text
        assert "Zamknij okres" not in page.text
