"""A neighbourhood that is written to while a backup is made, and what is asked of it before and after."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.system.stack import eventually

QUESTIONS = (
    "/registry/api/v1/organisations",
    "/registry/api/v1/people",
    "/registry/api/v1/venues",
    "/calendar/api/v1/events",
    "/calendar/api/v1/conflicts",
    "/map/api/v1/places",
    "/notifications/api/v1/alerts",
)
"""Lists; each thing in one is known by its id."""
FEEDS = ("/calendar/feed.ics", "/calendar/feed.json")


def settled(town):
    """Give a neighbourhood in which two events have met, and everybody concerned was told."""
    first, second = town.organisation("Klub Seniora"), town.organisation("Szkoła nr 34", "school")
    town.person("Anna Przykładowa", first, "anna@example.org")
    yard = town.venue("Skwer", first, one_at_a_time=False, capacity=60)
    mine = eventually(lambda: town.plan("Festyn", yard, first, expected_participants=50), 60)
    theirs = eventually(lambda: town.plan("Piknik", yard, second, expected_participants=50), 60)
    eventually(lambda: town.alerts_about(mine) and town.alerts_about(theirs), 60)
    eventually(lambda: {first, second} <= on_the_map(town), 60)
    return theirs


def recorded(town, event):
    """Ask everything; by question, and in lists by id."""
    told = {path: {item["id"]: item for item in items_of(town, path)} for path in QUESTIONS}
    told["event"] = {event["id"]: town.get(f"/calendar/api/v1/events/{event['id']}")}
    for path in FEEDS:
        text = town.ask("GET", path, status=200).text
        told[path] = dict.fromkeys(re.findall(r"(?m)^UID:(\S+)|\"id\": ?\"([^\"]+)\"", text))
    return told


def items_of(town, path):
    following, items = f"{path}?limit=200", []
    while following:
        page = town.ask("GET", following.removeprefix(town.address), status=200).json()
        items += page["items"]
        following = page["next"]
    return items


def missing(before, after):
    """Name what was answered before and is not, or otherwise, now."""
    return [
        (path, id) for path, things in before.items() for id, thing in things.items() if after[path].get(id, 0) != thing
    ]


def on_the_map(town):
    """List the organisations that have travelled over the bus."""
    return set(town.every_id("/map/api/v1/places?kind=organisation"))


class Writers:
    """Threads that register organisations and plan events as fast as they are answered."""

    def __init__(self, town):
        self.acknowledged = []
        self.ending = threading.Event()
        self.town = town
        self.headers = {"Authorization": f"Bearer {town.token}"}

    def work(self, number):
        with httpx.Client(timeout=15, headers=self.headers) as client:
            for count in range(100_000):
                if self.ending.is_set():
                    return
                body = {"name": f"Napisana {number}-{count}", "kind": "ngo"}
                try:
                    answer = client.post(f"{self.town.address}/registry/api/v1/organisations", json=body)
                except httpx.HTTPError:
                    continue
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])
                time.sleep(0.02)


@contextmanager
def written_to(town) -> Iterator[Writers]:
    """Have a neighbourhood written to, by two at a time."""
    writers = Writers(town)
    threads = [threading.Thread(target=writers.work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: len(writers.acknowledged) > 20, 60)
        yield writers
    finally:
        writers.ending.set()
        for thread in threads:
            thread.join()


def converges(town, acknowledged):
    """Wait until the map has what the registry has, and say of whom that is; nobody is there twice."""
    ids = town.every_id("/registry/api/v1/organisations")
    assert len(ids) == len(set(ids))
    eventually(lambda: on_the_map(town) == set(ids), 90, every=0.5)
    assert set(acknowledged) <= set(ids)
    alerts = town.alerts(limit=200)
    told = [(one["kind"], one["organisation_id"], tuple(sorted(one["event_ids"]))) for one in alerts]
    assert len(told) == len(set(told))
    return set(ids)
