"""The taxonomy of themes: understood as people write it, edited by few, told to all."""

from typing import Any

import pytest

from services.registry import commands
from services.registry.models import Organisation
from shared.messages.registry import OrganisationChanged, OrganisationRegistered, ThemeChanged
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, an_organisation, posted

SWING = {"code": "playgrounds", "name_pl": "place zabaw", "name_en": "playgrounds", "parent_code": "children"}


async def changed(registry: Running, code: str, version: int, by: Any = ADMINISTRATOR, **values: Any) -> Any:
    headers = {**registry.headers(by), "If-Match": f'"{version}"'}
    return await registry.client.patch(f"{API}/themes/{code}", json=values, headers=headers)


async def test_themes_are_understood_as_people_write_them_and_told_as_codes(registry: Running) -> None:
    made = await an_organisation(registry, themes=["OGRÓDEK", "Sport", "osoby starsze", "seniors", "ogrod"][1:])
    assert made["themes"] == ["sport", "seniors", "gardening"]
    (told,) = await registry.outgoing(OrganisationRegistered)
    assert isinstance(told, OrganisationRegistered)
    assert told.themes == ("sport", "seniors", "gardening")
    found = await registry.client.get(f"{API}/organisations", params={"q": "ogrodnictwo"})
    assert [one["id"] for one in found.json()["items"]] == [made["id"]]


async def test_an_unknown_theme_is_refused_by_its_place_with_what_may_be_meant(registry: Running) -> None:
    headers = {**registry.headers(ADMINISTRATOR), "Accept-Language": "en"}
    body = {"name": "Klub", "kind": "ngo", "themes": ["sport", "ogrodnictow", "{x}"]}
    answer = await registry.client.post(f"{API}/organisations", json=body, headers=headers)
    assert answer.status_code == 422
    first, second = answer.json()["errors"]
    assert (first["pointer"], second["pointer"]) == ("/themes/1", "/themes/2")
    assert "“ogrodnictow” is not among the themes. Did you mean: gardening" in first["detail"]
    assert "/registry/themes" in second["detail"]
    assert await registry.outgoing(OrganisationRegistered) == []


async def test_a_table_leaves_out_themes_that_are_not_known_and_says_which(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    sent = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv", "Accept-Language": "en"}
    table = "nazwa;tematy\nKlub;Zieleń|latanie\n".encode()
    for result in ("repaired", "unchanged"):
        (item,) = (await registry.client.post(f"{API}/imports", content=table, headers=sent)).json()["items"]
        assert (item["result"], item["reason"]) == (result, "The theme “latanie” is not known and was left out")
    (made,) = (await registry.client.get(f"{API}/organisations")).json()["items"]
    assert made["themes"] == ["greenery"]


async def test_what_a_migration_brings_is_told_once_when_the_service_starts(registry: Running) -> None:
    told = [one for one in await registry.outgoing(ThemeChanged) if isinstance(one, ThemeChanged)]
    listed = (await registry.client.get(f"{API}/themes", params={"limit": 200})).json()["items"]
    assert len(told) == len(listed) > 30
    (garden,) = [one for one in told if one.code == "gardening"]
    assert (garden.name_pl, garden.name_en, garden.parent_code) == ("ogrodnictwo", "gardening", "greenery")
    assert {one.is_told for one in await registry.rows("theme")} == {True}


async def test_who_looks_after_the_neighbourhood_adds_changes_and_retires_a_theme(registry: Running) -> None:
    before = len(await registry.outgoing(ThemeChanged))
    made = await posted(registry, "themes", SWING, by=a_person(neighbourhood_coordinator=True))
    assert made["version"] == 1
    done = await changed(registry, "playgrounds", 1, synonyms=["huśtawki"], retired=True)
    assert (done.status_code, done.json()["synonyms"], done.headers["etag"]) == (200, ["huśtawki"], '"2"')
    told = (await registry.outgoing(ThemeChanged))[before:]
    assert [(one.version, getattr(one, "retired", None)) for one in told] == [(1, False), (2, True)]
    kept = await an_organisation(registry, themes=["Huśtawki"])
    assert kept["themes"] == ["playgrounds"]
    assert (await changed(registry, "playgrounds", 1, name_pl="x")).status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"code": "sport"}, "/code"),
        ({"code": "new"}, "/code"),
        ({"code": "Ż"}, "/code"),
        ({"parent_code": "nowhere"}, "/parent_code"),
        ({"name_pl": "Ogród"}, "/name_pl"),
        ({"synonyms": ["huśtawki", "kino"]}, "/synonyms/1"),
    ],
)
async def test_a_theme_that_cannot_be_is_refused_by_its_place(
    registry_on_sqlite: Running, body: dict[str, Any], pointer: str
) -> None:
    headers = registry_on_sqlite.headers(ADMINISTRATOR)
    answer = await registry_on_sqlite.client.post(f"{API}/themes", json={**SWING, **body}, headers=headers)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])


async def test_a_theme_never_lies_inside_itself(registry_on_sqlite: Running) -> None:
    refused = await changed(registry_on_sqlite, "families", 1, parent_code="children")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/parent_code")


async def test_nobody_else_edits_the_themes(registry_on_sqlite: Running) -> None:
    anna = a_coordinator((await an_organisation(registry_on_sqlite))["id"])
    assert (await changed(registry_on_sqlite, "sport", 1, by=anna, name_pl="x")).status_code == 403
    async with registry_on_sqlite.browser(anna) as browser:
        assert "/registry/themes/sport" not in (await browser.get("/registry/themes")).text
        assert (await browser.get("/registry/themes/sport")).status_code == 403


async def test_themes_are_read_by_everybody_and_edited_on_a_page(registry: Running) -> None:
    async with registry.browser() as stranger, registry.browser(ADMINISTRATOR) as browser:
        assert "rodzina" in (await stranger.get("/registry/themes")).text
        form = {"name_pl": "place zabaw", "name_en": "Playgrounds!", "parent_code": "children", "synonyms": "huśtawki"}
        assert (await browser.post("/registry/themes/new", data=form)).status_code == 303
        (made,) = [row for row in await registry.rows("theme") if row.code == "playgrounds"]
        assert (made.parent_code, made.synonyms) == ("children", ["huśtawki"])
        shown = (await browser.get("/registry/themes/playgrounds")).text
        assert 'value="Playgrounds!"' in shown
        twice = await browser.post("/registry/themes/new", data={**form, "name_en": "swings"})
        assert twice.status_code == 422
        assert "oznacza już temat" in twice.text
        empty = await browser.post("/registry/themes/playgrounds", data={"version": "1", "name_en": "x"})
        assert (empty.status_code, "od 1 do 100" in empty.text) == (422, True)


async def test_a_card_names_themes_in_the_readers_language_and_its_form_suggests(registry: Running) -> None:
    one = (await an_organisation(registry, themes=["gardening"]))["id"]
    async with registry.browser(a_coordinator(one)) as browser:
        assert "ogrodnictwo" in (await browser.get(f"/registry/organisations/{one}")).text
        assert "gardening" in (await browser.get(f"/registry/organisations/{one}", params={"lang": "en"})).text
        form = {"version": "1", "name": "Klub", "kind": "ngo", "themes": "ogrodnictwo, muzyak"}
        page = await browser.post(f"/registry/organisations/{one}/edit", data=form, params={"lang": "pl"})
        assert page.status_code == 422
        assert "Czy chodziło o: muzyka" in page.text
        assert 'value="ogrodnictwo, muzyak"' in page.text


async def test_an_organisation_that_a_migration_changed_is_told_anew(registry: Running) -> None:
    one = (await an_organisation(registry))["id"]

    def unsay(session: Any) -> None:
        session.get_one(Organisation, one).is_told = False

    await registry.database.write(unsay)
    assert await registry.database.write(commands.tell_untold) == 1
    assert await registry.database.write(commands.tell_untold) == 0
    assert [message.id for message in await registry.outgoing(OrganisationChanged)] == [one]
