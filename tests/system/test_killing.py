"""kill -9 of the parent alone under load, again and again: nothing is lost, and no folder has two servers."""

import threading
import time

import httpx
import pytest

from tests.system.stack import Embedded, eventually, servers_on, slowness

KILLS = 20
LONGEST_START = 5.0


class Load:
    """A few threads that register organisations as fast as they are answered, and remember what was acknowledged."""

    def __init__(self, town: Embedded, threads: int = 2) -> None:
        self.town = town
        self.acknowledged: list[str] = []
        self.ending = threading.Event()
        self.headers = {"Authorization": f"Bearer {town.token}"}
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(threads)]

    def work(self, number: int) -> None:
        with httpx.Client(timeout=5, headers=self.headers) as client:
            for count in range(100_000):
                if self.ending.is_set():
                    return
                body = {"name": f"Organisation {number}-{count}", "kind": "ngo"}
                try:
                    answer = client.post(f"{self.town.address}/registry/api/v1/organisations", json=body)
                except httpx.HTTPError:
                    time.sleep(0.01)
                    continue
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["id"])
                time.sleep(0.01)

    def waits_for_more(self) -> None:
        """Wait until a few more were acknowledged."""
        before = len(self.acknowledged)
        eventually(lambda: len(self.acknowledged) > before + 3)

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.timeout(900)
def test_twenty_kills_of_the_parent_under_load_lose_nothing_and_leave_one_server(fresh):
    town = fresh
    town.start()
    took, slow = [], 1.0
    with Load(town) as load:
        for number in range(KILLS):
            load.waits_for_more()
            time.sleep(0.05 * (number % 5))
            slow = max(slow, slowness())
            town.kill()
            took.append(town.start())
            assert len(servers_on(town.data)) == 1
    assert max(took) < LONGEST_START * slow, took
    kept = every_organisation(town)
    assert set(load.acknowledged) <= kept
    eventually(lambda: seen_by_the_map(town) >= set(load.acknowledged), 30, every=0.5)
    assert town.stop() == 0
    assert servers_on(town.data) == []


def every_organisation(town: Embedded) -> set[str]:
    return set(town.every_id("/registry/api/v1/organisations"))


def seen_by_the_map(town: Embedded) -> set[str]:
    """List the organisations that have travelled over the bus."""
    return set(town.every_id("/map/api/v1/places?kind=organisation"))
