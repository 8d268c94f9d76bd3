"""The Compose installation: from a clean clone to a told conflict, and NATS killed on the way."""

import pytest

from tests.system.stack import eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]

SERVICES = {"registry", "calendar", "map", "notifications", "nats", "postgres", "gateway"}


def test_everything_is_healthy_and_answers_through_the_gateway(town):
    assert {service: town.health(service) for service in SERVICES} == dict.fromkeys(SERVICES, "healthy")
    assert town.container("secrets").attrs["State"]["ExitCode"] == 0
    for service in ("registry", "calendar", "map", "notifications"):
        assert town.http.get(f"{town.address}/{service}/health/ready").status_code == 200
        assert town.http.get(f"{town.address}/{service}/metrics").status_code == 404
    assert town.http.get(f"{town.address}/").status_code == 200


def test_only_the_gateway_is_reached_from_outside_and_only_from_this_machine(town):
    published = {
        service: [binding for ports in town.container(service).ports.values() for binding in ports or []]
        for service in SERVICES
    }
    assert published.pop("gateway")[0]["HostIp"] == "127.0.0.1"
    assert not any(published.values())


def test_no_service_sees_the_secrets_of_another(town):
    code, output = town.container("calendar").exec_run(["sh", "-c", "cat /run/osiedle/*; env; id -u"])
    seen = output.decode()
    assert code == 0
    assert "postgresql://calendar:" in seen
    assert not any(f"postgresql://{other}:" in seen for other in ("registry", "map", "notifications"))
    assert seen.split()[-1] != "0"


def test_the_log_of_the_registry_shows_a_link_that_signs_in_once(town):
    assert "osiedle_session" in town.sign_in(town.sign_in_link()).headers["set-cookie"]
    assert "set-cookie" not in town.sign_in(town.sign_in_link()).headers


def test_the_main_job_through_the_gateway_with_nats_killed_on_the_way(town):
    first, second = town.organisation("Klub Seniora"), town.organisation("Szkoła nr 34", "school")
    town.person("Anna Przykładowa", first, "anna@example.org")
    shared = town.venue("Skwer", first, one_at_a_time=False, capacity=60)
    hall = town.venue("Sala", second, one_at_a_time=True)

    town.plan("Zebranie", hall, first, days=20)
    refused = town.plan("Próba", hall, second, days=20, status=409)
    assert len(refused["slots"]) == 3

    mine = town.plan("Festyn", shared, first, expected_participants=50)
    eventually(lambda: told(town, mine) or place_of(town, mine))

    town.container("nats").kill()  # the engine restarts only what ends by itself
    theirs = town.plan("Piknik", shared, second, expected_participants=50)  # acknowledged without the bus
    pair = {mine["id"], theirs["id"]}
    assert theirs["id"] in {event["id"] for event in events(town)}
    town.container("nats").start()

    conflict = eventually(lambda: open_conflict(town, pair), 60)
    assert conflict["severity"] == "warning"
    alerts = eventually(lambda: told(town, theirs), 60)
    assert {alert["organisation_id"] for alert in alerts} >= {first, second}
    eventually(lambda: place_of(town, mine) and place_of(town, theirs), 60)
    feed = town.ask("GET", "/calendar/feed.ics", status=200).text
    assert "Festyn" in feed
    assert "Piknik" in feed


def test_starting_again_keeps_data_and_passwords(town):
    organisation = town.organisation("Zostaje")
    town.compose("up", "--detach", "--wait", "--force-recreate")
    town.forget_token()
    assert town.get(f"/registry/api/v1/organisations/{organisation}")["name"] == "Zostaje"
    assert eventually(lambda: town.plan("Po restarcie", None, organisation, days=60), 30)["id"]


def test_who_asks_through_the_gateway_cannot_choose_an_address(town):
    """The last story: afterwards this machine has to wait before it signs in again."""
    for number in range(60):
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        answer = town.http.post(f"{town.address}/registry/sign-in", data={"address": "nobody"}, headers=headers)
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert number == 20
    assert int(answer.headers["retry-after"]) <= 61


def events(town):
    return town.get("/calendar/api/v1/events", limit=200)["items"]


def told(town, event):
    return [alert for alert in town.alerts(limit=200) if event["id"] in alert["event_ids"]]


def place_of(town, event):
    places = town.get("/map/api/v1/places", q="Skwer")["items"]
    return [place for place in places if event["id"] in {one["id"] for one in place.get("events", [])}]


def open_conflict(town, pair):
    found = [
        c for c in town.conflicts() if set(c["event_ids"]) == pair and c["kind"] == "venue" and c["state"] == "open"
    ]
    return found[0] if found else None
