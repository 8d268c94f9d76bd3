"""The registry's pages: in both languages, without an account, and never a template that breaks."""

import pytest

from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.registry.builders import a_contact, a_registered_person, a_venue, an_organisation, posted

ABOUT = (
    "/registry/privacy",
    "/registry/accessibility",
    "/registry/developers",
    "/registry/sign-in",
    "/privacy",
    "/developers",
)


async def a_neighbourhood(registry: Running) -> str:
    """Register one of everything, and give the organisation's id."""
    one = await an_organisation(registry, name="Ośrodek Pomocy", kind="public_institution", address="ul. Jaremy 1")
    by = a_coordinator(one["id"])
    owned = {"organisation_id": one["id"], "kind": "equipment"}
    house = await a_venue(registry, one["id"], name="Dom", capacity=120, latitude=50.0881, longitude=19.9105)
    await a_venue(registry, one["id"], name="Sala kominkowa", inside_venue_id=house["id"], one_at_a_time=False)
    await posted(registry, "resources", {**owned, "name": "Namiot", "quantity": 3}, by=by)
    await posted(registry, "needs", {**owned, "title": "Nagłośnienie", "until_on": "2031-05-07"}, by=by)
    problem = await posted(
        registry, "problems", {"title": "Samotność", "description": "Wielu mieszka samotnie."}, by=by
    )
    body = {"title": "Sąsiedzi", "organisation_ids": [one["id"]], "problem_ids": [problem["id"]]}
    await posted(registry, "initiatives", body, by=by)
    await a_contact(registry, one["id"], kind="website", value="https://example.org", visibility="public")
    await a_contact(registry, one["id"], kind="website", value="javascript:alert(1)", visibility="public")
    contacts = [{"kind": "email", "value": "b@example.org", "visibility": "public"}]
    await a_registered_person(registry, one["id"], contacts=contacts)
    return str(one["id"])


@pytest.mark.parametrize("language", ["pl", "en"])
async def test_every_page_is_shown_in_both_languages(registry_on_sqlite: Running, language: str) -> None:
    registry = registry_on_sqlite
    one = await a_neighbourhood(registry)
    async with registry.browser() as browser:
        for address in ("/registry/", f"/registry/organisations/{one}", "/registry/problems", *ABOUT):
            page = await browser.get(address, params={"lang": language})
            assert page.status_code == 200, address
            assert f'<html lang="{language}">' in page.text
            assert ("Instytucje" in page.text) == (language == "pl"), address
            assert "%(" not in page.text


async def test_a_card_shows_what_there_is_and_links_only_where_it_is_safe(registry: Running) -> None:
    one = await a_neighbourhood(registry)
    async with registry.browser() as browser:
        card = (await browser.get(f"/registry/organisations/{one}")).text
        for words in (
            "Ośrodek Pomocy",
            "znajduje się w: Dom",
            "miejsce dla 120 osób",
            "Namiot",
            "× 3",
            "7 maja 2031",
            "Sąsiedzi",
            "Barbara Wójcik",
            'href="mailto:b@example.org"',
            'href="https://example.org"',
        ):
            assert words in card, words
        assert 'href="javascript' not in card


async def test_the_list_is_searched_by_words_and_kind(registry: Running) -> None:
    await a_neighbourhood(registry)
    await an_organisation(registry, name="Szkoła nr 1", kind="school")
    async with registry.browser() as browser:
        found = (await browser.get("/registry/", params={"q": "OSRODEK", "kind": ""})).text
        assert "Ośrodek Pomocy" in found
        assert "Szkoła nr 1" not in found
        schools = (await browser.get("/registry/", params={"kind": "school"})).text
        assert "Szkoła nr 1" in schools
        assert "Ośrodek Pomocy" not in schools
        assert "Nic nie znaleziono" in (await browser.get("/registry/", params={"q": "smok"})).text
        assert (await browser.get("/registry/", params={"kind": "nonsense"})).status_code == 200


async def test_an_address_without_its_slash_leads_to_the_list(registry_on_sqlite: Running) -> None:
    async with registry_on_sqlite.browser() as browser:
        answer = await browser.get("/registry")
        assert (answer.status_code, answer.headers["location"]) == (308, "/registry/")


async def test_an_account_is_for_those_who_signed_in(registry: Running) -> None:
    async with registry.browser() as browser:
        assert (await browser.get("/registry/account")).status_code == 401
