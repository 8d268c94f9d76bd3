"""The status page of a real installation: who falls silent is seen, and who comes back is well again."""

import signal
import time

from tests.system.stack import SERVICES, eventually

SEEN_WITHIN = 20


def states(village):
    return {one["service"]: one["state"] for one in village.get("/notifications/api/v1/status")["services"]}


def test_a_frozen_service_is_seen_and_is_well_when_it_goes_on(village):
    """Frozen, not killed: its connection to the bus stays open, so that silence alone betrays it."""
    well = dict.fromkeys(SERVICES, "well")
    eventually(lambda: states(village) == well, 30)
    frozen = village.programs["map"].process
    frozen.send_signal(signal.SIGSTOP)
    since = time.monotonic()
    try:
        eventually(lambda: states(village) == {**well, "map": "silent"}, 2 * SEEN_WITHIN)
        took = time.monotonic() - since
        details = village.get("/notifications/api/v1/status")["details"]
    finally:
        frozen.send_signal(signal.SIGCONT)
    assert took < SEEN_WITHIN
    assert [(fault["code"], fault["about"]) for fault in details["faults"] if fault["grave"]] == [
        ("service_silent", "map")
    ]
    figures = {one["service"]: one for one in details["services"]}
    assert figures["calendar"]["database"].startswith("SQLite 3.")
    assert all(figures["calendar"][name] for name in ("version", "started_at", "consumers"))
    eventually(lambda: states(village) == well, 30)


def test_without_nats_the_page_answers_and_says_so(village):
    eventually(lambda: village.get("/notifications/api/v1/status")["state"] == "well", 30)
    village.kill("nats")
    page = f"{village.addresses['notifications']}/status"
    accept = {"Accept": "text/html", "Accept-Language": "en"}
    eventually(lambda: "cannot tell each other anything now" in village.http.get(page, headers=accept).text)
    assert "Not everything works" in village.http.get(page, headers=accept).text
    village.start_bus()
    eventually(lambda: village.get("/notifications/api/v1/status")["state"] == "well", 60)
