"""A program's key in a neighbourhood of four services: known to all at once, refused by all soon after it is ended."""

import time

import httpx

from tests.system.stack import command, eventually

READS = {
    "registry": "/registry/api/v1/keys",
    "calendar": "/calendar/inbox",
    "map": "/map/",
    "notifications": "/notifications/api/v1/alerts",
}
"""Of each service something that asks who reads."""
SCOPES = [f"{service}:read" for service in READS]


def statuses(town, key):
    """Ask each service with a key and give the answers' statuses."""
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    return {service: httpx.get(town.address + path, headers=headers).status_code for service, path in READS.items()}


def test_a_key_holds_everywhere_at_once_and_nowhere_within_a_minute_after_it_is_ended(town):
    made = town.ask("POST", "/registry/api/v1/keys", status=201, json={"name": "Wyświetlacz", "scopes": SCOPES}).json()
    assert statuses(town, made["key"]) == dict.fromkeys(READS, 200)
    eventually(lambda: town.get(f"/registry/api/v1/keys/{made['id']}")["used_at"])
    town.ask("POST", f"/registry/api/v1/keys/{made['id']}/revoke", status=200)
    ended = time.monotonic()
    eventually(lambda: statuses(town, made["key"]) == dict.fromkeys(READS, 401), 60)
    assert time.monotonic() - ended < 60


def test_the_registry_hears_of_a_use_in_another_service(town):
    wanted = {"name": "Tablica", "scopes": ["notifications:read"]}
    made = town.ask("POST", "/registry/api/v1/keys", status=201, json=wanted).json()
    assert town.get(f"/registry/api/v1/keys/{made['id']}")["used_at"] is None
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert httpx.get(f"{town.address}{READS['notifications']}", headers=headers).status_code == 200
    eventually(lambda: town.get(f"/registry/api/v1/keys/{made['id']}")["used_at"])


def test_a_private_feed_is_read_and_its_old_address_ends_with_a_new_one(town):
    def status(made):
        return httpx.get(town.address + "/calendar/private/" + made["address"].rpartition("/")[2]).status_code

    first = town.ask("POST", "/registry/api/v1/keys/feed", status=201).json()
    eventually(lambda: status(first) == 200)
    second = town.ask("POST", "/registry/api/v1/keys/feed", status=201).json()
    eventually(lambda: (status(first), status(second)) == (404, 200))
    assert first["address"].rpartition("_")[2][:-4] not in town.program.printed


def test_the_example_of_a_program_does_what_it_says(town):
    said = command(town.data, "docs.examples.program", ADDRESS=town.address)
    assert "Planned: Planned by a program" in said
    assert "Now it is cancelled" in said
    assert "Alerts: 403 This key was not made for that. It needs the scope notifications:read." in said
    assert "After it was ended: 401 This key does not hold." in said
