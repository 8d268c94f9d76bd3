"""Finding places by what is known of them: every filter alone, and all of them together."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared import clock
from tests.service.map.builders import a_resource, a_venue, an_event, an_organisation

AT = datetime(2031, 5, 8, 16, 0, tzinfo=ZoneInfo("Europe/Warsaw"))


def hours(start: int, end: int) -> dict[str, str]:
    """Ask for venues that are free between two hours of that Thursday."""
    return {"free_from": AT.replace(hour=start).isoformat(), "free_until": AT.replace(hour=end).isoformat()}


def at(hour: int, **values):
    """An event of two hours on that Thursday."""
    return an_event(starts_at=AT.replace(hour=hour), ends_at=AT.replace(hour=hour + 2), **values)


async def names(places, **query):
    return [one["name"] for one in await places(**query)]


async def test_a_theme_and_an_audience_are_found_in_a_place_its_owner_and_its_events(the_map, places):
    owner = an_organisation(name="Klub", audiences=("seniors",), themes=("Ogrodnictwo",))
    room, hall = a_venue(name="Pokój", organisation_id=owner.id), a_venue(name="Sala")
    await the_map.deliver(owner, room, hall, an_event(venue_id=hall.id, audiences=("seniors",), themes=("taniec",)))

    assert await names(places, audience="seniors") == ["Klub", "Pokój", "Sala"]
    assert await names(places, audience="children") == []
    assert await names(places, theme="ogrodnictwo") == ["Klub", "Pokój"]
    assert await names(places, theme=["taniec", "ogrodnictwo"], audience="seniors", kind="venue") == ["Pokój", "Sala"]
    assert await names(places, theme="ogrod") == []


async def test_only_what_is_open_now_is_open_now(the_map, places):
    day = "Mo-Su"
    await the_map.deliver(
        a_venue(name="Zawsze", opening_hours="24/7"),
        a_venue(name="Nigdy", opening_hours=f"{day} off"),
        a_venue(name="Nie wiadomo"),
        a_venue(name="Bełkot", opening_hours="kiedy chcesz"),
    )

    assert await names(places, open_now="true") == ["Zawsze"]


async def test_only_what_is_step_free_for_certain_is(the_map, places):
    await the_map.deliver(
        a_venue(name="Tak", step_free=True), a_venue(name="Nie", step_free=False), a_venue(name="Nie wiadomo")
    )

    assert await names(places, step_free="true") == ["Tak"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("equipment", ["Namiot", "Rzutnik"]),
        ("rzutnik", ["Rzutnik", "Sala"]),
        ("equipment RZUTNIK", ["Rzutnik"]),
        ("space", ["Sala"]),
        ("space volunteers", ["Sala", "Wolontariusze"]),
        ("money", []),
    ],
)
async def test_what_can_be_lent_is_found_by_kind_and_by_words(the_map, places, words, found):
    await the_map.deliver(
        an_organisation(name="Rzutnik i spółka"),
        a_venue(name="Sala", equipment=("rzutnik", "nagłośnienie")),
        a_resource(name="Rzutnik"),
        a_resource(name="Namiot"),
        a_resource(name="Wolontariusze", kind="volunteers"),
    )

    assert await names(places, lends=words) == found


async def test_a_venue_is_free_when_nothing_is_on_in_it(the_map, places):
    hall, other = a_venue(name="Hala"), a_venue(name="Inna")
    await the_map.deliver(hall, other, at(16, venue_id=hall.id), a_resource())

    assert await names(places, **hours(17, 19)) == ["Inna"]
    assert await names(places, **hours(18, 20)) == ["Hala", "Inna"]
    assert await names(places, **hours(14, 16)) == ["Hala", "Inna"]


async def test_an_event_that_is_not_public_takes_its_venue_and_tells_nothing_else(the_map, places):
    hall = a_venue(name="Hala")
    await the_map.deliver(hall, at(16, venue_id=hall.id, visibility="hosts"))

    assert await names(places, **hours(16, 18)) == []
    assert [one["events"] for one in await places()] == [[]]


async def test_a_cancelled_event_leaves_its_venue_free(the_map, places):
    hall = a_venue(name="Hala")
    event = at(16, venue_id=hall.id)
    await the_map.deliver(hall, event, event.model_copy(update={"version": 2, "status": "cancelled"}))

    assert await names(places, **hours(16, 18)) == ["Hala"]


async def test_a_house_and_its_rooms_take_each_other_but_not_the_next_room(the_map, places):
    house = a_venue(name="Dom")
    room = a_venue(name="Pokój", ancestor_ids=(house.id,))
    next_room = a_venue(name="Sąsiedni", ancestor_ids=(house.id,))
    await the_map.deliver(house, room, next_room, at(10, venue_id=room.id), at(16, venue_id=house.id))

    assert await names(places, **hours(10, 12)) == ["Sąsiedni"]
    assert await names(places, **hours(16, 18)) == []


async def test_setting_up_and_clearing_up_need_time_and_a_shared_venue_is_never_taken(the_map, places):
    hall = a_venue(name="Hala", set_up_minutes=30, clear_up_minutes=30)
    park = a_venue(name="Park", one_at_a_time=False)
    await the_map.deliver(hall, park, at(16, venue_id=hall.id), at(16, venue_id=park.id))

    assert await names(places, **hours(18, 20)) == ["Park"]
    assert await names(places, **hours(19, 21)) == ["Hala", "Park"]


async def test_a_venue_says_whether_it_is_free_now(the_map, places):
    hall, other = a_venue(name="Hala"), a_venue(name="Inna")
    now = clock.now()
    event = an_event(venue_id=hall.id, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    await the_map.deliver(hall, other, event, an_organisation(name="Klub"))

    assert {one["name"]: one["free_now"] for one in await places()} == {"Hala": False, "Inna": True, "Klub": None}


async def test_minutes_on_foot_are_a_distance(the_map, places):
    near = a_venue(name="Blisko", latitude=50.0925, longitude=19.9110)
    await the_map.deliver(near, a_venue(name="Daleko", latitude=50.0975, longitude=19.9110))

    [found] = await places(near="50.0885,19.9110", within_minutes=7)

    assert (found["name"], found["distance_m"], found["walk_minutes"]) == ("Blisko", 445, 7)
    assert await places(near="50.0885,19.9110", within_minutes=6) == []


async def test_all_filters_hold_together(the_map, places):
    owner = an_organisation(audiences=("seniors",), latitude=50.0885, longitude=19.9110)
    right = {"organisation_id": owner.id, "step_free": True, "opening_hours": "24/7", "equipment": ("rzutnik",)}
    venues = [a_venue(name="Sala właściwa", **right)]
    for wrong in ({"step_free": False}, {"opening_hours": ""}, {"equipment": ()}, {"latitude": 50.2}):
        venues.append(a_venue(name="Sala inna", **{**right, **wrong}))
    taken = a_venue(name="Sala zajęta", **right)
    await the_map.deliver(owner, *venues, taken, at(16, venue_id=taken.id))

    query = {
        "q": "sala",
        "kind": "venue",
        "bbox": "19.90,50.08,19.92,50.10",
        "near": "50.0885,19.9110",
        "within_minutes": 15,
        "audience": "seniors",
        "open_now": "true",
        "step_free": "true",
        "lends": "space rzutnik",
        **hours(16, 18),
    }
    assert await names(places, **query) == ["Sala właściwa"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"free_from": AT.isoformat()}, "/free_until"),
        ({"free_until": AT.isoformat()}, "/free_from"),
        (hours(18, 16), "/free_until"),
        ({"free_from": "2031-05-08T16:00:00", "free_until": AT.isoformat()}, "/free_from"),
        ({"free_from": AT.isoformat(), "free_until": (AT + timedelta(days=40)).isoformat()}, "/free_until"),
        ({"audience": "cats"}, "/audience/0"),
        ({"open_now": "maybe"}, "/open_now"),
        ({"within_minutes": "0"}, "/within_minutes"),
    ],
)
async def test_a_filter_that_cannot_be_read_is_refused_with_a_pointer(the_map, query, pointer):
    answer = await the_map.client.get("/map/api/v1/places", params=query)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_who_has_the_list_already_is_told_so(the_map):
    await the_map.deliver(a_venue())
    first = await the_map.client.get("/map/api/v1/places")
    again = {"If-None-Match": first.headers["etag"]}

    same = await the_map.client.get("/map/api/v1/places", headers=again)
    await the_map.deliver(a_venue(name="Nowa"))
    other = await the_map.client.get("/map/api/v1/places", headers=again)

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


async def test_a_circle_grows_until_a_page_is_full(the_map, places):
    await the_map.deliver(*(a_venue(name=f"M{n}", latitude=50.0885 + n * 0.004) for n in range(12)))

    found = await places(near="50.0885,19.9110", within_m=50_000, limit=8)

    assert [one["name"] for one in found] == [f"M{n}" for n in range(8)]
