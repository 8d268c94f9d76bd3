"""The main job of a coordinator, from the first check to the last alert, over a real NATS."""

import asyncio
from datetime import datetime

import httpx
import pytest

from tests.system.stack import Embedded, eventually

EVENTS = "/calendar/api/v1/events"


@pytest.fixture(scope="module")
def hosts(town):
    """Register two organisations with a coordinator each."""
    found = town.organisation("Klub Seniora Azory"), town.organisation("Towarzystwo Przyjaciół Dzieci")
    for number, organisation in enumerate(found):
        town.person(f"Koordynatorka {number}", organisation, f"koordynatorka{number}@example.org")
    return found


def letters(town: Embedded) -> list[str]:
    """Read the mails that the console client kept."""
    return [file.read_text(errors="replace") for file in sorted((town.data / "mail").glob("*.eml"))]


def test_at_a_shared_venue_both_are_saved_told_shown_and_the_conflict_resolves(town, hosts):
    first, second = hosts
    venue = town.venue("Plac Zabaw przy Chełmońskiego", first, one_at_a_time=False, capacity=100)
    mine = town.plan("Festyn rodzinny", venue, first, expected_participants=80)
    body = {key: mine[key] for key in ("starts_at", "ends_at", "zone", "venue_id", "expected_participants")} | {
        "title": "Piknik sąsiedzki",
        "host_ids": [second],
    }

    # before saving
    checked = eventually(lambda: conflicts_checked(town, body))
    assert [conflict["kind"] for conflict in checked["conflicts"]].count("venue") == 1
    assert next(c for c in checked["conflicts"] if c["kind"] == "venue")["severity"] == "warning"

    # saved, and found again by the calendar's own listener
    theirs = town.post(EVENTS, body)
    pair = {mine["id"], theirs["id"]}
    conflict = eventually(lambda: open_conflict(town, pair))
    assert conflict["severity"] == "warning"

    # both organisations and their people are told
    told = eventually(lambda: alerts_about(town, pair, at_least=2))
    assert {alert["organisation_id"] for alert in told} >= {first, second}
    eventually(lambda: sum("@example.org" in letter for letter in letters(town)) >= 2)

    # the map and the feed show it
    place = eventually(lambda: place_with(town, "Plac Zabaw przy Chełmońskiego", pair))
    assert place["kind"] == "venue"
    feed = town.ask("GET", "/calendar/feed.ics", status=200)
    assert feed.headers["content-type"].startswith("text/calendar")
    assert "Festyn rodzinny" in feed.text
    assert "Piknik sąsiedzki" in feed.text

    # moving one resolves it, and both hear so
    starts_at, ends_at = (datetime.fromisoformat(mine[key]) for key in ("starts_at", "ends_at"))
    later = {"starts_at": starts_at.replace(hour=18).isoformat(), "ends_at": ends_at.replace(hour=20).isoformat()}
    town.move(theirs["id"], **later)
    eventually(lambda: not open_conflicts(town, pair))
    eventually(
        lambda: {a["organisation_id"] for a in alerts_about(town, pair) if "resolved" in a["kind"]} >= set(hosts)
    )


def test_cancelling_resolves_the_conflict_too(town, hosts):
    first, second = hosts
    venue = town.venue("Park kieszonkowy", first, one_at_a_time=False, capacity=50)
    mine = town.plan("Otwarcie parku", venue, first, expected_participants=40, days=40)
    theirs = town.plan("Sadzenie krzewów", venue, second, expected_participants=40, days=40)
    pair = {mine["id"], theirs["id"]}
    eventually(lambda: open_conflict(town, pair))
    cancel(town, theirs["id"])
    eventually(lambda: not open_conflicts(town, pair))
    eventually(lambda: {a["organisation_id"] for a in alerts_about(town, pair) if "resolved" in a["kind"]} >= {first})


def test_a_venue_that_takes_one_at_a_time_refuses_the_second_with_free_slots(town, hosts):
    first, second = hosts
    venue = town.venue("Sala w szkole", first, one_at_a_time=True)
    mine = town.plan("Zebranie", venue, first, days=50)
    refused = town.plan("Próba chóru", venue, second, days=50, status=409)
    assert [conflict["severity"] for conflict in refused["conflicts"] if conflict["kind"] == "venue"] == ["blocking"]
    assert mine["id"] in refused["conflicts"][0]["event_ids"]
    assert len(refused["slots"]) == 3
    slot = refused["slots"][0]
    saved = town.plan("Próba chóru", venue, second, days=50, starts_at=slot["starts_at"], ends_at=slot["ends_at"])
    assert saved["id"]


def test_a_hundred_at_the_same_instant_get_one_slot_once(town, hosts):
    venue = town.venue("Świetlica", hosts[0], one_at_a_time=True)
    body = {
        "title": "Zajęcia",
        "starts_at": "2031-03-04T10:00:00+01:00",
        "ends_at": "2031-03-04T12:00:00+01:00",
        "zone": "Europe/Warsaw",
        "venue_id": venue,
        "host_ids": [hosts[0]],
    }

    async def ask_all() -> list[int]:
        headers = {"Authorization": f"Bearer {town.token}"}
        async with httpx.AsyncClient(base_url=town.address, headers=headers, timeout=60) as client:
            answers = await asyncio.gather(*(client.post(EVENTS, json=body) for _ in range(100)))
        return [answer.status_code for answer in answers]

    statuses = asyncio.run(ask_all())
    assert statuses.count(201) == 1
    assert statuses.count(409) == 99


def conflicts_checked(town, body):
    answer = town.ask("POST", f"{EVENTS}/check", json=body, status=200).json()
    return answer if answer["conflicts"] else None


def open_conflicts(town, pair):
    return [
        c for c in town.conflicts() if set(c["event_ids"]) == pair and c["state"] == "open" and c["kind"] == "venue"
    ]


def open_conflict(town, pair):
    found = open_conflicts(town, pair)
    return found[0] if found else None


def alerts_about(town, pair, at_least=1):
    found = [alert for alert in town.alerts(limit=200) if pair & set(alert["event_ids"])]
    assert len(found) >= at_least, found
    return found


def place_with(town, name, pair):
    places = [place for place in town.get("/map/api/v1/places", q=name)["items"] if place["kind"] == "venue"]
    assert {event["id"] for event in places[0]["events"]} >= pair
    return places[0]


def cancel(town, event_id):
    town.ask("POST", f"{EVENTS}/{event_id}/cancel", status=200, json={"because": "Deszcz"})
