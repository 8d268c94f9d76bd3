"""What the map shows after messages in any order, any number of times."""

from datetime import timedelta
from itertools import permutations

import pytest

from shared import clock
from shared.identifiers import new_id
from shared.messages import calendar, registry
from tests.service.map.builders import LATITUDE, LONGITUDE, a_fact, a_venue, an_event, an_organisation


async def test_a_venue_shows_both_of_its_events(the_map, places):
    venue = a_venue(name="Dom Kultury")
    first = an_event(title="Zebranie", venue_id=venue.id)
    second = an_event(title="Koncert", venue_id=venue.id, starts_at=first.starts_at + timedelta(hours=1))
    await the_map.deliver(venue, second, first)

    [found] = await places(q="dom kultury")

    assert (found["id"], found["kind"], found["latitude"]) == (venue.id, "venue", LATITUDE)
    assert [event["title"] for event in found["events"]] == ["Zebranie", "Koncert"]
    assert found["events"][0].keys() >= {"id", "title", "starts_at", "ends_at", "url"}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_the_order_in_which_messages_arrive_does_not_matter(the_map, places, order):
    owner = an_organisation(name="Towarzystwo")
    venue = a_venue(name="Sala", organisation_id=owner.id)
    event = an_event(title="Koncert", venue_id=venue.id)
    messages = [owner, venue, event]

    await the_map.deliver(*(messages[position] for position in order))

    [found] = await places(q="sala")
    assert found["organisation_name"] == "Towarzystwo"
    assert [one["id"] for one in found["events"]] == [event.id]


async def test_a_venue_without_a_point_is_in_the_list(the_map, places):
    await the_map.deliver(a_venue(name="Świetlica", latitude=None, longitude=None))

    [found] = await places(q="świetlica")

    assert found["latitude"] is None
    assert await places(bbox="-180,-90,180,90") == []


async def test_an_older_message_changes_nothing(the_map, places):
    venue = a_venue(name="Nowa nazwa", version=3)
    stale = registry.VenueChanged(**venue.model_dump() | {"name": "Stara nazwa", "version": 2})
    await the_map.deliver(venue, stale)

    assert [found["name"] for found in await places()] == ["Nowa nazwa"]


async def test_an_event_that_moved_is_at_its_new_venue_only(the_map, places):
    old, new = a_venue(name="Stara sala"), a_venue(name="Nowa sala")
    event = an_event(venue_id=old.id)
    moved = an_event(calendar.EventMoved, id=event.id, version=2, venue_id=new.id)
    await the_map.deliver(old, new, moved, event)

    events = {found["name"]: [one["id"] for one in found["events"]] for found in await places()}

    assert events == {"Stara sala": [], "Nowa sala": [event.id]}


async def test_a_cancelled_event_is_gone_and_stays_gone(the_map, places):
    venue = a_venue()
    event = an_event(venue_id=venue.id)
    cancelled = an_event(calendar.EventCancelled, id=event.id, version=2, venue_id=venue.id, status="cancelled")
    await the_map.deliver(venue, event, cancelled)
    await the_map.deliver(event)

    [found] = await places()
    assert found["events"] == []


async def test_an_event_that_is_not_public_is_not_on_the_map(the_map, places):
    venue = a_venue()
    event = an_event(venue_id=venue.id)
    await the_map.deliver(venue, event, an_event(title="Zespół", venue_id=new_id(), visibility="hosts"))
    hidden = an_event(calendar.EventChanged, id=event.id, version=2, venue_id=venue.id, visibility="partners")
    await the_map.deliver(hidden)

    assert [one["events"] for one in await places()] == [[]]
    assert {row.title for row in await the_map.rows("known_event")} == {""}


async def test_a_repeated_message_is_taken_in_once(the_map, places):
    event = an_event(venue_id=new_id())
    await the_map.deliver(event, message_id="01")
    await the_map.deliver(event, message_id="01")

    assert len(await the_map.rows("known_event")) == 1
    assert len(await the_map.rows("inbox")) == 1


async def test_an_event_without_a_venue_has_a_place_of_its_own_while_it_is_ahead(the_map, places):
    ahead = an_event(title="Sadzenie drzew", latitude=LATITUDE, longitude=LONGITUDE)
    past = an_event(
        title="Dawne sadzenie", starts_at=clock.now() - timedelta(days=3), latitude=LATITUDE, longitude=LONGITUDE
    )
    await the_map.deliver(ahead, past)

    [found] = await places(kind="event")

    assert (found["name"], found["longitude"]) == ("Sadzenie drzew", LONGITUDE)
    assert [one["id"] for one in found["events"]] == [ahead.id]


async def test_a_series_shows_its_nearest_date_that_is_not_over(the_map, places):
    now = clock.now()
    dates = [(now + timedelta(days=days), now + timedelta(days=days, hours=1)) for days in (-7, 7, 14)]
    occurrences = [{"starts_at": start, "ends_at": end} for start, end in dates]
    venue = a_venue()
    await the_map.deliver(venue, an_event(venue_id=venue.id, rrule="FREQ=WEEKLY", occurrences=occurrences))

    [found] = await places()
    assert [event["starts_at"][:10] for event in found["events"]] == [dates[1][0].date().isoformat()]


async def test_a_host_shows_what_it_hosts(the_map, places):
    host = an_organisation()
    event = an_event(host_ids=(host.id,), venue_id=new_id())
    await the_map.deliver(event, host)

    [found] = await places(kind="organisation")
    assert [one["id"] for one in found["events"]] == [event.id]


async def test_a_fact_shows_its_radius_and_its_title_in_the_readers_language(the_map):
    await the_map.deliver(a_fact())

    polish = (await the_map.client.get("/map/api/v1/places")).json()["items"][0]
    english = (await the_map.client.get("/map/api/v1/places", headers={"Accept-Language": "en"})).json()["items"][0]

    assert (polish["name"], polish["radius_m"]) == ("Zamknięta ulica Radzikowskiego", 150)
    assert english["name"] == "Radzikowskiego Street closed"


@pytest.mark.parametrize("withdrawal_first", [False, True])
async def test_a_withdrawn_fact_is_gone_in_whatever_order(the_map, places, withdrawal_first):
    fact = a_fact()
    withdrawn = calendar.FactWithdrawn(id=fact.id, version=2, partner="roads")
    await the_map.deliver(*((withdrawn, fact) if withdrawal_first else (fact, withdrawn)))

    assert await places() == []
    assert (await the_map.client.get(f"/map/api/v1/places/{fact.id}")).status_code == 404


async def test_a_fact_that_is_over_is_not_shown(the_map, places):
    yesterday = clock.now() - timedelta(days=1)
    await the_map.deliver(a_fact(starts_at=yesterday - timedelta(hours=2), ends_at=yesterday))

    assert await places() == []


async def test_resources_and_problems_are_places_too(the_map, places):
    resource = registry.ResourceRegistered(
        id=new_id(), version=1, name="Namiot", kind="equipment", organisation_id=new_id(), url="/registry/r"
    )
    problem = registry.ProblemNamed(id=new_id(), version=1, title="Brak ławek", url="/registry/p")
    await the_map.deliver(resource, problem)

    assert [(found["kind"], found["name"]) for found in await places()] == [
        ("problem", "Brak ławek"),
        ("resource", "Namiot"),
    ]


async def test_an_organisation_that_was_merged_is_on_the_map_no_more_until_it_is_taken_apart(the_map, places):
    seat = an_organisation(name="SP 113")
    await the_map.deliver(seat)
    facts = seat.model_dump() | {"version": 2, "merged_into_id": an_organisation().id}
    await the_map.deliver(registry.OrganisationChanged(**facts))
    assert [one["name"] for one in await places()] == []
    await the_map.deliver(registry.OrganisationChanged(**facts | {"version": 3, "merged_into_id": None}))
    assert [one["name"] for one in await places()] == ["SP 113"]
