"""Themes of the registry: places are found by any word for one, with what lies in it; the page offers them by name."""

import re

import pytest

from tests.service.map.builders import a_resource, a_theme, a_venue, an_event, an_organisation

GREENERY = a_theme("greenery", "Zieleń", "Greenery")
GARDENING = a_theme("gardening", "Ogrodnictwo", "Gardening", parent_code="greenery", synonyms=("ogród",))


async def names(places, **query):
    return [one["name"] for one in await places(**query)]


@pytest.fixture
async def a_garden(the_map):
    """A club about gardening, a spade that is about greenery, and a free word at an event."""
    square = a_venue(name="Plac")
    await the_map.deliver(
        an_organisation(name="Klub", themes=("gardening",)),
        a_resource(name="Łopata", themes=("greenery",)),
        square,
        an_event(venue_id=square.id, themes=("ogrodnictwo",)),
        an_organisation(name="Tańce", themes=("taniec",)),
    )


@pytest.mark.parametrize("written", ["gardening", "OGRODNICTWO", "Gardening", "ogrod", "ogród"])
async def test_a_theme_is_found_by_its_code_its_names_and_its_synonyms(the_map, places, a_garden, written):
    await the_map.deliver(GREENERY, GARDENING)

    assert await names(places, theme=written) == ["Klub", "Plac"]


async def test_a_wider_theme_finds_what_is_about_a_narrower_one(the_map, places, a_garden):
    await the_map.deliver(GARDENING, GREENERY)

    assert await names(places, theme="zielen") == ["Klub", "Łopata", "Plac"]


async def test_a_word_that_no_theme_knows_is_looked_for_as_it_is(the_map, places, a_garden):
    await the_map.deliver(GREENERY, GARDENING)

    assert await names(places, theme="taniec") == ["Tańce"]
    assert await names(places, theme="ogro") == []
    assert await names(places, theme=["taniec", "greenery"]) == ["Klub", "Łopata", "Plac", "Tańce"]


async def test_a_theme_that_changed_counts_as_it_is_now_and_an_older_message_changes_nothing(the_map, places, a_garden):
    newer = GARDENING.model_copy(update={"version": 2, "parent_code": None, "retired": True})
    await the_map.deliver(GREENERY, newer, GARDENING)

    assert await names(places, theme="greenery") == ["Łopata"]
    assert await names(places, theme="ogrod") == ["Klub", "Plac"], "what names a retired theme is still about it"


async def test_clusters_count_what_is_about_a_narrower_theme(the_map):
    await the_map.deliver(GREENERY, GARDENING, a_venue(name="Ogród", themes=("gardening",)), a_venue(name="Sala"))
    box = {"bbox": "19.8,50.0,20.0,50.2", "zoom": 14}

    answer = await the_map.client.get("/map/api/v1/clusters", params={**box, "theme": "zieleń"})

    assert "Ogród" in answer.text
    assert "Sala" not in answer.text


def options_of(page):
    """Read what the field for the theme offers, and what is chosen there."""
    field = re.search(r'<select id="theme".*?</select>', page.text, re.DOTALL)
    assert field is not None
    found = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)', field[0])
    return [(code, name) for code, _, name in found], [code for code, selected, _ in found if selected]


async def test_the_page_offers_themes_by_name_in_the_language_of_the_reader(the_map):
    gone = a_theme("garages", "Garaże", "Garages", retired=True)
    await the_map.deliver(GREENERY, GARDENING, gone)

    async with the_map.browser() as browser:
        polish = options_of(await browser.get("/map/"))
        english = options_of(await browser.get("/map/", params={"lang": "en"}))

    assert polish == ([("", "Wszystkie tematy"), ("gardening", "Ogrodnictwo"), ("greenery", "Zieleń")], [""])
    assert english[0] == [("", "All themes"), ("gardening", "Gardening"), ("greenery", "Greenery")]


async def test_the_page_remembers_the_theme_by_whichever_word_it_was_asked_for(the_map):
    await the_map.deliver(GREENERY, GARDENING, a_theme("garages", "Garaże", "Garages", retired=True))

    async with the_map.browser() as browser:
        for asked, chosen in (("ogród", "gardening"), ("taniec", "taniec"), ("garages", "garages")):
            options, selected = options_of(await browser.get("/map/", params={"theme": asked}))
            assert selected == [chosen]
            assert chosen in dict(options)
