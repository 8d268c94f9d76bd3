"""Who can lend a hall on Thursday: what is free then, for how many, whose, at what cost, and how to ask."""

import html
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.map.pages import rooms
from shared import clock, paging
from shared.messages import calendar
from tests.service.map.builders import a_resource, a_venue, an_event, an_organisation

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = (clock.now().astimezone(WARSAW) + timedelta(days=3)).date()


def at(hour: int) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=WARSAW)


def an_evening(venue_id: str, **values: Any) -> calendar.EventFacts:
    return an_event(venue_id=venue_id, starts_at=at(17), ends_at=at(19), **values)


async def asked(the_map, **query: object) -> str:
    async with the_map.browser() as browser:
        answer = await browser.get("/map/room", params={"on": DAY.isoformat(), "lang": "en", **query})
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def offered(page: str) -> list[str]:
    cards = page.partition('id="full"')[0]
    return re.findall(r'<h3><a href="/map/places/[^"]+">([^<]+)</a>', cards)


async def test_a_hall_is_taken_by_what_is_not_public_and_by_what_it_lies_in_or_what_lies_in_it(the_map):
    house = a_venue(name="Dom")
    room = a_venue(name="Pokój", ancestor_ids=(house.id,))
    other = a_venue(name="Drugi pokój", ancestor_ids=(house.id,))
    apart = a_venue(name="Osobna sala")
    await the_map.deliver(house, room, other, apart, an_evening(room.id, visibility="hosts", title="Tajne"))

    page = await asked(the_map, begins="18:00", ends="20:00")

    assert offered(page) == ["Drugi pokój", "Osobna sala"]
    assert "Tajne" not in page
    assert "Free: 08:00–17:00, 19:00–22:00" in page.partition('id="full"')[2]
    assert offered(await asked(the_map, begins="19:00", ends="20:00")) == ["Dom", "Drugi pokój", "Osobna sala", "Pokój"]


async def test_time_to_clear_up_is_no_free_time(the_map):
    hall = a_venue(name="Sala", set_up_minutes=15, clear_up_minutes=45)
    await the_map.deliver(hall, an_evening(hall.id))

    assert "Free: 08:00–16:00, 20:00–22:00" in await asked(the_map)
    assert offered(await asked(the_map, begins="19:30", ends="21:00")) == []
    assert offered(await asked(the_map, begins="20:00", ends="21:00")) == ["Sala"]


async def test_a_hall_is_found_by_people_steps_and_what_is_in_it(the_map):
    small = a_venue(name="Mała", capacity=20, step_free=True, equipment=("rzutnik",))
    large = a_venue(name="Duża", capacity=80, step_free=False)
    unknown = a_venue(name="Nieznana")
    await the_map.deliver(small, large, unknown)

    assert offered(await asked(the_map, people="50")) == ["Duża", "Nieznana"]
    assert offered(await asked(the_map, step_free="true")) == ["Mała"]
    assert offered(await asked(the_map, lends="Rzutnik")) == ["Mała"]


async def test_the_answer_says_whose_for_how_many_at_what_cost_and_leads_to_the_plan(the_map):
    owner = an_organisation(name="Dom Kultury")
    hall = a_venue(
        name="Sala",
        organisation_id=owner.id,
        capacity=60,
        cost="na prąd",
        cost_pln=60,
        cost_per="hour",
        lends_to="partners",
    )
    await the_map.deliver(owner, hall)

    page = await asked(the_map, begins="17:00", ends="19:30")

    for said in ("Dom Kultury", "For at most 60 people", "for an hour, na prąd", "60.00"):
        assert said in page
    assert "people who work together here" in page
    assert f"/calendar/plan?on={DAY}&venue={hall.id}&begins=17:00&ends=19:30" in page.replace("%3A", ":")
    assert f"/registry/organisations/{owner.id}#contacts" in page


async def test_terms_follow_what_was_told_last_and_stand_on_the_card(the_map):
    hall = a_venue(name="Sala", cost="bezpłatnie", conditions="Po sobie sprzątamy")
    await the_map.deliver(hall)
    assert "Cost: bezpłatnie" in await asked(the_map)
    await the_map.deliver(hall.model_copy(update={"version": 2, "cost": "", "opening_hours": "Mo-Su 08:00-16:00"}))

    assert "Cost: not given, so ask" in await asked(the_map)
    async with the_map.browser() as browser:
        card = (await browser.get(f"/map/places/{hall.id}", params={"lang": "en"})).text
    for said in ("Po sobie sprzątamy", "Monday–Sunday", "08:00–16:00"):
        assert said in card


async def test_a_hall_that_is_closed_then_is_said_to_be_and_stands_last(the_map):
    closed = a_venue(name="A do czwartej", opening_hours="Mo-Su 08:00-16:00")
    await the_map.deliver(closed, a_venue(name="Zawsze", opening_hours="24/7"))

    evening = await asked(the_map, begins="17:00", ends="19:00")

    assert offered(evening) == ["Zawsze", "A do czwartej"]
    assert evening.count("closed then: ask") == 1
    assert "closed then" not in await asked(the_map, begins="10:00", ends="12:00")


async def test_a_thing_is_found_with_whose_it_is_and_how_many_there_are(the_map):
    owner = an_organisation(name="Zarząd Zieleni")
    await the_map.deliver(
        owner,
        a_resource(name="Łopaty", quantity=30, organisation_id=owner.id, cost="bezpłatnie"),
        a_resource(name="Rzutnik"),
        a_venue(name="Sala"),
    )

    everything = await asked(the_map, what="things")
    found = await asked(the_map, what="things", lends="lopaty")

    assert offered(everything) == ["Łopaty", "Rzutnik"]
    assert offered(found) == ["Łopaty"]
    for said in ("30 pieces", "Zarząd Zieleni", "Cost: bezpłatnie"):
        assert said in found


def borrowing(resource_id: str, quantity: int, *hours: tuple[int, int], **values: Any) -> calendar.EventFacts:
    """An event that borrows so many of a thing on its dates."""
    dates = tuple({"starts_at": at(begins), "ends_at": at(ends)} for begins, ends in hours)
    borrows = ({"resource_id": resource_id, "quantity": quantity},)
    return an_event(**{**dates[0], "occurrences": dates, "borrows": borrows, **values})


async def test_of_a_thing_it_is_said_how_many_are_left_at_the_fullest_moment(the_map):
    tables = a_resource(name="Stoły", quantity=10)
    await the_map.deliver(
        tables,
        borrowing(tables.id, 4, (10, 12)),
        borrowing(tables.id, 3, (11, 14), visibility="hosts", title="Tajne"),
        borrowing(tables.id, 9, (15, 16), kind=calendar.EventCancelled, status="cancelled"),
    )

    page = await asked(the_map, what="things")

    assert "Free then: 3 of 10" in page
    assert "Tajne" not in page
    assert "Free then: 7 of 10" in await asked(the_map, what="things", begins="12:00", ends="14:00")
    assert "10 pieces, all free then" in await asked(the_map, what="things", begins="14:00", ends="18:00")
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    assert "10 pieces, all free then" in await asked(the_map, what="things", on=tomorrow)


async def test_a_thing_of_which_nothing_is_left_is_taken_then(the_map):
    projector, tent = a_resource(name="Rzutnik"), a_resource(name="Namiot", quantity=2)
    await the_map.deliver(
        projector, tent, borrowing(projector.id, 1, (10, 12)), borrowing(tent.id, 2, (6, 15), (15, 23))
    )

    day = await asked(the_map, what="things")
    at_eleven = await asked(the_map, what="things", begins="11:00", ends="13:00")

    assert offered(day) == ["Rzutnik"]
    assert "Free: 08:00–10:00, 12:00–22:00" in day
    assert "Namiot" in day.partition('id="full"')[2]
    assert offered(at_eleven) == []
    assert offered(await asked(the_map, what="things", begins="12:00", ends="13:00")) == ["Rzutnik"]


async def test_what_an_event_borrows_follows_what_was_told_last(the_map):
    tables = a_resource(name="Stoły", quantity=10)
    event = borrowing(tables.id, 4, (10, 12))
    less = calendar.EventChanged(
        **{**event.model_dump(), "version": 2, "borrows": [{"resource_id": tables.id, "quantity": 1}]}
    )
    none = calendar.EventCancelled(**{**event.model_dump(), "version": 3})
    await the_map.deliver(tables, event, less)
    assert "Free then: 9 of 10" in await asked(the_map, what="things")
    await the_map.deliver(event, none)
    assert "all free then" in await asked(the_map, what="things")


async def test_the_list_says_how_many_are_left_and_leaves_out_what_is_taken(the_map, places):
    tables, projector = a_resource(name="Stoły", quantity=10), a_resource(name="Rzutnik")
    await the_map.deliver(tables, projector, borrowing(tables.id, 7, (10, 12)), borrowing(projector.id, 1, (10, 12)))
    when = {"free_from": at(9).isoformat(), "free_until": at(13).isoformat()}

    for asked_for in ({"kind": "resource"}, {"lends": "equipment"}):
        found = await places(**when, **asked_for)
        assert [(one["name"], one["quantity_free"]) for one in found] == [("Stoły", 3)]
    assert await places(**when) == []
    assert {one["quantity_free"] for one in await places()} == {None}
    async with the_map.browser() as browser:
        page = (await browser.get("/map/", params={**when, "lends": "stoły", "lang": "pl"})).text
    assert "Wtedy wolne: 3 z 10" in page


async def test_another_day_keeps_the_rest_of_the_question(the_map):
    await the_map.deliver(a_venue(name="Sala", capacity=80))

    page = await asked(the_map, begins="17:00", ends="19:00", people="40")

    links = re.findall(r'href="(/map/room\?[^"]*on=[^"]*)"', page)
    assert len(links) >= 7
    assert all("people=40" in one for one in links[:7])


async def followed(the_map, page: str) -> str:
    (address,) = re.findall(r'rel="next" href="([^"]+)"', page)
    async with the_map.browser() as browser:
        answer = await browser.get(address)
    assert answer.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", answer.text))


@pytest.mark.parametrize("what", ["", "things"])
async def test_what_does_not_fit_on_a_page_stands_on_the_next(the_map, monkeypatch, what):
    monkeypatch.setattr(rooms, "OFFERS_ON_A_PAGE", 2)
    offer = a_resource if what else a_venue
    await the_map.deliver(*(offer(name=name) for name in ("A", "B", "C", "D", "E")))

    first = await asked(the_map, what=what)
    second = await followed(the_map, first)
    last = await followed(the_map, second)

    assert [offered(page) for page in (first, second, last)] == [["A", "B"], ["C", "D"], ["E"]]
    assert "(and more)" in first
    assert "(and more)" not in last
    assert 'rel="next"' not in last
    assert "cursor=" not in second.partition('<nav class="presets')[2].partition('id="rooms"')[0]


async def test_a_part_of_the_list_in_which_nothing_is_free_leads_on(the_map, monkeypatch):
    monkeypatch.setattr(rooms, "OFFERS_ON_A_PAGE", 1)
    hall = a_venue(name="A zajęta")
    await the_map.deliver(hall, a_venue(name="B wolna"), an_evening(hall.id))

    page = await asked(the_map, begins="17:00", ends="19:00")

    assert offered(page) == []
    assert "In this part of the list nothing is free then" in page
    assert offered(await followed(the_map, page)) == ["B wolna"]


async def test_a_cursor_of_another_list_is_refused(the_map):
    async with the_map.browser() as browser:
        for cursor in ("nonsense", paging.cursor_of((1,))):
            answer = await browser.get("/map/room", params={"cursor": cursor})
            assert answer.status_code == 422


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"begins": "17:00"}, "Choose both hours"),
        ({"begins": "17:00", "ends": "noon"}, "Choose both hours"),
        ({"begins": "17:00", "ends": "16:00"}, "It must end after it begins"),
    ],
)
async def test_hours_that_are_none_are_refused_in_words(the_map, hours, said):
    async with the_map.browser() as browser:
        answer = await browser.get("/map/room", params={"lang": "en", **hours})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="17:00"' in answer.text or "<option selected>17:00" in answer.text
