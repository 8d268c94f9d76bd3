"""Following an area, and problems and initiatives: who hears of what is near, or on a theme."""

from datetime import timedelta

import pytest

from services.notifications.domain.topics import Area, Point, area_of
from shared import clock
from shared.identifiers import new_id
from shared.messages import calendar, registry
from tests.builders import a_coordinator, a_person
from tests.service.notifications.builders import a_person_of, an_event, an_organisation

API = "/notifications/api/v1"
MIDDLE = {"latitude": 50.0885, "longitude": 19.911}
AREA = "50.08850,19.91100,500"
NEAR, FAR = {"latitude": 50.0925, "longitude": 19.911}, {"latitude": 50.0935, "longitude": 19.911}
"""Four hundred and forty metres to the north, and five hundred and fifty."""


def planned(told=calendar.EventPlanned, **values):
    starts_at = clock.now() + timedelta(days=30)
    return told(
        **{**an_event(told).model_dump(), "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), **values}
    )


def a_problem(**values):
    facts = {"id": new_id(), "version": 1, "title": "Ciemny park", "url": "/registry/problems/p", "themes": ("safety",)}
    return registry.ProblemNamed(**{**facts, **values})


@pytest.fixture
def follow(service_running):
    async def follow(person, kind, value, **more):
        headers = service_running.headers(person) | {"Accept-Language": "en"}
        body = {"kind": kind, "value": value, **more}
        return await service_running.client.post(f"{API}/topics", json=body, headers=headers)

    return follow


@pytest.fixture
async def theme(service_running):
    names = {"name_pl": "Bezpieczeństwo", "name_en": "Safety", "url": "/registry/themes"}
    await service_running.deliver(registry.ThemeChanged(id=new_id(), version=1, code="safety", **names))


async def test_who_follows_an_area_hears_of_what_is_in_it(service_running, follow, alerts):
    person = a_person(language="en")
    made = await follow(person, "area", "50.0885, 19.911, 500", name="Dom Kultury")
    again = await follow(person, "area", AREA)
    near = planned(title="Near", **NEAR)
    await service_running.deliver(near, planned(title="Far", **FAR), planned(title="Nowhere"))
    await service_running.deliver(
        calendar.EventCancelled(**{**near.model_dump(), "version": 2, "status": "cancelled"}),
        a_problem(title="Dark park", **NEAR),
        a_problem(title="Dark wood", **FAR),
    )

    heard = await alerts(person)

    assert made.status_code == 201
    assert made.json()["name"] == "500 m around Dom Kultury"
    assert (made.json()["value"], again.json()["id"]) == (AREA, made.json()["id"])
    assert [one["kind"] for one in heard] == ["problem_named", "event_cancelled", "event_planned"]
    assert "Dark park" in heard[0]["text"]


@pytest.mark.parametrize("value", ["here", "50,19", "50,19,10", "50,19,9000", "99,19,500", "nan,19,500", "50,inf,500"])
async def test_an_area_that_is_none_is_refused_with_how_to_write_one(service_running, follow, value):
    answer = await follow(a_person(), "area", value)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/value"
    assert "50.0885,19.9110,500" in answer.json()["errors"][0]["detail"]


def test_an_area_has_its_edge():
    area = Area(Point(50.0, 19.0), 500)

    assert area_of(area.value) == area
    assert area.has(Point(50.00449, 19.0))
    assert not area.has(Point(50.0046, 19.0))
    assert area.has(Point(50.0, 19.0069))
    assert not area.has(Point(50.0, 19.0071))


async def test_an_area_is_chosen_on_the_page_around_a_place_or_a_point(service_running):
    organisation = an_organisation(name="Klub Seniora", **MIDDLE)
    venue = registry.VenueRegistered(
        id=new_id(), version=1, name="Dom Kultury", organisation_id=organisation.id, url="/registry/venues/v", **MIDDLE
    )
    await service_running.deliver(organisation, venue, an_organisation(name="Nigdzie"))
    async with service_running.browser(a_person()) as browser:
        page = await browser.get("/notifications/topics")
        around = await browser.post("/notifications/topics/areas", data={"around": venue.id, "radius": "1000"})
        point = await browser.post("/notifications/topics/areas", data={"point": "50.1, 19.9", "radius": "300"})
        nothing = await browser.post("/notifications/topics/areas", data={"radius": "300"})
        wrong = await browser.post("/notifications/topics/areas", data={"point": "tu", "radius": "300"})
        unknown = await browser.post("/notifications/topics/areas", data={"around": new_id(), "radius": "300"})
        after = await browser.get("/notifications/topics")

    middles = page.text.partition('id="around"')[2].partition("</select>")[0]
    assert "Dom Kultury" in middles
    assert "Klub Seniora" in middles
    assert "Nigdzie" not in middles
    assert (around.status_code, point.status_code) == (303, 303)
    assert "1000 m wokół: Dom Kultury" in after.text
    assert "300 m wokół: 50.1000, 19.9000" in after.text
    assert (nothing.status_code, wrong.status_code, unknown.status_code) == (422, 422, 404)
    assert "Wybierz miejsce lub instytucję albo wskaż punkt na mapie." in nothing.text
    assert "Podaj dwie liczby" in wrong.text


async def test_who_follows_a_theme_hears_of_its_new_problems_and_initiatives_once(
    service_running, theme, follow, alerts
):
    person = a_person(language="en")
    await follow(person, "theme", "safety")
    problem = a_problem()
    formed = {"title": "Jasny park", "themes": ("safety",), "url": "/registry/initiatives/i"}
    await service_running.deliver(
        problem,
        a_problem(**{**problem.model_dump(), "version": 2, "status": "adopted"}),
        a_problem(themes=("music",)),
        a_problem(status="solved"),
        registry.InitiativeFormed(id=new_id(), version=1, **formed),
        registry.InitiativeFormed(id=new_id(), version=1, **{**formed, "themes": ()}),
    )

    heard = await alerts(person)

    assert [one["text"] for one in heard] == [
        "The initiative “Jasny park” was formed. You follow what it is about.",
        "“Ciemny park” was named as a problem of the neighbourhood. You follow what it is about.",
    ]
    assert [one["url"] for one in heard] == ["/registry/initiatives/i", "/registry/problems/p"]


async def test_who_is_in_it_is_not_told_of_their_own_initiative(service_running, theme, follow, alerts):
    told = a_person_of(organisation_id := new_id())
    await service_running.deliver(told)
    person = a_coordinator(organisation_id, id=told.id)
    await follow(person, "theme", "safety")
    formed = {"title": "Jasny park", "themes": ("safety",), "url": "/i", "organisation_ids": (organisation_id,)}
    await service_running.deliver(registry.InitiativeFormed(id=new_id(), version=1, **formed))

    assert await alerts(person) == []
