"""The demo neighbourhood as strangers see it: what is private stands in no byte of it, and it fits a small machine."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.system.stack import ROOT, Embedded, eventually, servers_on

DEMO = json.loads((ROOT / "deploy/demo/azory.json").read_text())
BEGINNINGS = [
    "/",
    "/calendar/",
    "/calendar/feed.ics",
    "/map/",
    "/registry/",
    "/notifications/",
    "/status",
    "/calendar/api/v1/events",
    "/calendar/api/v1/conflicts",
    "/calendar/api/v1/opportunities",
    "/calendar/api/v1/occurrences",
    "/map/api/v1/places",
    "/registry/api/v1/organisations",
    "/registry/api/v1/venues",
    "/registry/api/v1/resources",
    "/registry/api/v1/needs",
    "/registry/api/v1/problems",
    "/registry/api/v1/initiatives",
    "/registry/api/v1/people",
    *(f"/{service}/openapi.json" for service in ("registry", "calendar", "map", "notifications")),
]
COUNTED = [
    "/calendar/api/v1/events",
    "/registry/api/v1/organisations",
    "/registry/api/v1/venues",
    "/registry/api/v1/resources",
    "/registry/api/v1/needs",
    "/registry/api/v1/problems",
    "/registry/api/v1/initiatives",
    "/registry/api/v1/people",
]
MOST_ADDRESSES = 600
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Embedded(tmp_path_factory.mktemp("demo") / "data", demo=True) as stack:
        stack.start()
        eventually(lambda: (stack.data / "demo-loaded").exists(), 90)
        yield stack
        assert stack.stop() == 0


def contacts() -> dict[str, set[str]]:
    """Sort the demo's contacts by visibility; what says nothing is private."""
    found: dict[str, set[str]] = {"public": set(), "partners": set(), "private": set()}

    def walk(node):
        if isinstance(node, dict):
            for contact in node.get("contacts", []):
                found[contact.get("visibility", "private")].add(contact["value"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(DEMO)
    return found


def plain(text: str) -> str:
    """Leave out what a page may put between the digits of a telephone number, and any letter case."""
    return re.sub(r"[\s\u00a0\u202f-]+", "", unescape(text)).casefold()


@pytest.fixture(scope="module")
def public(town) -> dict[str, str]:
    """Read everything that a stranger can reach by following links and lists, as answers by address."""
    seen: dict[str, str] = {}
    waiting = list(BEGINNINGS)
    while waiting and len(seen) < MOST_ADDRESSES:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = town.http.get(town.address + path, headers={"Accept": "text/html,application/json;q=0.9,*/*;q=0.8"})
        assert answer.status_code < 500, path
        kind = answer.headers.get("content-type", "")
        seen[path] = answer.text if kind.startswith(("text/", "application/")) else ""
        waiting += [link for link in links(town, path, answer.text, kind) if link not in seen]
    return seen


def links(town: Embedded, path: str, text: str, kind: str) -> list[str]:
    """Find the addresses of this installation that an answer leads to."""
    if "html" in kind:
        named = [unescape(link) for link in re.findall(r'href="([^"#]+)', text)]
    elif "json" in kind:
        named = re.findall(rf'"({re.escape(town.address)}/[^"]+)"', text)
        named += [f"{path}/{one}" for one in re.findall(r'"id": ?"([0-9a-f-]{36})"', text) if path in BEGINNINGS]
        if path == "/registry/api/v1/organisations":
            named += [f"{path}/{one}/contacts" for one in re.findall(r'"id": ?"([0-9a-f-]{36})"', text)]
    else:
        named = []
    there = [urlsplit(urljoin(town.address + path, link)) for link in named]
    return [
        one.path + (f"?{one.query}" if one.query else "")
        for one in there
        if one.netloc == urlsplit(town.address).netloc and "/assets/" not in one.path and "/docs" not in one.path
    ]


def test_a_stranger_sees_public_contacts(public):
    everything = plain("".join(public.values()))
    missing = {value for value in contacts()["public"] if plain(value) not in everything}
    assert missing == set()


def test_no_private_contact_stands_in_any_public_byte(public):
    hidden = contacts()["private"] | contacts()["partners"]
    assert len(hidden) > 10
    found = [(path, value) for path, text in public.items() for value in hidden if plain(value) in plain(text)]
    assert found == []


def test_no_contact_stands_on_a_service_stream(town):
    """Contacts travel on `PEOPLE` alone, and only those that somebody needs."""
    values = [value.encode() for kind in contacts().values() for value in kind]
    store = town.data / "nats" / "store"
    files = [file for file in store.rglob("*") if file.is_file() and "PEOPLE" not in file.parts]
    assert any("CALENDAR" in file.parts for file in files)
    found = [(str(file.relative_to(store)), value) for file in files for value in values if value in file.read_bytes()]
    assert found == []


def test_every_page_says_that_it_is_a_demo(public):
    pages = {path: text for path, text in public.items() if "<html" in text}
    assert len(pages) > 10
    assert [path for path, text in pages.items() if "demo" not in text.casefold()] == []


def test_the_demo_has_conflicts_opportunities_and_places(town):
    assert eventually(lambda: len(town.conflicts()) >= 2, 30)
    assert eventually(lambda: len(town.get("/map/api/v1/places", limit=200)["items"]) >= 10, 30)
    assert eventually(lambda: town.alerts(), 30)


def test_everything_fits_in_250_megabytes(town):
    parent = town.program.process.pid
    used = sum(memory(pid) for pid in [parent, *servers_on(town.data)])
    assert used < 250 * MEGABYTE, f"{used / MEGABYTE:.0f} MB"


def memory(pid: int) -> int:
    """Give the resident bytes of a process."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("memory is read from /proc, on Linux")
    return 1024 * int(status.read_text().partition("VmRSS:")[2].split()[0])


def test_loading_it_again_adds_nothing(town):
    """As after a first start that was cut off before it could say that all was loaded."""
    before = {path: len(town.get(path, limit=200)["items"]) for path in COUNTED}
    assert min(before.values()) > 0
    assert town.stop() == 0
    (town.data / "demo-loaded").unlink()
    town.start()
    eventually(lambda: (town.data / "demo-loaded").exists(), 60)
    assert {path: len(town.get(path, limit=200)["items"]) for path in COUNTED} == before
