"""The map on paper with a QR code, and within pages of sites that the operator names."""

import re

import pytest
from pydantic import ValidationError

from services.map.app import create_app
from services.map.commands import draw_area
from services.map.settings import Settings
from tests.builders import an_administrator
from tests.harness import quiet, running
from tests.service.map.builders import a_venue, an_area, an_event, an_organisation

HOSTS = "https://krakow.example, https://dzielnica4.example:8443"


async def test_the_sheet_has_the_same_numbers_in_the_list_and_on_the_sketch(the_map):
    first, second = a_venue(name="Dom Kultury"), a_venue(name="Świetlica", latitude=None, longitude=None)
    await the_map.deliver(first, second, an_event(title="Koncert", venue_id=first.id))
    await the_map.database.write(draw_area, by=an_administrator(), plan=an_area(look="red"))

    async with the_map.browser() as browser:
        page = (await browser.get("/map/print", params={"kind": "venue", "lang": "en"})).text

    assert re.findall(r'<text dy="18">(\d+)</text>', page) == ["1"]
    assert re.search(r"<li><b>Dom Kultury</b><br>", page)
    assert re.search(r"<li><b>Świetlica</b> <small>\(not on the sketch\)", page)
    assert "Koncert" in page
    assert re.search(r'<path class="area red" d="M\d+ \d+L\d+ \d+L\d+ \d+L\d+ \d+Z"', page)
    assert '<svg aria-hidden="true" focusable="false"' in page
    assert "osiedle.test/map/?kind=venue" in page


async def test_a_sheet_says_when_it_is_cut(the_map, monkeypatch):
    monkeypatch.setattr("services.map.pages.printing.MOST_ON_PAPER", 2)
    await the_map.deliver(*(a_venue(name=f"Sala {number}") for number in range(3)))

    async with the_map.browser() as browser:
        page = (await browser.get("/map/print", params={"lang": "en", "size": "a3"})).text

    assert "Sala 1" in page
    assert "Sala 2" not in page
    assert "There is more on the map than fits here." in page


async def test_nobody_may_frame_the_map_unless_the_operator_names_them(the_map):
    async with the_map.browser() as browser:
        refused = await browser.get("/map/embed")
        page = await browser.get("/map/")

    assert refused.status_code == 404
    for answer in (refused, page):
        assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self'")


async def test_only_the_named_sites_may_frame_the_map_and_only_this_page_of_it(tmp_path, monkeypatch):
    monkeypatch.setenv("OSIEDLE_EMBED_HOSTS", HOSTS)
    settings = Settings(**quiet(data=tmp_path))
    async with running(create_app, settings) as the_map, the_map.browser() as browser:
        await the_map.deliver(a_venue(name="Sala"), an_organisation(name="Klub"))
        framed = await browser.get("/map/embed", params={"kind": "venue"})
        others = [await browser.get(address) for address in ("/map/", "/map/print", "/map/areas", "/map/api/v1/places")]

    policy = framed.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://krakow.example https://dzielnica4.example:8443")
    assert "Sala" in framed.text
    assert "Klub" not in framed.text
    assert 'href="http://osiedle.test/map/?kind=venue"' in framed.text
    assert "sign-in" not in framed.text
    for answer in others:
        assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self'")


@pytest.mark.parametrize(
    "hosts", ["*", "https://*.example", "krakow.example", "https://a.example/path", "https://a.example; script-src *"]
)
def test_a_site_that_is_none_is_refused_at_the_start(tmp_path, hosts):
    with pytest.raises(ValidationError):
        Settings(**quiet(data=tmp_path, embed_hosts=hosts))
