"""The map's page: the list says all that the pins say, and needs no JavaScript."""

import json
import random
import re

from tests.service.map.builders import a_fact, a_venue, an_event

WORDS = ("Świetlica", "Pracownia", "Ogród", "Biblioteka", "Szkoła", "Łokietka", "Żabiniec", "Krowodrza", "Młynówka")


async def test_the_list_and_the_pins_show_the_same_place(the_map):
    venue = a_venue(name="Dom <Kultury>", address="ul. Radzikowskiego 1")
    await the_map.deliver(venue, an_event(title="Koncert", venue_id=venue.id), a_fact())

    async with the_map.browser() as browser:
        page = await browser.get("/map/")

    assert page.status_code == 200
    assert "Dom &lt;Kultury&gt;" in page.text
    assert "Koncert" in page.text
    pins = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', page.text)[0])
    assert {pin["title"] for pin in pins} == {"Dom <Kultury>", "Zamknięta ulica Radzikowskiego"}
    assert "Koncert" in next(pin["text"] for pin in pins if pin["id"] == venue.id)


async def test_the_form_remembers_what_was_looked_for(the_map):
    await the_map.deliver(a_venue(name="Dom Kultury"))

    async with the_map.browser() as browser:
        page = await browser.get("/map/", params={"q": "kultury", "kind": ["venue", "castle"]})
        nothing = await browser.get("/map/", params={"q": "zamek"})

    assert 'value="kultury"' in page.text
    assert re.search(r'value="venue" checked', page.text)
    assert "Dom Kultury" in page.text
    assert "Dom Kultury" not in nothing.text


async def test_the_page_speaks_polish_and_english(the_map):
    async with the_map.browser() as browser:
        polish = await browser.get("/map/")
        english = await browser.get("/map/", params={"lang": "en"})

    assert "Mapa okolicy" in polish.text
    assert "Map of the neighbourhood" in english.text


async def test_a_long_list_goes_on_behind_a_link(the_map, monkeypatch):
    monkeypatch.setattr("services.map.pages.places.PLACES_ON_A_PAGE", 100)
    await the_map.deliver(*(a_venue(name=f"Miejsce {number:03d}") for number in range(101)))

    async with the_map.browser() as browser:
        first = await browser.get("/map/")
        address = re.findall(r'rel="next" href="([^"]+)"', first.text)[0].replace("&amp;", "&")
        second = await browser.get(address)

    assert "Miejsce 099" in first.text
    assert "Miejsce 100" not in first.text
    assert "Miejsce 100" in second.text


async def test_the_address_without_a_slash_leads_to_the_map(the_map):
    answer = await the_map.client.get("/map")

    assert (answer.status_code, answer.headers["location"]) == (308, "/map/")


async def test_a_list_of_five_hundred_places_stays_in_its_budget(the_map):
    draw = random.Random(13)
    venues = [
        a_venue(
            name=f"{draw.choice(WORDS)} {draw.choice(WORDS)} nr {number}",
            address=f"ul. {draw.choice(WORDS)} {draw.randrange(200)}/{draw.randrange(90)}",
            latitude=50.08 + draw.random() / 60,
            longitude=19.89 + draw.random() / 25,
        )
        for number in range(500)
    ]
    events = [an_event(title=f"{draw.choice(WORDS)} {number}", venue_id=venues[number].id) for number in range(100)]
    await the_map.deliver(*venues, *events)

    async with the_map.http(headers={"Accept": "text/html", "Accept-Encoding": "gzip"}) as browser:
        page = await browser.get("/map/")

    assert page.text.count('class="card" id="place-') == 500
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) <= 150_000
