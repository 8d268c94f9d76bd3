"""Minutes of a meeting while the server is killed and started again: nothing that was acknowledged is lost."""

import threading
import time

import httpx
import pytest

from tests.system.stack import Embedded, eventually

KILLS = 4
WRITERS = 3


class Writer(threading.Thread):
    """Writes one section of the minutes without a pause, each text longer than the one before, as a page does."""

    def __init__(self, town: Embedded, path: str, section: str) -> None:
        super().__init__()
        self.town = town
        self.path = f"{path}/{section}"
        self.headers = {"Authorization": f"Bearer {town.token}"}
        self.acknowledged: list[tuple[int, str]] = []
        self.refused: list[str] = []
        self.ending = threading.Event()

    def writes_more(self) -> None:
        """Wait until some more was acknowledged."""
        before = len(self.acknowledged)
        eventually(lambda: len(self.acknowledged) > before + 2)

    def run(self) -> None:
        version, number = 0, 0
        with httpx.Client(timeout=5, headers=self.headers) as client:
            while not self.ending.is_set():
                text = f"{self.path[-12:]} zdanie {number}"
                try:
                    answer = client.put(
                        self.town.address + self.path, json={"text": text}, headers={"If-Match": f'"{version}"'}
                    )
                except httpx.HTTPError:
                    time.sleep(0.02)  # the same text is sent again: whether it got through nobody knows
                    continue
                if answer.status_code == 200:
                    version = answer.json()["version"]
                    self.acknowledged.append((version, text))
                    number += 1
                elif answer.status_code < 500:
                    self.refused.append(answer.text)
                    return


@pytest.mark.timeout(600)
def test_minutes_that_were_acknowledged_are_there_after_every_kill(tmp_path):
    with Embedded(tmp_path / "data") as town:
        town.start()
        host = town.organisation("Klub")
        meeting = town.plan("Spotkanie", None, host, kind="meeting")
        base = f"/calendar/api/v1/meetings/{meeting['id']}"
        items = [town.post(f"{base}/items", {"title": f"Punkt {number}"})["id"] for number in range(WRITERS - 1)]
        writers = {one: Writer(town, f"{base}/minutes", one) for one in (*items, "general")}
        for writer in writers.values():
            writer.start()
        try:
            for number in range(KILLS):
                for writer in writers.values():
                    writer.writes_more()
                time.sleep(0.03 * number)
                town.kill()
                known = {one: writer.acknowledged[-1] for one, writer in writers.items()}
                town.start()
                kept = {one["id"]: (one["version"], one["text"]) for one in town.get(f"{base}/minutes")["items"]}
                for one, (version, text) in known.items():
                    assert kept[one][0] >= version, f"{text} was acknowledged and is not there"
                    assert kept[one][0] > version or kept[one][1] == text
        finally:
            for writer in writers.values():
                writer.ending.set()
            for writer in writers.values():
                writer.join()
        for writer in writers.values():
            assert writer.refused == [], "a repeat of what had got through is no conflict"
            versions = [version for version, _ in writer.acknowledged]
            assert versions == list(range(1, len(versions) + 1)), "each acknowledged text is one version"
        assert town.stop() == 0
