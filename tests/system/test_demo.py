"""The demo neighbourhood, as a visitor finds it after `make run`: its conflicts, its chances, its secrets kept."""

import asyncio
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from deploy.demo.loading import FILE, load
from tests.system.stack import Embedded, command, eventually

DEMO = json.loads(FILE.read_text(encoding="utf-8"))
OVER_CAPACITY = {"Otwarcie parku kieszonkowego", "festyn rodzinny na skwerze"}
SAME_PEOPLE = {"Piąte urodziny Klubu Seniora", "Budżet obywatelski: jak zgłosić pomysł"}


@pytest.fixture(scope="module")
def demo_town(tmp_path_factory):
    """Run the embedded stack with the demo, as a first start does."""
    stack = Embedded(tmp_path_factory.mktemp("demo") / "data", demo=True, limited=True)
    stack.start()
    try:
        eventually(lambda: (stack.data / "demo-loaded").exists(), 90)
        yield stack
    finally:
        stack.stop()


def titles(found: dict[str, Any]) -> set[str]:
    """Give the titles of a conflict or chance without the name of the season."""
    return {re.sub(r"^(Zimowy|Wiosenny|Letni|Jesienny) ", "", title) for title in found["event_titles"]}


def test_two_conflicts_and_their_alerts_are_true(demo_town):
    def warnings() -> list[dict[str, Any]]:
        found = [one for one in demo_town.conflicts(limit=200) if one["severity"] != "information"]
        return found if len(found) >= 2 else []

    found = {one["reason_code"]: titles(one) for one in eventually(warnings)}
    assert found == {"venue_over_capacity": OVER_CAPACITY, "audience_near": SAME_PEOPLE}
    told = eventually(lambda: [one for one in demo_town.alerts(limit=200) if one["kind"] == "conflict_detected"])
    assert all(one["organisation_id"] for one in told)


def test_at_least_two_chances_are_found(demo_town):
    def chances() -> list[set[str]]:
        found = demo_town.get("/calendar/api/v1/opportunities", limit=200)["items"]
        return [titles(one) for one in found] if len(found) >= 2 else []

    found = eventually(chances)
    assert OVER_CAPACITY in found
    assert {"Prace w ogrodzie społecznym", "Budżet obywatelski: zielone pomysły dla Azorów"} in found


def test_loading_again_changes_nothing_also_in_another_season(demo_town):
    later = date.today() + timedelta(days=100)  # noqa: DTZ011 -- any day will do
    summary = asyncio.run(load(demo_town.address, demo_town.token, today=later))
    assert summary.made == {}
    assert summary.unchanged > 80
    said = command(demo_town.data, "deploy.demo", "--address", demo_town.address, "--token", demo_town.token)
    assert said.startswith("Made nothing")


def test_no_public_byte_holds_what_is_private(demo_town):
    people = [one for kind in ("organisations", "people") for row in DEMO[kind].values() for one in row["contacts"]]
    hidden = {one["value"] for one in people if one.get("visibility", "private") != "public"}
    shown = {one["value"] for one in people if one.get("visibility") == "public"}
    assert len(hidden) > 15
    addresses = ["/", "/registry/", "/registry/problems", "/calendar/", "/map/", "/calendar/feed.ics"]
    for kind in ("organisations", "venues", "resources", "needs", "problems", "initiatives"):
        addresses.append(f"/registry/api/v1/{kind}?limit=200")
    for kind in ("events", "conflicts", "opportunities", "occurrences"):
        addresses.append(f"/calendar/api/v1/{kind}?limit=200")
    addresses.append("/map/api/v1/places?limit=200")
    for row in demo_town.get("/registry/api/v1/organisations", limit=200)["items"]:
        addresses += [f"/registry/organisations/{row['id']}", f"/registry/api/v1/organisations/{row['id']}/contacts"]
    for row in demo_town.get("/calendar/api/v1/events", limit=200)["items"]:
        addresses.append(f"/calendar/events/{row['id']}")
    seen = set()
    for address in addresses:
        answer = demo_town.http.get(demo_town.address + address, follow_redirects=True)
        assert answer.status_code == 200, address
        assert not [value for value in hidden if value in answer.text], address
        seen |= {value for value in shown if value in answer.text}
    assert seen == shown


def test_a_municipal_system_is_heard_in_one_command(demo_town):
    said = command(demo_town.data, "docs.examples.closure", ADDRESS=demo_town.address)
    assert "Conflict (warning): The city announced a closure" in said
    assert "Conflict (warning): The city has an event of its own" in said
    assert "Alert" in said


def test_the_demo_goes_and_what_people_added_stays(demo_town):
    """The last test here: it leaves nothing to look at. An event of others at a hall of the demo keeps the hall."""
    ours = demo_town.organisation("Zwykłe Stowarzyszenie")
    demo_hall = demo_town.get("/registry/api/v1/venues", limit=200)["items"][0]
    theirs = demo_town.plan("Prawdziwe zebranie", demo_hall["id"], ours, days=300)
    made = [json.loads(line) for line in (demo_town.data / "demo-made.jsonl").read_text().splitlines()]
    changed = next(one["path"] for one in made if one.get("kind") == "needs")
    etag = demo_town.ask("GET", changed, status=200).headers["etag"]
    demo_town.ask("PATCH", changed, json={"title": "Ktoś to zmienił"}, headers={"If-Match": etag}, status=200)

    printed = command(demo_town.data, "deploy", "demo", "remove", "--yes", "--json", "--address", demo_town.address)
    done = json.loads(printed)
    stays = {one["path"]: one["because"] for one in done["stays"]}

    assert demo_town.get(f"/calendar/api/v1/events/{theirs['id']}")["status"] == "confirmed"
    assert demo_town.get(f"/registry/api/v1/organisations/{ours}")["status"] == "active"
    assert stays[changed] == "somebody changed it"
    assert stays[f"/registry/api/v1/venues/{demo_hall['id']}"] == "something that is not of the demo needs it"
    gone = {one["path"] for one in done["gone"]}
    assert {one["path"] for one in made if one.get("kind") == "people"} <= gone
    assert {one["path"] for one in made if one.get("kind") == "events"} <= gone | set(stays)
    assert {one["name"] for one in demo_town.get("/registry/api/v1/people", limit=200)["items"]}.isdisjoint(
        entry["name"] for entry in DEMO["people"].values()
    )
    again = json.loads(
        command(demo_town.data, "deploy", "demo", "remove", "--yes", "--json", "--address", demo_town.address)
    )
    assert again["gone"] == []
    assert {one["path"] for one in again["stays"]} == set(stays)
