"""The card of one place, at an address that stays; and where there is room on a day."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.map.domain.rooms import free_hours
from shared import clock
from shared.identifiers import new_id
from shared.messages import registry
from tests.service.map.builders import a_venue, an_event, an_organisation

WARSAW = ZoneInfo("Europe/Warsaw")


def a_resource(**values) -> registry.ResourceRegistered:
    defaults = {"id": new_id(), "version": 1, "name": "Stoły", "kind": "equipment", "url": "/registry/r"}
    return registry.ResourceRegistered(**{**defaults, **values})


async def card_of(the_map, place_id: str, **query: str) -> str:
    async with the_map.browser() as browser:
        page = await browser.get(f"/map/places/{place_id}", params={"lang": "en", **query})
    assert page.status_code == 200
    return page.text


async def test_the_card_of_a_venue_says_whose_it_is_what_is_on_and_the_way(the_map):
    owner = an_organisation(name="Towarzystwo", address="ul. Radzikowskiego 1")
    venue = a_venue(name="Sala <A>", organisation_id=owner.id)
    await the_map.deliver(owner, venue, an_event(title="Koncert", venue_id=venue.id))

    card = await card_of(the_map, venue.id)

    assert "Sala &lt;A&gt;" in card
    assert f'href="/map/places/{owner.id}"' in card
    assert "Koncert" in card
    assert 'href="geo:50.0885,19.911?q=50.0885,19.911(Sala%20%3CA%3E)"' in card
    assert 'href="https://www.openstreetmap.org/directions?to=50.0885,19.911"' in card
    assert f'data-contacts="/registry/api/v1/organisations/{owner.id}/contacts"' in card
    assert f'href="/registry/organisations/{owner.id}#contacts"' in card


async def test_the_card_of_an_organisation_says_what_it_lends(the_map):
    owner = an_organisation(name="Towarzystwo")
    await the_map.deliver(
        owner,
        a_venue(name="Sala", organisation_id=owner.id),
        a_resource(name="Rzutnik", organisation_id=owner.id),
        a_resource(name="Namiot cudzy", organisation_id=new_id()),
    )

    card = await card_of(the_map, owner.id)

    assert "What it lends" in card
    assert "Sala" in card
    assert "Rzutnik" in card
    assert "Namiot cudzy" not in card


async def test_a_confidential_place_is_shown_as_a_circle_without_address_point_or_way(the_map):
    owner = an_organisation(name="Towarzystwo", address="ul. Radzikowskiego 1", latitude=50.0885, longitude=19.911)
    shelter = a_venue(name="Schronisko", organisation_id=owner.id, confidential=True)
    await the_map.deliver(owner, shelter)

    card = await card_of(the_map, shelter.id)
    async with the_map.browser() as browser:
        listed = (await browser.get("/map/", params={"lang": "en", "q": "schronisko"})).text

    for page in (card, listed):
        assert "Confidential: somewhere within 500 metres" in page
    assert re.search(r'<circle cx="\d+" cy="\d+" r="500"', card)
    assert "<path transform" not in card, "no pin"
    for told in ("geo:", "openstreetmap.org", "50.0885", "Radzikowskiego", "How to get there"):
        assert told not in card


async def test_there_is_no_card_of_what_is_not_there(the_map):
    async with the_map.browser() as browser:
        missing = await browser.get(f"/map/places/{new_id()}")
        odd = await browser.get("/map/places/nope")

    assert (missing.status_code, odd.status_code) == (404, 404)


async def test_a_hall_is_offered_with_the_hours_that_are_left_on_the_day(the_map):
    day = (clock.now().astimezone(WARSAW) + timedelta(days=3)).date()
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=WARSAW)
    busy, idle, full = a_venue(name="Sala zajęta w południe"), a_venue(name="Sala pusta"), a_venue(name="Sala pełna")
    await the_map.deliver(
        busy,
        idle,
        full,
        an_event(venue_id=busy.id, starts_at=noon.astimezone(UTC), ends_at=noon.astimezone(UTC) + timedelta(hours=2)),
        an_event(venue_id=full.id, starts_at=noon - timedelta(hours=6), ends_at=noon + timedelta(hours=12)),
    )

    async with the_map.browser() as browser:
        page = (await browser.get("/map/room", params={"on": day.isoformat(), "lang": "en"})).text
        other = (await browser.get("/map/room", params={"on": (day + timedelta(days=1)).isoformat()})).text

    assert "2 places with room" in page
    assert "08:00–12:00, 14:00–22:00" in page
    assert page.index("Taken all day") < page.index("Sala pełna")
    assert "08:00–12:00" not in other


async def test_a_day_that_is_none_is_today(the_map):
    await the_map.deliver(a_venue(name="Sala"))

    async with the_map.browser() as browser:
        for odd in ("soon", "1999-01-01", "9999-12-31"):
            page = await browser.get("/map/room", params={"on": odd, "lang": "en"})
            assert f'value="{clock.now().astimezone(WARSAW).date()}"' in page.text


def test_hours_that_overlap_are_taken_once_and_short_gaps_are_no_room():
    def at(hour: float) -> datetime:
        return datetime(2026, 12, 3, tzinfo=UTC) + timedelta(hours=hour)

    taken = [(at(9), at(12)), (at(10), at(11)), (at(12.5), at(14)), (at(20), at(26))]

    assert free_hours(taken, at(8), at(22)) == [(at(8), at(9)), (at(14), at(20))]
    assert free_hours([], at(8), at(22)) == [(at(8), at(22))]
    assert free_hours([(at(1), at(23))], at(8), at(22)) == []
    assert free_hours([(at(23), at(24))], at(8), at(22)) == [(at(8), at(22))]
