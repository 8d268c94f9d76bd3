"""Where things are shown that have no point of their own, and how long what is only true for a while."""

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest

from services.map.app import create_app
from services.map.settings import Settings
from shared import clock
from shared.messages import registry
from tests.harness import quiet, running
from tests.service.map.builders import (
    IN_THE_MIDDLE,
    LATITUDE,
    LONGITUDE,
    a_need,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_what_has_no_point_is_where_its_organisation_is_whatever_comes_first(the_map, places, order):
    owner = an_organisation(**IN_THE_MIDDLE)
    messages = [owner, a_resource(organisation_id=owner.id), a_need(organisation_id=owner.id)]

    await the_map.deliver(*(messages[position] for position in order))

    found = await places(bbox="19.90,50.08,19.92,50.10")
    assert {one["kind"]: (one["latitude"], one["longitude"]) for one in found} == dict.fromkeys(
        ("organisation", "resource", "need"), (LATITUDE, LONGITUDE)
    )


async def test_what_has_no_point_moves_with_its_organisation(the_map, places):
    owner = an_organisation(**IN_THE_MIDDLE)
    own = a_resource(name="Namiot", organisation_id=owner.id, latitude=50.07, longitude=19.95)
    await the_map.deliver(owner, own, a_resource(organisation_id=owner.id))
    moved = owner.model_dump() | {"version": 2, "latitude": 50.2, "longitude": 20.0}
    await the_map.deliver(registry.OrganisationChanged(**moved))

    found = {one["name"]: one["latitude"] for one in await places(kind="resource")}
    assert found == {"Namiot": 50.07, "Rzutnik": 50.2}


async def test_a_need_is_shown_until_its_day_is_over(the_map, places):
    today = clock.now().date()
    past, ahead = today - timedelta(days=2), today + timedelta(days=1)
    await the_map.deliver(a_need(title="Dawna", until_on=past), a_need(title="Bieżąca", until_on=ahead), a_need())

    assert [one["name"] for one in await places(kind="need")] == ["Bieżąca", "Sala na próby"]


@pytest.mark.parametrize(
    ("zone", "over"), [("Europe/Warsaw", "2031-05-07T22:00"), ("America/Lima", "2031-05-08T05:00")]
)
async def test_the_day_of_a_need_ends_by_the_clocks_of_the_neighbourhood(sqlite_database_url, tmp_path, zone, over):
    settings = Settings(**quiet(database_url=sqlite_database_url, data=tmp_path, zone=zone))
    async with running(create_app, settings) as the_map:
        await the_map.deliver(a_need(until_on=date(2031, 5, 7)))
        (row,) = await the_map.rows("place")

    assert row.over_at == datetime.fromisoformat(f"{over}+00:00")


async def test_only_what_begins_this_week_is_of_this_week(the_map, places):
    soon, late = a_venue(name="Wkrótce"), a_venue(name="Później")
    later = an_event(venue_id=late.id, starts_at=clock.now() + timedelta(days=8))
    await the_map.deliver(soon, late, an_event(venue_id=soon.id), later)

    assert [one["name"] for one in await places(this_week="true")] == ["Wkrótce"]


async def test_a_confidential_place_is_a_circle(the_map, places):
    shelter = an_organisation(name="Schronisko", confidential=True, **IN_THE_MIDDLE)
    await the_map.deliver(shelter, a_resource(organisation_id=shelter.id))

    found = await places()

    assert [(one["kind"], one["confidential"], one["radius_m"]) for one in found] == [
        ("resource", True, 500),
        ("organisation", True, 500),
    ]
