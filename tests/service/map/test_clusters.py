"""Clusters: what a map shows at each zoom is what is there, whatever changed, and however it was counted."""

import random
from datetime import timedelta

import pytest

from services.map import queries
from services.map.domain.areas import Box
from shared import clock
from shared.messages import calendar, registry
from tests.service.map.builders import a_fact, a_need, a_resource, a_venue, an_event, an_organisation

BOX = "19.80,50.00,20.10,50.20"


async def asked(the_map, zoom, bbox=BOX, **query):
    answer = await the_map.client.get("/map/api/v1/clusters", params={"bbox": bbox, "zoom": zoom, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def scattered(number: int):
    """Venues at places that are the same in every run."""
    chance = random.Random(7)
    return [
        a_venue(name=f"M{n}", latitude=chance.uniform(50.0, 50.2), longitude=chance.uniform(19.8, 20.1))
        for n in range(number)
    ]


@pytest.mark.parametrize("zoom", [0, 5, 9, 11, 13, 15, 18, 22])
async def test_at_every_zoom_every_place_is_counted_once(the_map, zoom):
    venues = scattered(60)
    await the_map.deliver(*venues, an_organisation(latitude=50.1, longitude=19.9))

    found = (await asked(the_map, zoom))["items"]

    assert sum(one["count"] for one in found) == 61
    assert sum(one["kinds"].get("venue", 0) for one in found) == 60
    assert all((one["count"] == 1) == (one["place"] is not None) for one in found)
    assert [one["count"] for one in found] == sorted((one["count"] for one in found), reverse=True)


async def test_far_out_they_are_one_and_near_they_are_themselves(the_map):
    one, other = (a_venue(name=name, latitude=50.09, longitude=at) for name, at in (("Ta", 19.90), ("Tamta", 19.91)))
    await the_map.deliver(one, other)

    far, near = await asked(the_map, 8), await asked(the_map, 16, bbox="19.895,50.085,19.915,50.095")

    assert [(one["count"], one["latitude"], one["longitude"]) for one in far["items"]] == [(2, 50.09, 19.905)]
    assert far["items"][0]["place"] is None
    assert {item["place"]["name"]: item["longitude"] for item in near["items"]} == {"Ta": 19.9, "Tamta": 19.91}


async def test_what_moves_or_goes_is_counted_where_it_is_now(the_map):
    venue = a_venue(latitude=50.05, longitude=19.85)
    owner = an_organisation(latitude=50.05, longitude=19.85)
    await the_map.deliver(venue, owner, a_resource(organisation_id=owner.id))
    to = {"version": 2, "latitude": 50.15, "longitude": 20.05}
    await the_map.deliver(
        registry.VenueChanged(**venue.model_dump() | to), registry.OrganisationChanged(**owner.model_dump() | to)
    )
    [moved] = (await asked(the_map, 12))["items"]
    await the_map.deliver(registry.VenueChanged(**venue.model_dump() | {"version": 3, "latitude": None}))
    [left] = (await asked(the_map, 12))["items"]

    assert (moved["count"], moved["latitude"], moved["longitude"]) == (3, 50.15, 20.05)
    assert left["kinds"] == {"organisation": 1, "resource": 1}


async def test_what_is_over_by_now_is_not_counted(the_map):
    now = clock.now()
    at = {"latitude": 50.1, "longitude": 19.9}
    over = a_fact(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=2), **at)
    past = an_event(starts_at=now - timedelta(days=2), **at)
    withdrawn = a_fact(**at)
    await the_map.deliver(over, past, withdrawn, a_fact(**at), an_event(**at))
    await the_map.deliver(calendar.FactWithdrawn(id=withdrawn.id, version=2, partner="roads"))
    owner = an_organisation(**at)
    await the_map.deliver(owner, a_need(organisation_id=owner.id, until_on=(now - timedelta(days=3)).date()))

    [found] = (await asked(the_map, 10))["items"]

    assert found["kinds"] == {"event": 1, "fact": 1, "organisation": 1}


async def test_only_what_is_asked_for_is_counted(the_map):
    owner = an_organisation(latitude=50.1, longitude=19.9)
    await the_map.deliver(owner, *scattered(20), a_venue(name="Klub pod schodami", latitude=50.1, longitude=19.9))

    by_kind = (await asked(the_map, 5, kind="organisation"))["items"]
    by_words = (await asked(the_map, 5, q="schodami"))["items"]

    assert [one["kinds"] for one in by_kind] == [{"organisation": 1}]
    assert [one["place"]["name"] for one in by_words] == ["Klub pod schodami"]


async def test_a_box_with_too_many_cells_is_counted_in_bigger_ones(the_map):
    await the_map.deliver(*scattered(3))

    found = await asked(the_map, 20, bbox="-180,-85,180,85")

    assert found["zoom"] == 3
    assert sum(one["count"] for one in found["items"]) == 3


async def test_a_box_over_the_date_line_holds_both_sides(the_map):
    await the_map.deliver(a_venue(latitude=0, longitude=179.9), a_venue(latitude=0, longitude=-179.9), a_venue())

    found = (await asked(the_map, 6, bbox="179,-1,-179,1"))["items"]

    assert sum(one["count"] for one in found) == 2


async def test_kept_counts_are_those_of_the_places(the_map):
    """Sum up what is kept and compare it with the places themselves, after many changes in any order."""
    chance = random.Random(3)
    venues = scattered(30)
    await the_map.deliver(*venues)
    for version in range(2, 5):
        for venue in chance.sample(venues, 12):
            where = {"latitude": chance.uniform(50.0, 50.2), "longitude": chance.uniform(19.8, 20.1)}
            where = chance.choice([where, {"latitude": None, "longitude": None}])
            await the_map.deliver(registry.VenueChanged(**venue.model_dump() | where | {"version": version}))
    box = Box(19.8, 50.0, 20.1, 50.2)

    def counted(session, wanted):
        found = queries.clusters(session, wanted, box, 10, now=clock.now())
        return {one.cell: (one.kinds, one.latitude, one.longitude, one.place) for one in found.clusters}

    kept = await the_map.database.read(counted, queries.Wanted())
    each = await the_map.database.read(counted, queries.Wanted(text="m"))

    assert kept == each
    assert sum(sum(one[0].values()) for one in kept.values()) == len(
        [row for row in await the_map.rows("place") if row.latitude is not None]
    )


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"zoom": 3, "bbox": "1,2"}, "/bbox"),
        ({"bbox": BOX}, "/zoom"),
        ({"bbox": BOX, "zoom": 99}, "/zoom"),
        ({"bbox": BOX, "zoom": 3, "near": "50,19"}, "/near"),
        ({"bbox": BOX, "zoom": 3, "colour": "red"}, "/colour"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_pointer(the_map, query, pointer):
    answer = await the_map.client.get("/map/api/v1/clusters", params=query)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
