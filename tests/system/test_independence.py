"""Four processes with their own databases and ports: each works while the others, or the bus, are away."""

import pytest

from tests.system.stack import SERVICES, Village, eventually


@pytest.mark.parametrize("service", SERVICES)
def test_each_starts_and_answers_with_everything_else_absent(tmp_path, service):
    alone = Village(tmp_path / "data")
    try:
        alone.start(service)
        page = alone.http.get(f"{alone.addresses[service]}/{service}/", headers={"Accept": "text/html"})
        assert page.status_code < 500
    finally:
        alone.stop()


def test_an_alert_arrives_when_killed_notifications_are_back(village):
    host = village.organisation("Dom Kultury")
    other = village.organisation("Biblioteka")
    venue = village.venue("Dziedziniec", host, one_at_a_time=False, capacity=10)
    first = village.plan("Koncert", venue, host, expected_participants=9)
    village.kill("notifications")
    second = village.plan("Kiermasz", venue, other, expected_participants=9)
    village.start("notifications")
    eventually(lambda: {alert["organisation_id"] for alert in village.alerts_about(first, second)} >= {host, other}, 30)


def test_an_event_is_on_the_map_when_the_killed_map_is_back(village):
    host = village.organisation("Rada Dzielnicy")
    venue = village.venue("Fontanna na rynku", host, one_at_a_time=False)
    eventually(lambda: village.get("/map/api/v1/places", q="Fontanna")["items"])
    village.kill("map")
    event = village.plan("Odsłonięcie", venue, host, days=12)
    village.start("map")
    eventually(
        lambda: event["id"] in {e["id"] for e in village.get("/map/api/v1/places", q="Fontanna")["items"][0]["events"]},
        30,
    )


def test_writing_goes_on_without_nats_and_everything_is_told_afterwards(village):
    host = village.organisation("Spółdzielnia", "housing_association")
    venue = village.venue("Pasaż", host, one_at_a_time=False, capacity=10)
    first = village.plan("Targ", venue, host, expected_participants=9, days=15)
    eventually(lambda: village.get("/map/api/v1/places", q="Pasaż")["items"])
    village.kill("nats")
    second = village.plan("Wystawa", venue, host, expected_participants=9, days=15)
    assert all(village.is_ready(service) for service in SERVICES)
    village.start_bus()
    eventually(lambda: village.alerts_about(second), 30)
    eventually(
        lambda: (
            {first["id"], second["id"]}
            <= {e["id"] for e in village.get("/map/api/v1/places", q="Pasaż")["items"][0]["events"]}
        ),
        30,
    )
