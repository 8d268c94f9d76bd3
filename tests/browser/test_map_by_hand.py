"""The map as it is used: tabs, filters, layers, drawing by keyboard, a link to a view; and without scripts."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import faults
from tests.browser.test_printing import SIZES, sheets
from tests.browser.town import DESKTOP, PHONE, Opener, Town

THUMB = 44
PAGES = (
    "/map/",
    "/map/?view=map",
    "/map/room",
    "/map/room?what=things",
    "/map/places/{hall}",
    "/map/areas",
    "/map/layers/{layer}",
)
LIST, MAP = ".tabbed > .first", ".tabbed > .aside"


def pins_on(page: Page) -> int:
    """Count the places that the map shows, in clusters and alone."""
    expect(page.locator(".leaflet-marker-pane > *").first).to_be_visible()
    clusters = page.locator(".leaflet-marker-pane .cluster").all_inner_texts()
    return sum(map(int, clusters)) + page.locator(".leaflet-marker-pane .pin").count()


def test_on_a_phone_the_list_and_the_map_are_two_tabs_that_keep_the_filters(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE)
    page.goto("/map/?q=sala+testowa&kind=venue")
    expect(page.locator(LIST)).to_be_visible()
    expect(page.locator(MAP)).to_be_hidden()

    page.locator(".tabs a", has_text="Mapa").click()
    expect(page.locator(MAP)).to_be_visible()
    expect(page.locator(LIST)).to_be_hidden()
    assert {"q=sala+testowa", "kind=venue", "view=map"} <= set(page.url.partition("?")[2].split("&"))
    page.locator(".tabs a", has_text="Lista").click()
    expect(page.locator(f"{LIST} .card h3")).to_have_text(["Sala testowa"])


def test_a_link_opens_the_same_filters_tab_and_view_for_somebody_else(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE)
    page.goto("/map/?view=map&kind=venue")
    pins_on(page)
    page.locator("[data-layer]").first.check()
    before = seen_in(page.url)
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_function("(zoom) => !location.hash.includes(`map=${zoom}/`)", arg=before[0])
    address = page.url
    assert seen_in(address)[0] > before[0]

    other = opened(width=PHONE)
    other.goto(address)
    expect(other.locator(MAP)).to_be_visible()
    expect(other.locator("[name=kind][value=venue]")).to_be_checked()
    expect(other.locator("[data-layer]").first).to_be_checked()
    expect(other.locator(".leaflet-overlay-pane path.area.violet")).to_be_attached()
    other.evaluate("() => history.replaceState(null, '', '#')")
    other.locator("[data-layer]").first.uncheck()  # writes down what is seen
    assert seen_in(other.url) == pytest.approx(seen_in(address), abs=0.0005)


def seen_in(address: str) -> tuple[float, ...]:
    """Read zoom, latitude and longitude from the address of a map."""
    found = re.search(r"#map=([\d.]+)/([\d.]+)/([\d.]+)", address)
    assert found, address
    return tuple(map(float, found.groups()))


def test_layers_of_others_are_shown_and_put_away(opened: Opener, town: Town) -> None:
    page = opened(width=DESKTOP)
    page.goto("/map/")
    pins_on(page)
    box = page.locator(f"[data-layer*='{town.ids['layer']}']")
    drawn = page.locator("path.area.violet")
    expect(page.locator("path.area.green")).to_be_attached()
    assert drawn.count() == 0
    box.check()
    expect(drawn).to_have_count(1)
    box.uncheck()
    expect(drawn).to_have_count(0)


def test_an_area_is_drawn_by_keyboard_alone(opened: Opener, town: Town) -> None:
    page = opened(width=DESKTOP, language="en", by="administrator")
    page.goto("/map/areas/new")
    page.locator("#name").focus()
    page.keyboard.type("Drawn by keyboard")
    chart = page.get_by_role("application")
    expect(chart).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if chart.evaluate("(box) => box === document.activeElement"):
            break
    else:
        raise AssertionError("the map is no tab stop")
    page.keyboard.press("Enter")
    for arrow in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(arrow)
        page.wait_for_timeout(500)
        page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("3 corners")
    shape = json.loads(page.locator("#geometry").input_value())
    (first, second, third, last) = shape["coordinates"][0]
    assert first == last
    assert second[0] > first[0]
    assert third[1] < second[1]

    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/map/areas")
    expect(page.get_by_role("heading", name="Drawn by keyboard")).to_be_visible()


def test_corners_that_are_typed_are_drawn_at_once(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, language="en", by="administrator")
    page.goto("/map/areas/new")
    expect(page.get_by_role("application")).to_be_visible()
    page.get_by_text("Type or paste where it lies").click()
    page.fill("#geometry", "50.0880, 19.9100\n50.0880, 19.9120\n50.0890, 19.9120")
    page.locator("#geometry").press("Tab")
    expect(page.locator("path.area.blue")).to_have_count(4)
    page.get_by_role("button", name="Take the last corner back").click()
    assert json.loads(page.locator("#geometry").input_value())["coordinates"][0][1] == [19.912, 50.088]
    page.get_by_role("button", name="Set a corner in the middle").click()
    expect(page.locator("path.area.blue")).to_have_count(4)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_embedded_map_is_for_everybody_too(opened: Opener, town: Town, language: str) -> None:
    page = opened(width=PHONE, language=language)
    answer = page.goto("/map/embed?q=testowa")
    assert answer is not None
    assert "frame-ancestors 'self' https://example.org" in answer.headers["content-security-policy"]
    assert page.locator("html").get_attribute("lang") == language
    pins_on(page)
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 844})
        assert list(faults(Axe(), page)) == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("link", name="Sala testowa")).to_be_visible()


def test_without_scripts_one_lists_filters_opens_a_card_and_prints(opened: Opener, town: Town) -> None:
    page = opened(width=PHONE, javascript=False)
    page.goto("/map/")
    page.fill("#q", "testowa")
    page.get_by_text("Filtry", exact=True).click()
    page.locator("label", has=page.locator("[name=kind][value=venue]")).click()
    page.get_by_role("button", name="Pokaż", exact=True).click()
    expect(page.locator(".card h3")).to_have_text(["Sala testowa"])
    expect(page.get_by_text("Filtry (1)")).to_be_visible()

    page.get_by_role("link", name="Ta lista i mapa na papierze").click()
    expect(page.locator(".numbered")).to_contain_text("Sala testowa")
    assert set(sheets(page.pdf(prefer_css_page_size=True))) == {SIZES["a4"]}
    page.go_back()
    page.locator(".card h3 a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sala testowa")
    expect(page.locator("svg.map")).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/map/",
        "/map/?view=map",
        "/map/room",
        "/map/room?what=things",
        "/map/places/{hall}",
        "/map/areas",
        "/map/layers/{layer}",
    ],
)
def test_every_target_of_the_map_is_large_enough_for_a_thumb(opened: Opener, town: Town, address: str) -> None:
    page = opened(width=PHONE)
    page.goto(address.format(**town.ids))
    page.wait_for_timeout(300)
    targets = "main :is(a, button, summary, select, input:not([type=checkbox]), .choice):visible"
    small = [
        (target.inner_text(), box["height"])
        for target in page.locator(targets).all()
        if (box := target.bounding_box()) and round(box["height"]) < THUMB and not target.evaluate(IN_A_TEXT)
    ]
    assert small == []


IN_A_TEXT = "(target) => target.matches('li > a') && Boolean(target.parentElement.querySelector('br, .meta'))"
"""Of several lines in a list each is as high as its text allows (WCAG 2.2, 2.5.8)."""
