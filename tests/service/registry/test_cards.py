"""Cards of organisations: numbers, hours, links, points, sites, parents; confirmed once a year, and asked about."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.registry.app import create_app
from services.registry.jobs import review_letter
from services.registry.jobs.letters import send_due_letters
from services.registry.models import Organisation
from services.registry.settings import Settings
from shared import clock
from shared.messages.registry import OrganisationChanged
from tests.builders import a_coordinator, a_person
from tests.harness import Running, quiet, running
from tests.service.registry.builders import ADMINISTRATOR, API, a_contact, a_registered_person, an_organisation, posted
from tests.service.registry.test_sending_letters import Post

FULL = {
    "name": "Szkoła Podstawowa nr 113",
    "kind": "school",
    "description": "Uczymy.",
    "description_en": "We teach.",
    "plain_description": "To jest szkoła.",
    "nip": "675-000-22-36",
    "regon": "123456785",
    "krs": "12345",
    "rspo": "0081234",
    "links": [{"label": "Strona", "url": "https://example.org/sp"}],
    "opening_hours": "pn-pt 8-16, sob nieczynne",
    "step_free": True,
    "latitude": 50.0881,
    "longitude": 19.9105,
}


async def changed(registry: Running, one: str, version: int, by: Any = ADMINISTRATOR, **values: Any) -> Any:
    headers = {**registry.headers(by), "If-Match": f'"{version}"', "Accept-Language": "en"}
    return await registry.client.patch(f"{API}/organisations/{one}", json=values, headers=headers)


async def aged(registry: Running, one: str, **values: Any) -> None:
    def write(session: Any) -> None:
        row = session.get_one(Organisation, one)
        for name, value in values.items():
            setattr(row, name, value)

    await registry.database.write(write)


async def test_a_card_keeps_numbers_hours_links_and_tells_what_is_public(registry: Running) -> None:
    made = await an_organisation(registry, **FULL)
    assert (made["nip"], made["regon"], made["krs"], made["rspo"]) == ("6750002236", "123456785", "0000012345", "81234")
    assert (made["opening_hours"], made["point_source"], made["status"]) == (
        "Mo-Fr 08:00-16:00; Sa off",
        "pin",
        "active",
    )
    assert made["confirmed_on"] == clock.today("Europe/Warsaw").isoformat()
    done = await changed(registry, made["id"], 1, status="suspended", nip=None)
    assert (done.status_code, done.json()["nip"], done.json()["regon"]) == (200, None, "123456785")
    (told,) = await registry.outgoing(OrganisationChanged)
    assert isinstance(told, OrganisationChanged)
    assert (told.status, told.step_free, told.links[0].url) == ("suspended", True, "https://example.org/sp")
    assert (told.description_en, told.opening_hours) == ("We teach.", "Mo-Fr 08:00-16:00; Sa off")


@pytest.mark.parametrize(
    ("values", "pointer", "words"),
    [
        ({"nip": "6750002237"}, "/nip", "check digit"),
        ({"nip": "123"}, "/nip", "ten digits"),
        ({"regon": "123456784"}, "/regon", "check digit"),
        ({"krs": "12345678901"}, "/krs", "ten digits"),
        ({"rspo": "x"}, "/rspo", "seven digits"),
        ({"links": [{"url": "javascript:alert(1)"}]}, "/links/0/url", "https://"),
        ({"opening_hours": "jak kto przyjdzie"}, "/opening_hours", "cannot be read"),
        ({"latitude": 0, "longitude": 0}, "", "ocean"),
        ({"parent_id": "01900000-0000-7000-8000-000000000000"}, "/parent_id", "nothing"),
    ],
)
async def test_what_cannot_be_is_refused_with_what_to_do(
    registry_on_sqlite: Running, values: dict[str, Any], pointer: str, words: str
) -> None:
    registry = registry_on_sqlite
    headers = {**registry.headers(ADMINISTRATOR), "Accept-Language": "en"}
    answer = await registry.client.post(
        f"{API}/organisations", json={"name": "Klub", "kind": "ngo", **values}, headers=headers
    )
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert words in fault["detail"]


async def test_every_fault_is_named_at_once(registry_on_sqlite: Running) -> None:
    headers = registry_on_sqlite.headers(ADMINISTRATOR)
    body = {"name": "Klub", "kind": "ngo", "nip": "1", "regon": "1", "opening_hours": "?"}
    answer = await registry_on_sqlite.client.post(f"{API}/organisations", json=body, headers=headers)
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/nip", "/regon", "/opening_hours"}


async def test_an_organisation_never_belongs_to_itself(registry: Running) -> None:
    city = await an_organisation(registry, name="Miasto")
    office = await an_organisation(registry, name="Ośrodek", parent_id=city["id"])
    refused = await changed(registry, city["id"], 1, parent_id=office["id"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/parent_id")
    assert (await changed(registry, city["id"], 1, parent_id=city["id"])).status_code == 422
    async with registry.browser() as stranger:
        assert ">Ośrodek</a>" in (await stranger.get(f"/registry/organisations/{city['id']}")).text
        assert ">Miasto</a>" in (await stranger.get(f"/registry/organisations/{office['id']}")).text


async def imported(registry: Running, table: str) -> None:
    sent = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv"}
    answer = await registry.client.post(f"{API}/imports", content=table.encode(), headers=sent)
    assert answer.status_code == 200


async def test_a_pin_wins_over_what_a_table_says_and_nobody_lies_at_zero(registry: Running) -> None:
    table = "klucz;nazwa;lat;lon\nk;Klub;50,1;19,9\nz;Zero;0;0\n"
    await imported(registry, table)
    rows = {row.name: row for row in await registry.rows("organisation")}
    assert (rows["Klub"].point_source, rows["Zero"].latitude) == ("import", None)
    moved = table.replace("50,1", "50,2")
    await imported(registry, moved)
    assert [row.latitude for row in await registry.rows("organisation") if row.name == "Klub"] == [50.2]
    pinned = await changed(registry, str(rows["Klub"].id), 2, latitude=50.3, longitude=19.8, description_en="Club")
    assert pinned.json()["point_source"] == "pin"
    await imported(registry, moved.replace("50,2", "50,4").replace("Klub", "Klub Seniora"))
    (club,) = [row for row in await registry.rows("organisation") if row.name == "Klub Seniora"]
    assert (club.latitude, club.point_source, club.description_en) == (50.3, "pin", "Club")


async def test_sites_are_added_changed_removed_and_told(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    by = a_coordinator(one)
    body = {"name": "Filia", "address": "ul. Jaremy 5", "latitude": 50.09, "longitude": 19.91, "point_precision_m": 20}
    site = await posted(registry, f"organisations/{one}/sites", body, by=by)
    assert (site["point_source"], site["point_precision_m"]) == ("pin", 20)
    address = f"{API}/organisations/{one}/sites/{site['id']}"
    headers = {**registry.headers(by), "If-Match": '"1"'}
    assert (await registry.client.patch(address, json={"name": "Świetlica"}, headers=headers)).status_code == 200
    assert (await registry.client.patch(address, json={"name": "x"}, headers=headers)).status_code == 412
    told = (await registry.outgoing(OrganisationChanged))[-1]
    assert isinstance(told, OrganisationChanged)
    assert [(place.name, place.latitude) for place in told.sites] == [("Świetlica", 50.09)]
    assert (await registry.client.delete(address, headers=registry.headers(by))).status_code == 204
    assert (await registry.client.get(f"{API}/organisations/{one}/sites")).json()["items"] == []
    versions = [message.version for message in await registry.outgoing(OrganisationChanged)]
    assert versions == [2, 3, 4]


async def test_a_site_is_kept_on_a_page(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    page = f"/registry/organisations/{one}/sites"
    async with registry.browser(a_coordinator(one)) as browser:
        wrong = await browser.post(f"{page}/new", data={"name": "Filia", "point": "0, 0"})
        assert (wrong.status_code, 'value="Filia"' in wrong.text) == (422, True)
        assert (await browser.post(f"{page}/new", data={"name": "Filia", "point": "50.1, 19.9"})).status_code == 303
        (site,) = await registry.rows("site")
        assert "Filia" in (await browser.get(f"/registry/organisations/{one}")).text
        assert 'value="50.1, 19.9"' in (await browser.get(f"{page}/{site.id}")).text
        form = {"version": "1", "name": "Oddział", "point": ""}
        assert (await browser.post(f"{page}/{site.id}", data=form)).status_code == 303
        assert (await registry.rows("site"))[0].latitude is None
        assert (await browser.post(f"{page}/{site.id}", data={"do": "remove"})).status_code == 303
    assert await registry.rows("site") == []


async def test_the_form_of_a_card_saves_all_of_it_and_keeps_what_was_typed(registry: Running) -> None:
    await an_organisation(registry, name="Miasto")
    one = (await an_organisation(registry))["id"]
    form = {
        "version": "1", "name": "Klub", "kind": "ngo", "status": "active", "description": "a", "description_en": "b",
        "plain_description": "c", "address": "", "point": "50.1, 19.9", "opening_hours": "codziennie 8-20",
        "step_free": "no", "themes": "sport", "links": "Nasza strona www.example.org/x\nhttps://example.org",
        "nip": "675 000 22 36", "regon": "", "krs": "", "rspo": "", "parent": "MIASTO",
    }  # fmt: skip
    address = f"/registry/organisations/{one}/edit"
    async with registry.browser(a_coordinator(one)) as browser:
        wrong = await browser.post(address, data={**form, "nip": "6750002237", "parent": "Wieś"})
        assert wrong.status_code == 422
        assert 'value="Wieś"' in wrong.text
        slip = await browser.post(address, data={**form, "nip": "6750002237"})
        assert "Cyfra kontrolna" in slip.text
        assert (await browser.post(address, data={**form, "point": "0,0"})).text.count("jest tylko ocean") == 2
        assert (await browser.post(address, data=form)).status_code == 303
        shown = (await browser.get(f"/registry/organisations/{one}")).text
        again = (await browser.get(address)).text
    for words in (
        "Prostym językiem",
        "poniedziałek–niedziela",
        "08:00–20:00",
        "6750002236",
        "Nasza strona",
        ">Miasto<",
    ):
        assert words in shown, words
    assert "Nasza strona https://www.example.org/x\nhttps://example.org" in again
    (row,) = [row for row in await registry.rows("organisation") if row.name == "Klub"]
    assert (row.step_free, row.opening_hours) == (False, "Mo-Su 08:00-20:00")


async def test_a_card_says_hours_in_words_and_itself_in_json_ld_of_public_facts_alone(registry: Running) -> None:
    one = (await an_organisation(registry, **FULL, address="ul. <Stachiewicza> 33"))["id"]
    await a_contact(registry, one, value="+48 12 411 41 21", visibility="public")
    await a_contact(registry, one, value="+48 12 411 41 22", visibility="partners")
    async with registry.browser(a_coordinator(one)) as browser:
        card = (await browser.get(f"/registry/organisations/{one}", params={"lang": "en"})).text
    assert "We teach." in card
    assert "Monday–Friday" in card
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', card, re.DOTALL)
    data = json.loads(text)
    assert (data["@type"], data["taxID"], data["address"]) == ("School", "6750002236", "ul. <Stachiewicza> 33")
    assert "<" not in text
    assert len(data["telephone"]) == 1
    assert "22" not in data["telephone"][0]
    assert data["location"][0]["geo"]["latitude"] == 50.0881


async def test_one_press_confirms_a_card_for_a_year_and_says_who_did(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]
    made = await a_registered_person(registry, one, name="Barbara Wójcik")
    anna = a_coordinator(one, id=made["id"])
    await aged(registry, one, confirmed_on=date(2020, 1, 1))
    async with registry.browser(anna) as browser:
        page = (await browser.get("/registry/review")).text
        assert "od roku nikt tego nie potwierdził" in page
        done = await browser.post(f"/registry/organisations/{one}/confirm?back=review")
        assert done.headers["location"] == "/registry/review?notice=confirmed"
        card = (await browser.get(f"/registry/organisations/{one}")).text
        assert "Barbara Wójcik" in card[card.index("potwierdzono") :]
        assert (await browser.post(f"/registry/organisations/{one}/confirm")).status_code == 303
    async with registry.browser() as stranger:
        card = (await stranger.get(f"/registry/organisations/{one}")).text
        assert "Barbara" not in card
    told = [one for one in await registry.outgoing(OrganisationChanged) if isinstance(one, OrganisationChanged)]
    assert [message.confirmed_on for message in told] == [clock.today("Europe/Warsaw")]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_a_card_is_confirmed_on_the_day_that_it_is_in_the_neighbourhood(
    sqlite_database_url: str, tmp_path: Path, zone: str
) -> None:
    """It is never the same day in both."""
    settings = Settings(**quiet(database_url=sqlite_database_url, data=tmp_path, zone=zone))
    async with running(create_app, settings) as registry:
        made = await an_organisation(registry)
        assert made["confirmed_on"] == clock.today(zone).isoformat()
        await aged(registry, made["id"], confirmed_on=date(2020, 1, 1))
        path = f"{API}/organisations/{made['id']}/confirm"
        again = await registry.client.post(path, headers=registry.headers(ADMINISTRATOR))
    assert again.json()["confirmed_on"] == clock.today(zone).isoformat()


async def test_the_queue_holds_what_is_old_or_missing_with_the_reasons(registry: Running) -> None:
    whole = {**FULL, "description": "Uczymy."}
    right = (await an_organisation(registry, **whole))["id"]
    await a_contact(registry, right, visibility="public")
    bare = (await an_organisation(registry, name="Bank", kind="other"))["id"]
    ended = (await an_organisation(registry, name="Była"))["id"]
    await changed(registry, ended, 1, status="ended")
    headers = registry.headers(a_person(neighbourhood_coordinator=True))
    listed = (await registry.client.get(f"{API}/review", headers=headers)).json()["items"]
    assert [one["organisation_id"] for one in listed] == [bare]
    codes = [one["code"] for one in listed[0]["reasons"]]
    assert codes == ["no_contact", "no_point", "no_opening_hours", "no_description", "unknown_kind"]
    old = await registry.client.get(f"{API}/review?reason=not_confirmed", headers=headers)
    assert old.json()["items"] == []
    own = await registry.client.get(f"{API}/review", headers=registry.headers(a_coordinator(right)))
    assert own.json()["items"] == []
    member = registry.headers(a_person(roles={bare: "member"}))
    assert (await registry.client.get(f"{API}/review", headers=member)).status_code == 403


async def test_who_speaks_for_old_cards_gets_one_letter_a_year(registry: Running, tmp_path: Path) -> None:
    club, school = (await an_organisation(registry))["id"], (await an_organisation(registry, name="Szkoła"))["id"]
    contacts = [{"kind": "email", "value": "barbara@example.org"}]
    await a_registered_person(registry, club, school, contacts=contacts)
    settings, post = Settings(**quiet(data=tmp_path)), Post()
    await review_letter.ask(registry.app.state.settings, registry.database)
    assert await registry.rows("letter") == []
    for one in (club, school):
        await aged(registry, one, confirmed_on=None, created_at=clock.now() - timedelta(days=400))
    for _ in range(2):
        await review_letter.ask(registry.app.state.settings, registry.database)
    await send_due_letters(settings, registry.database, post)
    (letter,) = post.taken
    assert letter.email == "barbara@example.org"
    assert "Klub Seniora, Szkoła" in letter.text
    assert f"{settings.address}/registry/review" in letter.text


async def test_nobody_is_asked_about_a_card_that_was_confirmed_meanwhile(registry: Running, tmp_path: Path) -> None:
    club = (await an_organisation(registry))["id"]
    contacts = [{"kind": "email", "value": "barbara@example.org"}]
    await a_registered_person(registry, club, contacts=contacts)
    await aged(registry, club, confirmed_on=date(2020, 1, 1))
    await review_letter.ask(registry.app.state.settings, registry.database)
    await registry.client.post(f"{API}/organisations/{club}/confirm", headers=registry.headers(ADMINISTRATOR))
    post = Post()
    await send_due_letters(Settings(**quiet(data=tmp_path)), registry.database, post)
    assert (post.taken, [row.state for row in await registry.rows("letter")]) == ([], ["given_up"])
