"""Finding places: by words, kind, box and distance, page by page."""

import pytest

from tests.service.map.builders import a_venue, an_event, an_organisation


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("żółw", True),
        ("ZOLW", True),
        ("zolw lodz", True),
        ("łódź żółw", True),
        ("zolw krakow", False),
        ("100%", False),
        ("_", False),
        ("festyn", True),
        ("klub seniora", True),
    ],
)
async def test_words_are_found_whatever_their_accents_and_order(the_map, places, words, is_found):
    owner = an_organisation(name="Klub Seniora")
    venue = a_venue(name="Żółw", address="Łódź", organisation_id=owner.id)
    await the_map.deliver(owner, venue, an_event(title="Festyn", venue_id=venue.id))

    assert [found["id"] for found in await places(q=words, kind="venue")] == ([venue.id] if is_found else [])


async def test_a_box_holds_what_lies_in_it(the_map, places):
    inside = a_venue(name="W środku", latitude=50.09, longitude=19.91)
    outside = a_venue(name="Dalej", latitude=50.09, longitude=19.95)
    await the_map.deliver(inside, outside)

    assert [found["id"] for found in await places(bbox="19.90,50.08,19.92,50.10")] == [inside.id]
    assert len(await places(bbox="170,-90,-170,90")) == 0
    assert len(await places(bbox="19.92,50.08,19.90,50.10")) == 1


async def test_the_nearest_come_first_with_their_distance(the_map, places):
    near = a_venue(name="Z blisko", latitude=50.0886, longitude=19.9110)
    far = a_venue(name="A daleko", latitude=50.0925, longitude=19.9110)
    beyond = a_venue(name="Poza", latitude=50.2, longitude=19.9110)
    await the_map.deliver(far, beyond, near)

    found = await places(near="50.0885,19.9110")

    assert [(one["id"], one["distance_m"]) for one in found] == [(near.id, 11), (far.id, 445)]


@pytest.mark.parametrize("query", [{}, {"near": "50.0885,19.9110", "within_m": 5000}])
async def test_pages_give_every_place_once(the_map, query):
    venues = [a_venue(name=f"Miejsce {number % 3}", latitude=50.0885 + number / 10_000) for number in range(7)]
    await the_map.deliver(*venues)

    seen, address = [], "/map/api/v1/places"
    answer = await the_map.client.get(address, params={**query, "limit": 3})
    while True:
        assert answer.status_code == 200, answer.text
        seen += [item["id"] for item in answer.json()["items"]]
        if answer.json()["next"] is None:
            break
        answer = await the_map.client.get(answer.json()["next"])

    assert sorted(seen) == sorted(venue.id for venue in venues)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"bbox": "1,2,3"}, "/bbox"),
        ({"bbox": "1,2,3,north"}, "/bbox"),
        ({"bbox": "1,60,3,50"}, "/bbox"),
        ({"bbox": "nan,1,2,3"}, "/bbox"),
        ({"near": "100,20"}, "/near"),
        ({"kind": "castle"}, "/kind/0"),
        ({"colour": "red"}, "/colour"),
        ({"cursor": "nonsense"}, "/cursor"),
        ({"near": "50,19", "cursor": "WyJhIiwiYiJd"}, "/cursor"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_pointer(the_map, query, pointer):
    answer = await the_map.client.get("/map/api/v1/places", params=query)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("key", ["01912345-0000-7000-8000-00000000dead", "not-an-id"])
async def test_an_unknown_place_is_not_found(the_map, key):
    answer = await the_map.client.get(f"/map/api/v1/places/{key}")

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:osiedle:problem:no-such-place")
