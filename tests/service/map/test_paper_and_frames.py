"""The map on paper with a QR code, and within pages of sites that the operator names."""

import re

import pytest
from pydantic import ValidationError

from services.map.app import create_app
from services.map.commands import draw_area
from services.map.settings import Settings
from shared.pages import sketch
from tests.builders import an_administrator
from tests.harness import quiet, running
from tests.service.map.builders import a_venue, an_area, an_event, an_organisation, some_contacts

HOSTS = "https://krakow.example, https://dzielnica4.example:8443"


async def test_the_sheet_has_the_same_numbers_in_the_list_and_on_the_sketch(the_map):
    first, second = a_venue(name="Dom Kultury"), a_venue(name="Świetlica", latitude=None, longitude=None)
    await the_map.deliver(first, second, an_event(title="Koncert", venue_id=first.id))
    await the_map.database.write(draw_area, by=an_administrator(), plan=an_area(look="red"))

    async with the_map.browser() as browser:
        page = (await browser.get("/map/print", params={"kind": "venue", "lang": "en"})).text

    assert re.findall(r'<text dy="18">(\d+)</text>', page) == ["1"]
    assert re.search(r"<li>\s*<p><b>Dom Kultury</b><br>", page)
    assert re.search(r"<li>\s*<p><b>Świetlica</b> <small>\(not on the sketch\)", page)
    assert "Koncert" in page
    assert re.search(r'<path class="area red" d="M\d+ \d+L\d+ \d+L\d+ \d+L\d+ \d+Z"', page)
    assert '<svg aria-hidden="true" focusable="false"' in page
    assert "osiedle.test/map/?kind=venue" in page


async def test_places_whose_numbers_would_cover_each_other_have_one_number_together(the_map):
    there = {"latitude": 50.0860, "longitude": 19.9050}
    await the_map.deliver(a_venue(name="Aula"), a_venue(name="Biblioteka", **there), a_venue(name="Czytelnia"))

    async with the_map.browser() as browser:
        page = (await browser.get("/map/print")).text

    assert re.findall(r'<text dy="18">(\d+)</text>', page) == ["1", "2"]
    first, second = re.findall(r"<li>\s*<p>.*?</li>", page, re.DOTALL)
    assert ("Aula" in first, "Czytelnia" in first, "Biblioteka" in second) == (True, True, True)


async def test_the_sheet_shows_the_part_of_the_sketch_in_which_its_places_lie(the_map):
    async def view(browser) -> list[int]:
        page = (await browser.get("/map/print")).text
        return [int(number) for number in re.findall(r'viewBox="(\d+ \d+ \d+ \d+)"', page)[-2].split()]

    async with the_map.browser() as browser:
        whole = await view(browser)
        await the_map.deliver(a_venue(name="Aula"))
        part = await view(browser)
        await the_map.deliver(a_venue(name="Kraniec", latitude=50.0795, longitude=19.8895))
        wide = await view(browser)

    assert whole == [0, 0, sketch.WIDTH, sketch.HEIGHT]
    spot = sketch.place(50.0885, 19.9110)
    assert part[0] < spot.x < part[0] + part[2]
    assert part[1] < spot.y < part[1] + part[3]
    assert part[2] == 1000 < wide[2] <= sketch.WIDTH
    assert wide[0] == 0


async def test_a_confidential_place_is_a_circle_on_paper_with_its_number_on_the_rim(the_map):
    await the_map.deliver(a_venue(name="Aula"), a_venue(name="Schronisko", confidential=True))

    async with the_map.browser() as browser:
        page = (await browser.get("/map/print", params={"lang": "en"})).text

    spot = sketch.place(50.0885, 19.9110)
    assert f'<circle class="somewhere" cx="{spot.x}" cy="{spot.y}" r="500"/>' in page
    assert f"translate({spot.x} {spot.y - 500})" in page
    assert "Confidential: somewhere within 500 metres" in page


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


async def test_the_embedded_list_says_how_to_reach_whose_place_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("OSIEDLE_EMBED_HOSTS", HOSTS)
    async with running(create_app, Settings(**quiet(data=tmp_path))) as the_map, the_map.browser() as browser:
        club = an_organisation(name="Klub")
        await the_map.deliver(club, some_contacts(club.id, {}))
        shown = await browser.get("/map/embed", params={"lang": "en"})
        await the_map.deliver(some_contacts(club.id, version=2))
        taken_back = await browser.get("/map/embed", params={"lang": "en"})

    assert '<a href="tel:+48124114121">+48 12 411 41 21</a>' in shown.text
    assert "411" not in taken_back.text


@pytest.mark.parametrize(
    "hosts", ["*", "https://*.example", "krakow.example", "https://a.example/path", "https://a.example; script-src *"]
)
def test_a_site_that_is_none_is_refused_at_the_start(tmp_path, hosts):
    with pytest.raises(ValidationError):
        Settings(**quiet(data=tmp_path, embed_hosts=hosts))
