"""What institutions lend and on which terms: over HTTP, on pages, and told to the others."""

from typing import Any

import pytest

from shared.messages.registry import ResourceChanged, ResourceRegistered, VenueChanged, VenueRegistered
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_venue, an_organisation, posted

TERMS = {
    "conditions": "Zwrot w czystości",
    "cost": "partnerzy za darmo",
    "cost_pln": 12.5,
    "cost_per": "hour",
    "lends_to": "partners",
    "themes": ["sport"],
}


async def test_terms_are_kept_and_told(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    hours = {"unit": "szt.", "availability": "pn-pt 8-16"}
    tent = {"name": "Namiot", "kind": "equipment", "organisation_id": one, "quantity": 3, **hours, **TERMS}
    made = await posted(registry, "resources", tent, by=a_coordinator(one))
    assert {name: made[name] for name in TERMS} == TERMS
    assert (made["availability"], made["unit"], made["status"]) == ("Mo-Fr 08:00-16:00", "szt.", "offered")
    hall = await a_venue(registry, one, opening_hours="codziennie 8-20", **TERMS)
    assert hall["opening_hours"] == "Mo-Su 08:00-20:00"
    (lent,), (venue,) = await registry.outgoing(ResourceRegistered), await registry.outgoing(VenueRegistered)
    for told in (lent, venue):
        assert isinstance(told, ResourceRegistered | VenueRegistered)
        assert (told.cost_pln, told.cost_per, told.lends_to, told.themes) == (12.5, "hour", "partners", ("sport",))


async def test_what_is_withdrawn_stays_and_is_told(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    body = {"name": "Namiot", "kind": "equipment", "organisation_id": one}
    tent, hall = await posted(registry, "resources", body), await a_venue(registry, one)
    headers = {**registry.headers(a_coordinator(one)), "If-Match": '"1"'}
    for path in (f"resources/{tent['id']}", f"venues/{hall['id']}"):
        answer = await registry.client.patch(f"{API}/{path}", json={"status": "withdrawn"}, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    (lent,), (venue,) = await registry.outgoing(ResourceChanged), await registry.outgoing(VenueChanged)
    for told in (lent, venue):
        assert isinstance(told, ResourceChanged | VenueChanged)
        assert (told.status, told.version) == ("withdrawn", 2)
    async with registry.browser() as stranger:
        assert (await stranger.get(f"/registry/organisations/{one}")).text.count("już niewypożyczane") == 2


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"cost_pln": 10}, "/cost_per"),
        ({"cost_pln": -1, "cost_per": "day"}, "/cost_pln"),
        ({"availability": "kiedy się da"}, "/availability"),
        ({"themes": ["latanie"]}, "/themes/0"),
        ({"latitude": 0, "longitude": 0}, ""),
        ({"lends_to": "nobody"}, "/lends_to"),
    ],
)
async def test_terms_that_cannot_be_are_refused(
    registry_on_sqlite: Running, values: dict[str, Any], pointer: str
) -> None:
    registry = registry_on_sqlite
    one = (await an_organisation(registry))["id"]
    body = {"name": "Namiot", "kind": "equipment", "organisation_id": one, **values}
    answer = await registry.client.post(f"{API}/resources", json=body, headers=registry.headers(ADMINISTRATOR))
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_an_amount_that_is_taken_away_takes_what_it_was_for_along(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    one = (await an_organisation(registry))["id"]
    hall = await a_venue(registry, one, cost_pln=10.126, cost_per="day")
    assert hall["cost_pln"] == 10.13
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    answer = await registry.client.patch(f"{API}/venues/{hall['id']}", json={"cost_pln": None}, headers=headers)
    assert (answer.json()["cost_pln"], answer.json()["cost_per"]) == (None, None)


async def test_a_venue_is_added_and_changed_on_its_pages(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    house = await a_venue(registry, one, name="Dom")
    new = f"/registry/organisations/{one}/venues/new"
    form = {
        "name": "Sala lustrzana", "capacity": "40", "one_at_a_time": "yes", "set_up_minutes": "15",
        "opening_hours": "pn-pt 8-20", "equipment": "rzutnik, krzesła", "step_free": "yes", "lends_to": "partners",
        "needs_approval": "yes", "cost_pln": "12,50", "cost_per": "hour", "inside_venue_id": house["id"],
        "themes": "muzyka", "point": "50.1, 19.9", "conditions": "Buty na zmianę",
    }  # fmt: skip
    async with registry.browser(a_coordinator(one)) as browser:
        assert new in (await browser.get(f"/registry/organisations/{one}")).text
        wrong = await browser.post(new, data={**form, "capacity": "dużo", "cost_pln": "tanio", "point": "tu"})
        assert wrong.status_code == 422
        for words in ("liczbę całkowitą", "kwotę w złotych", "dwie liczby", 'value="dużo"'):
            assert words in wrong.text, words
        assert (await browser.post(new, data=form)).status_code == 303
        (row,) = [row for row in await registry.rows("venue") if row.name == "Sala lustrzana"]
        assert (row.capacity, row.set_up_minutes, row.equipment) == (40, 15, ["rzutnik", "krzesła"])
        assert (str(row.inside_venue_id), row.step_free, row.needs_approval) == (house["id"], True, True)
        assert (row.themes, float(row.cost_pln), row.opening_hours) == (["music"], 12.5, "Mo-Fr 08:00-20:00")
        card = (await browser.get(f"/registry/organisations/{one}")).text
        for words in ("12,50\u00a0zł za godzinę", "Buty na zmianę", "poniedziałek–piątek", "znajduje się w: Dom"):
            assert words in card, words
        edit = f"/registry/venues/{row.id}/edit"
        shown = (await browser.get(edit)).text
        assert 'value="12.50"' in shown
        changed = {**form, "version": "1", "capacity": "50", "status": "withdrawn", "inside_venue_id": ""}
        assert (await browser.post(edit, data=changed)).status_code == 303
        assert (await browser.post(edit, data=changed)).status_code == 422
    (row,) = [row for row in await registry.rows("venue") if row.name == "Sala lustrzana"]
    assert (row.capacity, row.status, row.inside_venue_id) == (50, "withdrawn", None)


async def test_a_resource_is_added_and_changed_on_its_pages(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    new = f"/registry/organisations/{one}/resources/new"
    form = {"name": "Namioty", "kind": "equipment", "quantity": "3", "unit": "szt.", "availability": "weekendy"}
    async with registry.browser(a_coordinator(one)) as browser:
        assert "Nie da się odczytać" in (await browser.post(new, data=form)).text
        assert (await browser.post(new, data={**form, "availability": "sob-niedz 8-20"})).status_code == 303
        (row,) = await registry.rows("resource")
        assert (row.quantity, row.unit, row.availability) == (3, "szt.", "Sa-Su 08:00-20:00")
        assert "× 3 szt." in (await browser.get(f"/registry/organisations/{one}")).text
        edit = f"/registry/resources/{row.id}/edit"
        assert (await browser.post(edit, data={"version": "1", "name": "Namioty", "quantity": "2"})).status_code == 303
    async with registry.browser(a_coordinator(one[::-1])) as browser:
        assert (await browser.get(edit)).status_code == 403
        assert (await browser.post(new, data=form)).status_code == 403
    (row,) = await registry.rows("resource")
    assert (row.quantity, row.kind, row.availability) == (2, "equipment", "")
