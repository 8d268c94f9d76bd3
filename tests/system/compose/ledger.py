"""What a load was told, compared with what every service, stream and listener holds: nothing lost, nothing doubled."""

import json
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpx

from tests.chaos.verdict import Verdict, waiting_in
from tests.system.compose.installation import Installation
from tests.system.compose.load import Ledger
from tests.system.stack import SERVICES

ROWS = (
    "SELECT count(*) FILTER (WHERE published_at IS NOT NULL), count(DISTINCT stream_sequence),"
    " count(*) FILTER (WHERE published_at IS NULL) FROM outbox WHERE stream = '{stream}'"
)
SET_ASIDE = "SELECT count(*) FROM set_aside WHERE state = 'waiting'"


def settle(town: Installation, ledger: Ledger, seconds: float) -> tuple[Verdict, float]:
    """Wait until everything acknowledged is everywhere; gives what is not so at last, and the seconds that it took."""
    began = time.monotonic()
    while True:
        try:
            verdict = judge(town, ledger)
        except (httpx.HTTPError, AssertionError, ValueError) as error:  # it has not come back yet
            verdict = Verdict(stuck=[f"cannot be read: {error!r}"])
        took = time.monotonic() - began
        if not verdict.faults or took > seconds:
            return verdict, took
        time.sleep(0.5)


def judge(town: Installation, ledger: Ledger) -> Verdict:
    """Compare the ledgers now."""
    verdict = Verdict(stuck=list(ledger.faults))
    kept = _named(ledger, town.every("/registry/api/v1/organisations"), lambda one: one["name"])
    _compare(verdict, ledger, "organisation", kept)
    places = Counter(town.every_id("/map/api/v1/places?kind=organisation"))
    verdict.lost += [f"{name} is not on the map" for name, ids in kept.items() if not places[ids[0]]]
    verdict.doubled += [f"{name} is on the map twice" for name, ids in kept.items() if places[ids[0]] > 1]
    events = _named(ledger, town.every("/calendar/api/v1/events"), lambda one: one["title"])
    _compare(verdict, ledger, "event", events)
    facts = _named(ledger, town.every("/calendar/api/v1/facts"), lambda one: one["title"]["pl"])
    _compare(verdict, ledger, "closure", facts, told="announcement")
    _judge_alerts(verdict, ledger, town.every("/notifications/api/v1/alerts"), events, facts)
    _judge_streams(verdict, town)
    return verdict


def _named(ledger: Ledger, items: Iterable[dict[str, Any]], name_of: Any) -> dict[str, list[str]]:
    """Give the ids by name of what this load has written."""
    found: dict[str, list[str]] = {}
    for item in items:
        if name_of(item).startswith(f"{ledger.name}-"):
            found.setdefault(name_of(item), []).append(item["id"])
    return found


def _compare(verdict: Verdict, ledger: Ledger, door: str, kept: dict[str, list[str]], told: str = "") -> None:
    doors = [door, told] if told else [door]
    for one in doors:
        verdict.lost += [
            f"{name} was acknowledged and is not there" for name in set(ledger.acknowledged[one]) - set(kept)
        ]
    asked = set().union(*(ledger.asked[one] for one in doors))
    verdict.doubled += [f"{name} is there {len(ids)} times" for name, ids in kept.items() if len(ids) > 1]
    verdict.doubled += [f"{name} is there and was never asked for" for name in set(kept) - asked]


def _judge_alerts(
    verdict: Verdict,
    ledger: Ledger,
    alerts: Iterable[dict[str, Any]],
    events: dict[str, list[str]],
    facts: dict[str, list[str]],
) -> None:
    """An event that a closure meets has one alert of it for the one person who hosts it."""
    told = Counter(
        (alert["event_ids"][0], alert["reason"]["values"]["title"]["pl"])
        for alert in alerts
        if alert["kind"] == "conflict_detected" and alert["reason"]["code"] == "municipal_closure"
    )
    expected: Counter[tuple[str, str]] = Counter()
    for name in facts:
        door, _, number = name.removeprefix(f"{ledger.name}-").rpartition("-")
        slot = 2 * int(number) + (door == "announcement")
        if event := events.get(f"{ledger.name}-event-{slot}"):
            expected[event[0], name] = 1
    told = Counter({pair: count for pair, count in told.items() if pair[1].startswith(f"{ledger.name}-")})
    verdict.lost += [f"nobody was alerted of {pair}" for pair in expected - told]
    verdict.doubled += [f"the alert of {pair} came too often" for pair in told - expected]


def _judge_streams(verdict: Verdict, town: Installation) -> None:
    """A row that is told has one place in its stream, and the stream holds nothing else."""
    told = _bus_says(town)
    streams = {one["name"]: one["state"] for account in told["account_details"] for one in account["stream_detail"]}
    for service in SERVICES:
        stream = service.upper()
        published, places, untold = (int(n) for n in rows(town, service, ROWS.format(stream=stream)).split("|"))
        messages = streams[stream]["messages"]
        if messages < published:
            verdict.lost.append(f"{stream} holds {messages} messages of {published}")
        if messages > published + untold or places < published:
            verdict.doubled.append(f"{stream} holds {messages} messages at {places} places for {published} rows")
        if untold or messages != published:
            verdict.stuck.append(f"{untold} rows of {service} wait to be told, {messages - published} to be marked")
        if waiting := int(rows(town, service, SET_ASIDE)):
            verdict.stuck.append(f"{waiting} messages are set aside at {service}")
    if waiting := waiting_in(told):
        verdict.stuck.append(f"{waiting} messages wait at consumers")


def rows(town: Installation, service: str, statement: str) -> str:
    """Ask the database of a service."""
    asked = ["psql", "-U", "postgres", "-d", service, "-At", "-c", statement]
    code, output = town.container("postgres").exec_run(asked, user="postgres")
    assert code == 0, output.decode()
    return str(output.decode().strip())


def _bus_says(town: Installation) -> Any:
    asked = ["wget", "-qO-", "http://127.0.0.1:8222/jsz?accounts=true&streams=true&consumers=true"]
    code, output = town.container("nats").exec_run(asked)
    assert code == 0, output.decode()
    return json.loads(output)
