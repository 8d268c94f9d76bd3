"""Drawing on the map: by those who may, once, with a version; and nothing of it is lost by a rebuild."""

import json

import pytest

from services.map.commands import areas as commands
from shared.copies import Copies
from tests.builders import a_person, an_administrator
from tests.service.map.builders import A_SQUARE, a_venue

AREA = {"name": "Ogród „Azory”", "name_in_english": "Azory garden", "kind": "garden", "geometry": A_SQUARE}
FORM = {"name": "Ogród", "kind": "garden", "look": "green", "geometry": json.dumps(A_SQUARE)}


@pytest.fixture
def coordinator():
    return a_person(neighbourhood_coordinator=True)


async def draw(the_map, person, **values):
    return await the_map.client.post("/map/api/v1/areas", json={**AREA, **values}, headers=the_map.headers(person))


async def test_an_area_is_drawn_changed_and_taken_away_and_each_stands_in_the_history(the_map, coordinator):
    headers = the_map.headers(coordinator)
    made = await draw(the_map, coordinator)
    address = made.headers["location"]
    changed = await the_map.client.patch(
        address, json={"look": "red"}, headers={**headers, "If-Match": made.headers["etag"]}
    )
    gone = await the_map.client.delete(address, headers={**headers, "If-Match": changed.headers["etag"]})

    assert (made.status_code, changed.status_code, gone.status_code) == (201, 200, 204)
    assert changed.json()["look"] == "red"
    assert (await the_map.client.get(address)).status_code == 404
    actions = await the_map.rows("history", order_by="position")
    assert [row.action for row in actions] == ["drawn", "changed", "taken away"]
    assert actions[1].changes == {"look": ["green", "red"]}
    assert actions[2].changes["geometry"][0] == made.json()["geometry"]
    assert {row.by_person_id for row in actions} == {coordinator.id}


async def test_who_read_an_older_version_changes_nothing(the_map, coordinator):
    headers = the_map.headers(coordinator)
    address = (await draw(the_map, coordinator)).headers["location"]

    for method in ("PATCH", "DELETE"):
        body = {"json": {"look": "red"}} if method == "PATCH" else {}
        late = await the_map.client.request(method, address, headers={**headers, "If-Match": '"7"'}, **body)
        bare = await the_map.client.request(method, address, headers=headers, **body)
        assert (late.status_code, bare.status_code) == (412, 428)
    assert (await the_map.client.get(address)).json()["look"] == "green"


async def test_others_may_look_and_not_draw(the_map, coordinator):
    assert (await draw(the_map, a_person(roles={"x": "leader"}))).status_code == 403
    assert (await the_map.client.post("/map/api/v1/areas", json=AREA)).status_code == 401
    await draw(the_map, coordinator)
    listed = (await the_map.client.get("/map/api/v1/areas")).json()
    assert [one["name"] for one in listed["items"]] == ["Ogród „Azory”"]


async def test_a_geometry_that_crosses_itself_is_refused_with_its_place(the_map, coordinator):
    bow_tie = {"type": "Polygon", "coordinates": [[[0, 1], [1, 2], [1, 1], [0, 2], [0, 1]]]}
    answer = await draw(the_map, coordinator, geometry=bow_tie)

    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == "/geometry/coordinates"
    assert "1.5, 0.5" in fault["detail"]


async def test_too_many_corners_are_refused(the_map, coordinator):
    line = {"type": "LineString", "coordinates": [[19.9, 50.0 + n / 100_000] for n in range(2_001)]}

    answer = await draw(the_map, coordinator, geometry=line)

    assert answer.status_code == 422
    assert "2000" in answer.json()["errors"][0]["detail"]


async def test_the_map_stays_readable(the_map, coordinator, monkeypatch):
    monkeypatch.setattr(commands, "MOST_AREAS", 1)
    await draw(the_map, coordinator)

    answer = await draw(the_map, coordinator)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:osiedle:problem:too-many-areas"


async def test_the_map_draws_them_in_the_language_of_who_looks(the_map, coordinator):
    await draw(the_map, coordinator)

    polish = await the_map.client.get("/map/api/v1/areas.geojson", headers={"Accept-Language": "pl"})
    english = await the_map.client.get("/map/api/v1/areas.geojson", headers={"Accept-Language": "en"})

    assert polish.headers["content-type"] == "application/geo+json"
    assert polish.json()["features"][0]["properties"]["name"] == "Ogród „Azory”"
    assert english.json()["features"][0]["properties"]["name"] == "Azory garden"


async def test_what_is_drawn_is_no_copy_so_a_rebuild_leaves_it(the_map):
    copies: Copies = the_map.app.state.bus.copies
    names = {table.name for table in copies.tables}

    assert "place" in names
    assert not names & {"area", "layer", "layer_feature", "history"}


async def test_who_may_draws_with_a_form_by_pasting_or_by_a_file(the_map):
    feature = {"type": "Feature", "properties": {}, "geometry": A_SQUARE}
    collection = {"type": "FeatureCollection", "features": [feature]}
    async with the_map.browser(an_administrator()) as browser:
        pasted = await browser.post("/map/areas/drawn", data=FORM)
        file = {"file": ("a.geojson", json.dumps(collection).encode(), "application/geo+json")}
        uploaded = await browser.post("/map/areas/drawn", data={**FORM, "name": "Park", "geometry": ""}, files=file)
        page = await browser.get("/map/areas", params={"lang": "en"})

    assert (pasted.status_code, uploaded.status_code) == (303, 303)
    assert page.text.index("Ogród") < page.text.index("Park")
    assert "Draw something" in page.text


@pytest.mark.parametrize(
    ("kind", "typed", "meant"),
    [
        ("garden", "50.08, 19.91\n50.08, 19.92\n\n50.09, 19.92\n", "Polygon"),
        ("garden", "50,08 19,91\r\n50,08 19,92\r\n50,09 19,92\r\n50,08 19,91", "Polygon"),
        ("route", "50.08, 19.91\n50.08, 19.92\n50.09, 19.92", "LineString"),
        ("garden", "50.08, 19.91\n50.08, 19.92", "LineString"),
        ("other", "50.08, 19.91", "Point"),
    ],
)
async def test_corners_are_typed_a_latitude_and_a_longitude_on_each_line(the_map, kind, typed, meant):
    async with the_map.browser(an_administrator()) as browser:
        answer = await browser.post("/map/areas/drawn", data={**FORM, "kind": kind, "geometry": typed})

    assert answer.status_code == 303, answer.text
    [area] = await the_map.rows("area")
    first = area.geometry["coordinates"]
    while isinstance(first[0], list):
        first = first[0]
    assert (area.geometry["type"], first) == (meant, [19.91, 50.08])


async def test_a_line_that_is_no_corner_is_named(the_map):
    async with the_map.browser(an_administrator()) as browser:
        data = {**FORM, "geometry": "50.08, 19.91\nprzy sklepie\n"}
        answer = await browser.post("/map/areas/drawn", params={"lang": "en"}, data=data)

    assert answer.status_code == 422
    assert "Line 2 is no corner" in answer.text
    assert "przy sklepie" in answer.text


@pytest.mark.parametrize("geometry", ["", "{", "[]", '{"type": "FeatureCollection", "features": []}', "[" * 5000])
async def test_a_drawing_that_is_none_stays_in_the_form_with_the_reason(the_map, geometry):
    async with the_map.browser(an_administrator()) as browser:
        answer = await browser.post("/map/areas/drawn", data={**FORM, "geometry": geometry, "name": "Łąka"})

    assert answer.status_code == 422
    assert 'href="#geometry"' in answer.text
    assert 'value="Łąka"' in answer.text
    assert await the_map.rows("area") == []


async def test_who_was_slower_sees_it_and_then_wins_knowingly(the_map):
    async with the_map.browser(an_administrator()) as browser:
        await browser.post("/map/areas/drawn", data=FORM)
        [area] = await the_map.rows("area")
        form = {**FORM, "area_id": area.id, "version": "1"}
        first = await browser.post("/map/areas/drawn", data={**form, "name": "Pierwszy"})
        second = await browser.post("/map/areas/drawn", data={**form, "name": "Drugi"})
        third = await browser.post("/map/areas/drawn", data={**form, "name": "Drugi", "version": "2"})
        removed = await browser.post(f"/map/areas/{area.id}/remove", data={"version": "3"})

    assert [one.status_code for one in (first, second, third, removed)] == [303, 412, 303, 303]
    assert 'value="Drugi"' in second.text
    assert 'name="version" value="2"' in second.text
    assert await the_map.rows("area") == []


async def test_strangers_see_no_way_to_draw(the_map):
    await the_map.deliver(a_venue())
    async with the_map.browser() as browser:
        assert "/map/areas/new" not in (await browser.get("/map/areas")).text
        assert (await browser.get("/map/areas/new")).status_code == 401
