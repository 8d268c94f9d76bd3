"""Every page, in both languages, on a phone and on a desk: for everybody, quiet, on this machine only."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.town import DESKTOP, PHONE, SMALLEST, Opener, Town

# `preload` would fetch and parse the style sheets again, which our content security policy rightly refuses.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "preload": False}
OPEN_TO_ALL = {
    "home": "/",
    "agenda": "/calendar/",
    "filtered agenda": "/calendar/?audience=families&theme=x",
    "month": "/calendar/month",
    "board": "/calendar/board",
    "notice board": "/calendar/print",
    "poster": "/calendar/events/{feast}/poster",
    "event": "/calendar/events/{feast}",
    "meeting": "/calendar/events/{meeting}",
    "agenda on paper": "/calendar/meetings/{meeting}/agenda",
    "published minutes": "/calendar/meetings/{meeting}/minutes",
    "decisions": "/calendar/decisions",
    "indicators": "/calendar/indicators",
    "report": "/calendar/indicators/report",
    "questions": "/calendar/satisfaction/{questions}",
    "ballot": "/calendar/polls/{ballot}",
    "institutions": "/registry/",
    "institution": "/registry/organisations/{ours}",
    "search": "/registry/search?q=szkola",
    "search for a slip": "/registry/search?q=szkloa",
    "exchange board": "/registry/exchange",
    "problems": "/registry/problems",
    "themes": "/registry/themes",
    "naming a problem": "/registry/problems/name",
    "a problem": "/registry/problems/{problem}",
    "initiatives": "/registry/initiatives",
    "an initiative": "/registry/initiatives/{initiative}",
    "an application": "/registry/initiatives/{initiative}/application",
    "sign-in": "/registry/sign-in",
    "own data of nobody": "/registry/own-data",
    "privacy": "/registry/privacy",
    "accessibility": "/registry/accessibility",
    "developers": "/registry/developers",
    "map": "/map/",
    "map first": "/map/?view=map",
    "place": "/map/places/{hall}",
    "place of an institution": "/map/places/{ours}",
    "room": "/map/room",
    "room for some at an hour": "/map/room?begins=10:00&ends=12:00&people=20",
    "things to lend": "/map/room?what=things",
    "map on paper": "/map/print",
    "what is drawn": "/map/areas",
    "layers": "/map/layers",
    "a layer": "/map/layers/{layer}",
    "alerts of nobody": "/notifications/",
    "status": "/notifications/status",
    "API": "/calendar/docs",
    "messages": "/calendar/messages",
}
OF_A_COORDINATOR = {
    "home, signed in": "/",
    "board to plan on": "/calendar/board",
    "plan": "/calendar/plan",
    "slots": "/calendar/slots",
    "own event": "/calendar/events/{feast}",
    "move": "/calendar/events/{feast}/move",
    "minutes": "/calendar/events/{meeting}/minutes",
    "agenda of a meeting": "/calendar/meetings/{meeting}/items",
    "meetings": "/calendar/meetings",
    "tasks of one's own": "/calendar/tasks",
    "minutes, published": "/calendar/meetings/{meeting}/minutes",
    "what a decision is about": "/calendar/events/{meeting}/decisions/{decision}/about",
    "rhythm of meetings": "/calendar/rhythm",
    "rhythm of one meeting": "/calendar/rhythm/{meeting}",
    "next meeting": "/calendar/events/{next_meeting}",
    "calling a meeting": "/calendar/meetings/polls/new",
    "a poll": "/calendar/meetings/polls/{poll}",
    "inviting to a meeting": "/calendar/events/{meeting}/invitations",
    "import": "/calendar/import",
    "an import": "/calendar/imports/{import_run}",
    "subscribed calendars": "/calendar/sources",
    "asking": "/calendar/events/{feast}/satisfaction",
    "inbox": "/calendar/inbox",
    "rules that others decide": "/calendar/rules",
    "alerts": "/notifications/",
    "wishes": "/notifications/settings",
    "other ways to be reached": "/notifications/settings/channels",
    "what one follows": "/notifications/topics",
    "webhooks": "/notifications/webhooks",
    "a webhook": "/notifications/webhooks/{webhook}",
    "own institution": "/registry/organisations/{ours}",
    "card": "/registry/organisations/{ours}/edit",
    "new venue": "/registry/organisations/{ours}/venues/new",
    "new resource": "/registry/organisations/{ours}/resources/new",
    "new site": "/registry/organisations/{ours}/sites/new",
    "own review queue": "/registry/review",
    "exchange board of a coordinator": "/registry/exchange?kind=equipment",
    "stating a need": "/registry/exchange/new",
    "changing a need": "/registry/needs/{need}/edit",
    "closing a need": "/registry/needs/{need}/close",
    "match": "/registry/matches/{match}",
    "people of the institution": "/registry/organisations/{ours}/people",
    "inviting to the institution": "/registry/organisations/{ours}/invite",
    "contacts of the institution": "/registry/organisations/{ours}/contacts",
    "a new problem": "/registry/problems/new",
    "rewording a problem": "/registry/problems/{problem}/edit",
    "a problem to support": "/registry/problems/{problem}",
    "a new initiative": "/registry/initiatives/new",
    "contact of the institution": "/registry/organisations/{ours}/contacts/new",
    "account": "/registry/account",
    "keys": "/registry/account/keys",
    "contacts": "/registry/account/contacts",
    "contact": "/registry/account/contacts/new",
    "own data": "/registry/own-data",
    "erasing oneself": "/registry/own-data/erase",
}
OF_AN_ADMINISTRATOR = {
    "status with what to do": "/notifications/status",
    "how letters fared": "/notifications/deliveries",
    "how invitations fared": "/notifications/deliveries/invitations",
    "rules": "/calendar/rules",
    "theme": "/registry/themes/gardening",
    "new theme": "/registry/themes/new",
    "review queue": "/registry/review",
    "drawing": "/map/areas/new",
    "drawing again": "/map/areas/{area}/edit",
    "bringing a layer": "/map/layers/new",
    "a layer with its report": "/map/layers/{layer}",
    "people": "/registry/people",
    "what residents named": "/registry/problems/moderation",
    "an initiative to edit": "/registry/initiatives/{initiative}/edit",
    "an initiative of ours": "/registry/initiatives/{initiative}",
    "person": "/registry/people/{person}",
    "erasing somebody": "/registry/people/{person}/erase",
    "inviting": "/registry/people/invite",
    "audit": "/registry/audit",
    "importing": "/registry/import",
    "what may be the same": "/registry/duplicates",
    "keys of everybody": "/registry/account/keys/everybody",
    "privacy of an administrator": "/privacy",
    "accessibility of an administrator": "/accessibility",
}
BY: dict[str | None, dict[str, str]] = {
    None: OPEN_TO_ALL,
    "coordinator": OF_A_COORDINATOR,
    "administrator": OF_AN_ADMINISTRATOR,
}
EVERY_PAGE = [(address, by) for by, pages in BY.items() for address in pages.values()]
NAMES = [name for pages in BY.values() for name in pages]


def faults(axe: Axe, page: Page) -> Iterator[str]:
    for violation in axe.run(page, options=RULES).response["violations"]:
        for node in violation["nodes"]:
            yield f"{page.url} {violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize(("address", "by"), EVERY_PAGE, ids=NAMES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Opener, town: Town, address: str, by: str | None, language: str
) -> None:
    axe = Axe()
    found: list[str] = []
    page = opened(width=PHONE, language=language, by=by)
    answer = page.goto(address.format(**town.ids))
    assert answer is not None
    assert answer.status == 200
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.locator(".demo").is_visible()
    page.wait_for_timeout(150)
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 844})
        found += faults(axe, page)
    page.set_viewport_size({"width": SMALLEST, "height": 700})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= SMALLEST
    assert found == []


@pytest.mark.parametrize(("address", "by"), EVERY_PAGE, ids=NAMES)
def test_every_page_says_what_it_is_without_javascript(
    opened: Opener, town: Town, address: str, by: str | None
) -> None:
    page = opened(javascript=False, by=by)
    page.goto(address.format(**town.ids))
    assert page.locator("h1").is_visible()
    assert len(page.locator("main").inner_text()) > 60


def test_axe_would_find_a_fault(opened: Opener) -> None:
    page = opened()
    page.goto("/calendar/")
    assert list(faults(Axe(), page)) == []
    page.locator("h1").evaluate("(heading) => heading.append(document.createElement('input'))")
    assert "label" in " ".join(faults(Axe(), page))


def test_a_refusal_is_a_page_for_everybody(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, refused=True)
    answer = page.goto("/calendar/events/00000000-0000-7000-8000-000000000000")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").is_visible()
    assert list(faults(Axe(), page)) == []


def test_every_target_of_the_frame_is_large_enough_for_a_thumb(opened: Opener) -> None:
    page = opened(width=PHONE)
    page.goto("/")
    for target in page.locator(".masthead a:visible, .masthead button:visible, main .button:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.inner_text()


@pytest.mark.parametrize("by", ["coordinator", "administrator"])
def test_no_link_of_ours_leads_nowhere(opened: Opener, town: Town, by: str) -> None:
    page, links = opened(by=by), set()
    for address in {**OPEN_TO_ALL, **BY[by]}.values():
        page.goto(address.format(**town.ids))
        found = page.evaluate(
            "() => [...document.querySelectorAll('a[href^=\"/\"]')].map((a) => a.getAttribute('href'))"
        )
        links |= {link.split("#")[0] for link in found}
    assert len(links) > 40
    few = sorted(links)[:: max(1, len(links) // 120)]
    answers = {link: page.request.get(link, headers={"Accept": "text/html"}).status for link in few}
    assert {link: status for link, status in answers.items() if status >= 400} == {}
