"""A stolen token in a neighbourhood of four services: it holds nowhere soon after its session was ended."""

import time

import httpx

from tests.system.stack import command, eventually

ASKS_WHO = {
    "registry": "/registry/api/v1/people",
    "calendar": "/calendar/inbox",
    "map": "/map/",
    "notifications": "/notifications/api/v1/alerts",
}
"""Of each service something that a bearer token is checked for: one that does not hold is refused, not ignored."""


def statuses(town, token):
    """Ask each service with a token and give the answers' statuses."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return {service: httpx.get(town.address + path, headers=headers).status_code for service, path in ASKS_WHO.items()}


def test_signing_out_ends_a_stolen_token_in_every_service_within_a_minute(town):
    """Fails where only the registry forgets the session: elsewhere a token holds for its fifteen minutes."""
    link = command(
        town.data, "services.registry", "sign-in-link", "--role", "administrator", OSIEDLE_ADDRESS=town.address
    )
    with httpx.Client(base_url=town.address, headers={"Sec-Fetch-Site": "same-origin"}) as browser:
        assert browser.post("/registry/sign-in", data={"link": link.strip().partition("?link=")[2]}).status_code == 303
        stolen = browser.cookies["osiedle_token"]
        eventually(lambda: statuses(town, stolen) == dict.fromkeys(ASKS_WHO, 200))
        assert browser.post("/registry/sign-out").status_code == 303
    ended = time.monotonic()
    eventually(lambda: statuses(town, stolen) == dict.fromkeys(ASKS_WHO, 401), 60)
    print(f"refused everywhere after {time.monotonic() - ended:.3f} s")
    assert time.monotonic() - ended < 60
