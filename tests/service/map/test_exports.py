"""A selection as a file; each format is read again by a program that is not ours."""

import csv
import io

import fastkml
import gpxpy
import pytest
import shapely
import vobject
from fastkml import KML

from services.map.api import exports
from services.map.schemas.files.vcards import folded
from tests.service.map.builders import LATITUDE, LONGITUDE, a_fact, a_venue, an_organisation

ODD = 'Sala „Łąka” & <Dom>; "Żółw", część A\\B'
FORMATS = ["geojson", "csv", "kml", "gpx", "vcf"]


@pytest.fixture
async def town(the_map):
    owner = an_organisation(name="Towarzystwo", latitude=None, longitude=None, address="ul. Łokietka 1; lok. 2")
    venue = a_venue(name=ODD, organisation_id=owner.id, address="ul. Radzikowskiego 1")
    await the_map.deliver(owner, venue, a_fact())
    return owner, venue


async def export(the_map, form: str, **query):
    answer = await the_map.client.get(f"/map/api/v1/exports/places.{form}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="osiedle-azory.{form}"'
    return answer


async def test_geojson_has_a_feature_for_each_place_longitude_first(the_map, town):
    owner, venue = town
    answer = await export(the_map, "geojson")

    features = {one["id"]: one for one in answer.json()["features"]}
    assert answer.headers["content-type"] == "application/geo+json"
    assert len(features) == 3
    assert features[owner.id]["geometry"] is None
    point = shapely.from_geojson(str(features[venue.id]["geometry"]).replace("'", '"'))
    assert (point.x, point.y) == (LONGITUDE, LATITUDE)
    assert features[venue.id]["properties"]["name"] == ODD
    assert features[venue.id]["properties"]["card"] == f"http://osiedle.test/map/places/{venue.id}"
    assert features[venue.id]["properties"]["organisation_name"] == "Towarzystwo"


async def test_a_confidential_place_is_a_circle_in_every_file_that_can_draw_one_and_a_point_in_none(the_map):
    shelter = a_venue(name="Schronisko", confidential=True)
    await the_map.deliver(shelter)
    texts = {form: (await export(the_map, form)).text for form in FORMATS}

    circle = shapely.from_geojson(texts["geojson"]).geoms[0]
    assert (circle.geom_type, round(circle.centroid.x, 4), round(circle.centroid.y, 4)) == ("Polygon", 19.9110, 50.0885)
    assert circle.exterior.is_ccw
    assert 111_200 * (circle.bounds[3] - circle.bounds[1]) == pytest.approx(1000, rel=0.01)
    drawn = next(iter(KML.from_string(texts["kml"].encode()).features[0].features)).geometry
    assert (drawn.geom_type, len(drawn.exterior.coords)) == ("Polygon", 33)
    assert gpxpy.parse(texts["gpx"]).waypoints == []
    assert "GEO:" not in texts["vcf"]
    row = next(csv.DictReader(io.StringIO(texts["csv"].removeprefix("\ufeff")), delimiter=";"))
    assert (row["radius_m"], row["confidential"]) == ("500", "true")


async def test_a_table_opens_in_a_polish_spreadsheet_and_runs_nothing(the_map):
    await the_map.deliver(a_venue(name="=1+1"), a_venue(name=ODD))
    text = (await export(the_map, "csv")).content

    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert {row["name"] for row in rows} == {"'=1+1", ODD}
    assert {row["latitude"] for row in rows} == {str(LATITUDE)}


async def test_kml_is_read_by_fastkml(the_map, town):
    owner, _ = town
    document = KML.parse(io.BytesIO((await export(the_map, "kml")).content))
    [inside] = document.features
    places = {one.name: one for one in inside.features}

    assert set(places) >= {ODD, "Towarzystwo"}
    assert (places[ODD].geometry.x, places[ODD].geometry.y) == (LONGITUDE, LATITUDE)
    assert places["Towarzystwo"].geometry is None
    assert places["Towarzystwo"].address == owner.address
    assert isinstance(places[ODD], fastkml.Placemark)


async def test_gpx_is_read_by_gpxpy_and_says_what_is_left_out(the_map, town):
    read = gpxpy.parse((await export(the_map, "gpx")).text)

    assert {(one.name, one.latitude, one.longitude) for one in read.waypoints} >= {(ODD, LATITUDE, LONGITUDE)}
    assert len(read.waypoints) == 2
    assert "1" in read.description
    assert read.waypoints[0].link.startswith("http://osiedle.test/map/places/")


async def test_vcards_are_read_by_vobject_and_hold_no_contact(the_map, town):
    text = (await export(the_map, "vcf")).text
    cards = {card.fn.value: card for card in vobject.readComponents(text)}

    assert set(cards) >= {ODD, "Towarzystwo"}
    assert cards["Towarzystwo"].kind.value == "org"
    assert cards["Towarzystwo"].adr.value.street == "ul. Łokietka 1; lok. 2"
    assert cards[ODD].kind.value == "location"
    assert cards[ODD].geo.value == f"geo:{LATITUDE},{LONGITUDE}"
    assert "TEL" not in text
    assert "EMAIL" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize("form", FORMATS)
async def test_the_filters_of_the_list_are_those_of_the_file(the_map, form):
    await the_map.deliver(a_venue(name="Sala"), an_organisation(name="Klub"))

    found = (await export(the_map, form, kind="venue", q="sala")).text

    assert "Sala" in found
    assert "Klub" not in found


async def test_a_selection_is_whole_however_many_reads_it_takes(the_map, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    await the_map.deliver(*(a_venue(name=f"Sala {number}") for number in range(5)))

    features = (await export(the_map, "geojson")).json()["features"]

    assert [one["properties"]["name"] for one in features] == [f"Sala {number}" for number in range(5)]


async def test_too_many_places_are_refused_rather_than_cut(the_map, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    monkeypatch.setattr(exports, "MOST_PLACES", 4)
    await the_map.deliver(*(a_venue(name=f"Sala {number}") for number in range(5)))

    answer = await the_map.client.get("/map/api/v1/exports/places.csv")

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:osiedle:problem:too-many-places"
    assert "4" in answer.json()["detail"]


async def test_the_page_offers_its_selection_as_files(the_map):
    await the_map.deliver(a_venue(name="Sala"))

    async with the_map.browser() as browser:
        page = (await browser.get("/map/", params={"q": "sala", "kind": "venue"})).text

    for form in FORMATS:
        assert f'href="/map/api/v1/exports/places.{form}?q=sala&amp;kind=venue"' in page


def test_a_long_line_of_a_card_is_broken_between_letters():
    line = "NOTE:" + "ł" * 100

    assert all(len(part) <= 75 for part in folded(line).split(b"\r\n"))
    assert folded(line).decode().replace("\r\n ", "").strip() == line
