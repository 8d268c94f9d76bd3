"""Files of others on the map: with whose they are, each thing by itself, and hostile ones without harm."""

import json

import pytest

from services.map.commands import layers as commands
from services.map.domain import layer_files
from tests.builders import a_person, an_administrator
from tests.service.map.builders import A_SQUARE

ABOUT = {"name": "Drzewa", "source": "Miasto Kraków", "licence": "CC BY 4.0"}
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark><name>Lipa &amp; dąb</name><description>stare</description>
  <Point><coordinates>19.911,50.0885,210</coordinates></Point></Placemark>
<Placemark><name>Ścieżka</name><LineString><coordinates>
  19.91,50.08 19.92,50.09 </coordinates></LineString></Placemark>
<Placemark><name>Dwa parki</name><MultiGeometry>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates>
    </LinearRing></outerBoundaryIs></Polygon>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>3,3 4,3 4,4 3,3</coordinates>
    </LinearRing></outerBoundaryIs></Polygon>
</MultiGeometry></Placemark>
<Placemark><name>Zepsute</name><Point><coordinates>tu,tam</coordinates></Point></Placemark>
<Placemark><name>Puste</name></Placemark>
</Folder></Document></kml>"""


async def bring(the_map, data: str | bytes, person=None, **about):
    content = data.encode() if isinstance(data, str) else data
    return await the_map.client.post(
        "/map/api/v1/imports",
        params={**ABOUT, **about},
        content=content,
        headers=the_map.headers(person or a_person(neighbourhood_coordinator=True)),
    )


async def features(the_map, answer):
    assert answer.status_code == 201, answer.text
    return (await the_map.client.get(f"{answer.headers['location']}/features")).json()["features"]


async def test_kml_becomes_a_layer_and_what_cannot_be_drawn_is_named(the_map):
    answer = await bring(the_map, KML)

    drawn = {one["properties"]["name"]: one["geometry"] for one in await features(the_map, answer)}
    assert drawn["Lipa & dąb"] == {"type": "Point", "coordinates": [19.911, 50.0885]}
    assert drawn["Ścieżka"]["type"] == "LineString"
    assert drawn["Dwa parki"]["type"] == "MultiPolygon"
    told = answer.json()
    assert (told["file_kind"], told["features"], told["refused"]) == ("kml", 3, 2)
    assert [(one["position"], one["name"], one["result"]) for one in told["report"]] == [
        (4, "Zepsute", "refused"),
        (5, "Puste", "refused"),
    ]


async def test_a_table_of_a_polish_office_is_read_with_its_commas_and_swapped_columns(the_map):
    table = 'Nazwa;Szerokość geograficzna;Długość geograficzna;Opis\r\n"Żłobek";50,0885;19,911;przy ul. Łokietka\r\n'
    table += "Zamieniony;19,92;50,09;\r\nbez punktu;;;\r\nw morzu;0;0;\r\n\r\n"
    answer = await bring(the_map, table.encode("cp1250"))

    drawn = {one["properties"]["name"]: one["geometry"]["coordinates"] for one in await features(the_map, answer)}
    assert drawn == {"Żłobek": [19.911, 50.0885], "Zamieniony": [19.92, 50.09]}
    assert [(one["position"], one["result"]) for one in answer.json()["report"]] == [
        (2, "repaired"),
        (3, "refused"),
        (4, "refused"),
    ]


async def test_geojson_keeps_its_good_features(the_map):
    bow_tie = {"type": "Polygon", "coordinates": [[[0, 1], [1, 2], [1, 1], [0, 2], [0, 1]]]}
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"nazwa": "Ogród"}, "geometry": A_SQUARE},
            {"type": "Feature", "properties": None, "geometry": bow_tie},
            {"type": "Feature", "properties": {}, "geometry": None},
            7,
        ],
    }
    answer = await bring(the_map, json.dumps(collection))

    [one] = await features(the_map, answer)
    assert one["properties"] == {
        "name": "Ogród",
        "description": "",
        "source": "Miasto Kraków",
        "licence": "CC BY 4.0",
        "look": "violet",
    }
    assert [one["position"] for one in answer.json()["report"]] == [2, 3, 4]
    assert "1.5, 0.5" in answer.json()["report"][0]["reason"]


BOMB = '<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>'
OUTSIDE = '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&x;</name></Placemark></kml>'


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        OUTSIDE,
        '<!DOCTYPE kml SYSTEM "http://evil.example/kml.dtd"><kml/>',
        "<kml><Placemark>",
        "<gpx/>",
        "<kml/>",
        "{",
        "[1]",
        "[" * 100_000,
        '{"type": "FeatureCollection", "features": 7}',
        '{"type": "FeatureCollection", "features": []}',
        "",
        "ala ma kota",
        "nazwa;x;y\n" + '"otwarty;1;2\n' * 20_000,
        ";".join(f"k{number}" for number in range(300)),
        b"\x00\x01\x02",
        b"PK\x03\x04\x00\x00",
    ],
    ids=range(17),
)
async def test_a_hostile_or_broken_file_is_refused_with_a_reason(the_map, data):
    answer = await bring(the_map, data)

    assert answer.status_code == 422
    assert len(answer.json()["detail"]) > 20
    assert "root:" not in answer.text
    assert await the_map.rows("layer") == []


async def test_a_file_is_bounded(the_map, monkeypatch):
    table = "lat;lon\n" + "50;19\n" * 4
    for name, most in (("MOST_FEATURES", 3), ("MOST_POSITIONS_IN_ALL", 3), ("MOST_BYTES", 10)):
        with monkeypatch.context() as bounded:
            bounded.setattr(layer_files, name, most)
            assert (await bring(the_map, table)).status_code == 422
    assert (await bring(the_map, table)).status_code == 201
    monkeypatch.setattr(commands, "MOST_LAYERS", 1)
    assert (await bring(the_map, table)).status_code == 409


async def test_whose_a_file_is_and_what_they_allow_must_be_said(the_map):
    for missing in ("source", "licence", "name"):
        answer = await bring(the_map, "lat;lon\n50;19\n", **{missing: " "})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{missing}"


async def test_only_who_looks_after_the_neighbourhood_brings_files(the_map):
    assert (await bring(the_map, KML, a_person(roles={"x": "leader"}))).status_code == 403


async def test_a_layer_is_taken_away_with_all_that_is_in_it_and_the_history_knows(the_map):
    answer = await bring(the_map, KML)
    headers = the_map.headers(an_administrator())
    address = answer.headers["location"]
    late = await the_map.client.delete(address, headers={**headers, "If-Match": '"9"'})
    gone = await the_map.client.delete(address, headers={**headers, "If-Match": answer.headers["etag"]})

    assert (late.status_code, gone.status_code) == (412, 204)
    assert await the_map.rows("layer") == []
    assert await the_map.rows("layer_feature") == []
    told = await the_map.rows("history", order_by="position")
    assert [row.action for row in told] == ["brought", "taken away"]
    assert told[1].changes["licence"] == [None, "CC BY 4.0"]


async def test_a_person_brings_a_file_with_the_form_and_reads_what_became_of_it(the_map):
    file = {"file": ("park.kml", KML.encode(), "application/vnd.google-earth.kml+xml")}
    form = {**ABOUT, "look": "red"}
    async with the_map.browser(an_administrator()) as browser:
        nothing = await browser.post("/map/imports", data=form)
        unsaid = await browser.post("/map/imports", data={**form, "licence": ""}, files=file)
        broken = await browser.post("/map/imports", data=form, files={"file": ("x.kml", b"<kml>", "text/xml")})
        done = await browser.post("/map/imports", data=form, files=file)
        layer = await browser.get(done.headers["location"], params={"lang": "en"})
    async with the_map.browser() as stranger:
        seen = await stranger.get(done.headers["location"], params={"lang": "en"})
        page = await stranger.get("/map/")

    assert [one.status_code for one in (nothing, unsaid, broken, done)] == [422, 422, 422, 303]
    assert 'href="#licence"' in unsaid.text
    assert "2 things could not be drawn." in layer.text
    assert "Zepsute" in layer.text
    assert "Zepsute" not in seen.text
    assert "Lipa &amp; dąb" in seen.text
    assert "CC BY 4.0" in seen.text
    assert f'data-layer="/map/api/v1{done.headers["location"].removeprefix("/map")}/features"' in page.text
    async with the_map.browser(an_administrator()) as browser:
        removed = await browser.post(f"{done.headers['location']}/remove", data={"version": "1"})
    assert removed.status_code == 303
    assert await the_map.rows("layer_feature") == []
