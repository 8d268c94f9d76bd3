"""A neighbourhood with something going on in it, and Chromium to look at it; whatever it does wrong is noted."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, sync_playwright

from shared import clock
from tests.browser.town import PHONE, Noted, Opener, PostOffice, Town
from tests.system.stack import Embedded, eventually, free_port

REGISTRY = "/registry/api/v1"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def post() -> Iterator[tuple[PostOffice, int]]:
    """Run a real mail server, and give what it takes, and its port."""
    office, port = PostOffice(), free_port()
    server = Controller(office, hostname="127.0.0.1", port=port, ready_timeout=30)
    server.start()
    yield office, port
    server.stop()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, post: tuple[PostOffice, int]) -> Iterator[Town]:
    """Run the embedded stack with the demo, which sends its mail by SMTP, and add a few things of our own."""
    folder = tmp_path_factory.mktemp("browser")
    mail: dict[str, Any] = {"OSIEDLE_MAIL": "smtp", "OSIEDLE_SMTP_PORT": str(post[1])}
    stack = Embedded(
        folder / "data", demo=True, OSIEDLE_EMBED_HOSTS="https://example.org", OSIEDLE_APPRISE_SCHEMES="ntfys", **mail
    )
    stack.start()
    try:
        eventually(lambda: (stack.data / "demo-loaded").exists() or "could not be loaded" in stack.program.printed, 60)
        assert (stack.data / "demo-loaded").exists(), stack.program.printed
        town = Town(stack, post[0])
        settle(town)
        yield town
    finally:
        stack.stop()


def settle(town: Town) -> None:
    """Register two organisations, a coordinator and two venues; plan two feasts that meet, and a meeting."""
    stack, ids = town.stack, town.ids
    state_by_law(stack.data / "statements.toml")
    ids["ours"], ids["theirs"] = stack.organisation("Pracownia Testów"), stack.organisation("Koło Przeglądarek")
    ids["person"] = stack.person("Tester Testowy", ids["ours"], "tester@example.org")
    ids["hall"] = stack.venue("Sala testowa", ids["ours"], one_at_a_time=True)
    ids["square"] = stack.venue("Plac testowy", ids["theirs"], one_at_a_time=False)
    families: dict[str, Any] = {"audiences": ["families"], "expected_participants": 80, "kind": "feast"}
    ids["feast"] = stack.plan("Festyn naszych testów", ids["square"], ids["ours"], days=3, **families)["id"]
    ids["other"] = stack.plan("Festyn cudzych testów", ids["square"], ids["theirs"], days=3, hour=11, **families)["id"]
    ids["taken"] = stack.plan("Zajęta sala", ids["hall"], ids["theirs"], days=4)["id"]
    ids["meeting"] = stack.plan("Narada testowa", ids["hall"], ids["ours"], days=5, kind="meeting")["id"]
    ids["next_meeting"] = stack.plan("Następna narada", ids["hall"], ids["ours"], days=19, kind="meeting")["id"]
    ids["decision"] = something_agreed(town)
    workshop = stack.plan("Wczorajsze warsztaty", None, ids["ours"], days=-1)["id"]
    ids["questions"] = stack.post(f"/calendar/api/v1/events/{workshop}/satisfaction", {})["id"]
    ids["poll"], ids["ballot"] = a_poll(town)
    themes = {"themes": ["safety"], "evidence": [{"text": "Spacer badawczy", "link": "https://example.org/spacer"}]}
    ids["problem"] = stack.post(f"{REGISTRY}/problems", {"title": "Ciemny park testowy", **themes})["id"]
    stack.post(f"{REGISTRY}/waiting-problems", {"title": "Dziura w chodniku testowym"}, status=202)
    formed = {"title": "Jasny park", "organisation_ids": [ids["ours"]], "problem_ids": [ids["problem"]]}
    ids["initiative"] = stack.post(f"{REGISTRY}/initiatives", formed)["id"]
    webhook = {"organisation_id": ids["ours"], "url": "https://example.org/alerts", "active": False}
    eventually(lambda: stack.post("/notifications/api/v1/webhooks", webhook), 30)
    ids["webhook"] = stack.get("/notifications/api/v1/webhooks")["items"][0]["id"]
    ids["import_run"] = import_in_part(town)
    ids["need"], ids["match"] = something_matched(town)
    ids["area"], ids["layer"] = something_drawn(town)
    eventually(lambda: town.open_conflicts(ids["feast"]))


def something_agreed(town: Town) -> str:
    """Let the meeting decide something, leave a task and publish its minutes; give the decision's id."""
    path = f"/calendar/api/v1/meetings/{town.ids['meeting']}"
    decided = {"text": "Kupić ławki na plac testowy", "owner_id": town.ids["theirs"], "due_on": "2026-01-01"}
    decision_id: str = town.stack.post(f"{path}/decisions", decided)["id"]
    given = {"text": "Zapytać o cenę ławek", "owner_id": town.ids["ours"], "due_on": "2026-01-02"}
    town.stack.post(f"{path}/tasks", given)
    town.stack.post(f"{path}/publications", {"audience": "public"})
    return decision_id


def something_drawn(town: Town) -> tuple[str, str]:
    """Draw a garden, and bring a layer with a tree and something that cannot be drawn; give their ids."""
    ring = [[19.905, 50.086], [19.915, 50.086], [19.915, 50.091], [19.905, 50.086]]
    garden = {"name": "Ogród testowy", "kind": "garden", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    area_id: str = town.stack.post("/map/api/v1/areas", garden)["id"]
    about = {"name": "Drzewa testowe", "source": "Testy", "licence": "CC BY 4.0"}
    table = "nazwa;szerokość;długość\nPlatan;50.0880;19.9100\nNigdzie;0;0\n".encode()
    kind = {"Content-Type": "text/csv"}
    answer = town.stack.ask("POST", "/map/api/v1/imports", status=201, params=about, content=table, headers=kind)
    return area_id, answer.json()["id"]


def a_poll(town: Town) -> tuple[str, str]:
    """Ask for the date of a meeting far ahead; give the poll's id and the last part of a guest's link."""
    begins = clock.now().replace(microsecond=0) + timedelta(days=90)
    dates = [begins + timedelta(days=number) for number in range(3)]
    body = {
        "title": "Ankieta testowa",
        "organisation_id": town.ids["ours"],
        "dates": [{"starts_at": one.isoformat(), "ends_at": (one + timedelta(hours=1)).isoformat()} for one in dates],
        "closes_at": (begins - timedelta(days=30)).isoformat(),
        "invited": [{"organisation_id": town.ids["ours"], "required": True}, {"name": "Gość Testowy"}],
    }
    poll = town.stack.post("/calendar/api/v1/polls", body)
    guest = next(one["id"] for one in poll["invited"] if one["name"] == "Gość Testowy")
    links = town.stack.post(f"/calendar/api/v1/polls/{poll['id']}/links", {"invitation_id": guest}, status=200)
    return poll["id"], links["items"][0]["url"].rpartition("/")[2]


def something_matched(town: Town) -> tuple[str, str]:
    """State a need that the other organisation answers; give its id, and that of the match once it is found."""
    stack, ids = town.stack, town.ids
    lent = {"name": "Rzutnik testowy", "kind": "equipment", "organisation_id": ids["theirs"]}
    stack.post("/registry/api/v1/resources", lent)
    wanted = {"title": "Rzutnik na pokaz", "kind": "equipment", "organisation_id": ids["ours"], "themes": ["film"]}
    need_id = stack.post("/registry/api/v1/needs", wanted)["id"]

    def found() -> list[str]:
        answer = stack.ask("GET", f"/registry/api/v1/matches?need_id={need_id}", status=200)
        return [match["id"] for match in answer.json()["items"][0]["matches"]]

    eventually(found)
    return need_id, found()[0]


def import_in_part(town: Town) -> str:
    """Import a file of one event, and one that cannot be read; give the id of the import."""
    start = "DTSTART;TZID=Europe/Warsaw:20300107T100000"
    events = (("a", start, "SUMMARY:Poranek testowy"), ("b", "DTSTART:soon", "SUMMARY:Kiedyś"))
    lines = [line for uid, *its in events for line in ("BEGIN:VEVENT", f"UID:{uid}", *its, "END:VEVENT")]
    data = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]).encode()
    form = {"organisation_id": town.ids["ours"]}
    file = {"file": ("proba.ics", data, "text/calendar")}
    answer = town.stack.ask("POST", "/calendar/imports", status=303, data=form, files=file)
    return answer.headers["Location"].rpartition("/")[2]


def state_by_law(file: Path) -> None:
    """Write what the law asks the operator to say, but for a review and a phone number."""
    example = (Path(__file__).resolve().parents[2] / "deploy" / "statements.example.toml").read_text()
    late = re.sub(r"^(made_on|reviewed_on) = .*$", r"\1 = 2020-03-01", example, flags=re.MULTILINE)
    file.write_text(re.sub(r"^phone = .*$", "", late, count=1, flags=re.MULTILINE))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; it speaks Polish where chromium-l10n is installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    playwright: Playwright
    with sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "pl"}
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env=environment)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def coordinator(chromium: Browser, town: Town) -> Any:
    """Sign our coordinator in once; the cookies serve every test."""
    return signed_in_by(chromium, town.sign_in_link("Tester Testowy"))


@pytest.fixture(scope="session")
def administrator(chromium: Browser, town: Town) -> Any:
    """Sign the administrator in once."""
    return signed_in_by(chromium, town.sign_in_link("Administrator"))


def signed_in_by(chromium: Browser, link: str) -> Any:
    """Sign a browser in by a link, and give its cookies."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(link)
    if page.locator("main form button").count():
        page.locator("main form button").first.click()
    page.wait_for_load_state()
    state = context.storage_state()
    assert {"osiedle_token", "osiedle_session"} <= {cookie["name"] for cookie in state["cookies"]}, page.url
    context.close()
    return state


@pytest.fixture
def opened(chromium: Browser, town: Town, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Open pages: `opened(width=…, language=…, by="coordinator", javascript=…)`; what goes wrong fails the test."""
    contexts: list[BrowserContext] = []
    noted = Noted()

    def open_page(
        *,
        width: int = PHONE,
        language: str = "pl",
        signed_in: bool = False,
        by: str | None = None,
        javascript: bool = True,
        refused: bool = False,
        cut_off: bool = False,
    ) -> Page:
        who = by or ("coordinator" if signed_in else None)
        state = request.getfixturevalue(who) if who else None
        context = chromium.new_context(
            viewport={"width": width, "height": 844 if width < 800 else 900},
            locale="pl-PL",
            timezone_id="Europe/Warsaw",
            storage_state=state,
            java_script_enabled=javascript,
            base_url=town.address,
        )
        context.add_cookies([{"name": "osiedle_language", "value": language, "url": town.address}])
        contexts.append(context)
        watch(context, noted, refused=refused, cut_off=cut_off)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert noted == Noted()


def watch(context: BrowserContext, noted: Noted, *, refused: bool, cut_off: bool = False) -> None:
    """Note what goes wrong in a context.

    Chromium reports a refused page by itself, which may be `refused`, and a connection that the test cuts off.
    """
    expected = ["the server responded with a status of 4"] if refused else []
    expected += ["net::ERR_CONNECTION_FAILED"] if cut_off else []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(one in message.text for one in expected):
            noted.errors.append(f"{message.text} ({message.location.get('url')})")

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            noted.requests.append(request.url)

    context.on("weberror", lambda error: noted.errors.append(str(error.error)))
    context.on("console", said)
    context.on("request", asked)
