"""The search of everything public: by forms of words, past slips, the best first, and never what is hidden."""

from typing import Any

import pytest
from sqlalchemy import text

from services.registry import commands, queries
from services.registry.domain import searching
from services.registry.models import Problem
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_contact, a_venue, an_organisation, posted


async def found(registry: Running, q: str, **parameters: Any) -> dict[str, Any]:
    answer = await registry.client.get(f"{API}/search", params={"q": q, **parameters})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def titles(registry: Running, q: str, **parameters: Any) -> list[str]:
    return [one["title"] for one in (await found(registry, q, **parameters))["items"]]


async def one_of_everything(registry: Running) -> dict[str, Any]:
    """Register an organisation with a venue, a resource and a need, a problem and an initiative."""
    one = await an_organisation(registry, name="Dom Sąsiedzki", description="Zajęcia dla seniorów", themes=["ogród"])
    owned = {"organisation_id": one["id"], "kind": "equipment"}
    await a_venue(registry, one["id"], name="Sala lustrzana", description="Ćwiczenia i taniec")
    await posted(registry, "resources", {**owned, "name": "Namioty festynowe"})
    await posted(registry, "needs", {**owned, "title": "Książki dla dzieci"})
    problem = await posted(registry, "problems", {"title": "Ciemny chodnik", "description": "Brak oświetlenia"})
    body = {"title": "Jasne Azory", "organisation_ids": [one["id"]], "problem_ids": [problem["id"]], "goal": "Latarnie"}
    await posted(registry, "initiatives", body)
    return one


@pytest.mark.parametrize(
    ("q", "title", "kind"),
    [
        ("dom sąsiedzki", "Dom Sąsiedzki", "organisation"),
        ("senior", "Dom Sąsiedzki", "organisation"),
        ("SENIORZY", "Dom Sąsiedzki", "organisation"),
        ("sali lustrzanej", "Sala lustrzana", "venue"),
        ("cwiczen", "Sala lustrzana", "venue"),
        ("namiotu", "Namioty festynowe", "resource"),
        ("książek", "Książki dla dzieci", "need"),
        ("dziecko", "Książki dla dzieci", "need"),
        ("chodniki", "Ciemny chodnik", "problem"),
        ("latarni", "Jasne Azory", "initiative"),
    ],
)
async def test_everything_is_found_by_any_form_of_its_words(registry: Running, q: str, title: str, kind: str) -> None:
    await one_of_everything(registry)
    items = (await found(registry, q))["items"]
    assert (items[0]["title"], items[0]["kind"]) == (title, kind)


async def test_what_is_found_says_whose_it_is_and_where_to_look(registry: Running) -> None:
    one = await one_of_everything(registry)
    (need,) = (await found(registry, "książki", kind="need"))["items"]
    assert (need["organisation_id"], need["subtitle"]) == (one["id"], "Dom Sąsiedzki")
    assert need["url"] == f"/registry/organisations/{one['id']}#need-{need['id']}"


async def test_the_last_word_may_be_only_begun_and_all_words_must_occur(registry: Running) -> None:
    await an_organisation(registry, name="Biblioteka Polonijna")
    await an_organisation(registry, name="Biblioteka Azory")
    assert await titles(registry, "biblio") == ["Biblioteka Polonijna", "Biblioteka Azory"]
    assert await titles(registry, "biblioteka azo") == ["Biblioteka Azory"]
    assert await titles(registry, "w bibliotece na Azorach") == ["Biblioteka Azory"]
    assert await titles(registry, "azo biblioteka") == ["Biblioteka Polonijna", "Biblioteka Azory"]


async def test_a_title_counts_more_than_an_organisation_and_that_more_than_a_text(registry: Running) -> None:
    other = await an_organisation(registry, name="Świetlica", description="Mamy teatr lalek i wiele innych zajęć")
    theatre = await an_organisation(registry, name="Teatr")
    await a_venue(registry, theatre["id"], name="Scena")
    kinds = [(one["title"], one["subtitle"]) for one in (await found(registry, "teatr"))["items"]]
    assert [title for title, _ in kinds] == ["Teatr", "Scena", "Świetlica"], other


async def test_numbers_are_not_alike(registry: Running) -> None:
    await an_organisation(registry, name="Szkoła Podstawowa nr 113")
    await an_organisation(registry, name="Szkoła Podstawowa nr 119")
    answer = await found(registry, "szkoła 119")
    assert [one["title"] for one in answer["items"]] == ["Szkoła Podstawowa nr 119"]
    other = await found(registry, "szkoła 118")
    assert (other["meant"], other["has_every_word"], len(other["items"])) == (None, False, 2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("senoirzy", "seniorów"),
        ("sąsiadzki dom", "sąsiedzki dom"),
        ("lutsrzana", "lustrzana"),
        ("festtynowe", "festynowe"),
    ],
)
async def test_a_slip_of_the_finger_is_seen_through_and_told(registry: Running, typed: str, meant: str) -> None:
    await one_of_everything(registry)
    answer = await found(registry, typed)
    assert answer["meant"] == meant
    assert answer["items"]


async def test_nothing_is_found_by_words_that_nobody_says(registry: Running) -> None:
    await one_of_everything(registry)
    for q in (
        "smok wawelski",
        "",
        "  ",
        "!?",
        "'; drop table searched; --",
        '"',
        "*",
        "NEAR(",
        "a:b",
        "½ ª",
        "ᛒᛖ",
        "\N{SNOWMAN}",
    ):
        answer = await found(registry, q)
        assert answer["items"] == [], q
        assert answer["meant"] is None


async def test_a_kind_a_theme_and_a_limit_narrow_it(registry: Running) -> None:
    await one_of_everything(registry)
    await an_organisation(registry, name="Dom Kultury", themes=["teatr"])
    assert set(await titles(registry, "dom")) >= {"Dom Sąsiedzki", "Dom Kultury", "Sala lustrzana"}
    assert await titles(registry, "dom", kind="venue") == ["Sala lustrzana"]
    assert await titles(registry, "dom", theme="culture") == ["Dom Kultury"]
    assert await titles(registry, "dom", theme="greenery") == ["Dom Sąsiedzki"]
    assert len(await titles(registry, "dom", limit=1)) == 1
    refused = await registry.client.get(f"{API}/search", params={"q": "dom", "kind": "person"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/kind"


async def test_a_theme_is_found_by_its_names_in_both_languages(registry: Running) -> None:
    await one_of_everything(registry)
    assert await titles(registry, "gardening", kind="organisation") == ["Dom Sąsiedzki"]
    assert await titles(registry, "zieleń", kind="organisation") == ["Dom Sąsiedzki"]


async def test_a_change_is_found_at_once_and_what_was_is_not(registry: Running) -> None:
    one = await one_of_everything(registry)
    headers = {**registry.headers(a_coordinator(one["id"])), "If-Match": '"1"'}
    changed = await registry.client.patch(
        f"{API}/organisations/{one['id']}", json={"name": "Przystań", "description": ""}, headers=headers
    )
    assert changed.status_code == 200
    assert await titles(registry, "sąsiedzki") == []
    assert set(await titles(registry, "przystań")) == {
        "Przystań",
        "Sala lustrzana",
        "Namioty festynowe",
        "Książki dla dzieci",
    }


async def test_contacts_and_people_are_never_found(registry: Running) -> None:
    one = await one_of_everything(registry)
    await a_contact(registry, one["id"], kind="email", value="tajny@example.org", visibility="public")
    person = {"name": "Zdzisława Nieznana", "memberships": [{"organisation_id": one["id"]}]}
    await posted(registry, "people", person)
    for q in ("tajny", "example", "zdzisława", "nieznana"):
        assert await titles(registry, q) == [], q
    everything = " ".join(str(row) for row in [*await registry.rows("searched"), *await registry.rows("searched_word")])
    assert "tajny" not in everything
    assert "nieznana" not in everything


@pytest.mark.parametrize("status", sorted(searching.HIDDEN))
async def test_what_is_hidden_is_taken_out_and_what_is_shown_again_comes_back(registry: Running, status: str) -> None:
    await one_of_everything(registry)

    def becomes(session: Any, now: str) -> None:
        row = session.query(Problem).one()
        row.status = now
        commands.searching.remember_searched(session, row)

    await registry.database.write(becomes, status)
    assert await titles(registry, "chodnik") == []
    await registry.database.write(becomes, "named")
    assert await titles(registry, "chodnik") == ["Ciemny chodnik"]


async def test_what_was_there_before_the_search_is_found_once_the_job_has_run(registry: Running) -> None:
    await one_of_everything(registry)
    before = [(one.id, one.title_stems, one.text_stems, one.url) for one in await registry.rows("searched", "id")]
    words = sorted(one.word for one in await registry.rows("searched_word"))

    def forget(session: Any) -> None:
        for table in ("searched", "searched_word", "searched_trigram"):
            session.execute(text(f"DELETE FROM {table}"))

    await registry.database.write(forget)
    assert await titles(registry, "dom") == []
    await registry.run_job("keep the search right")
    after = [(one.id, one.title_stems, one.text_stems, one.url) for one in await registry.rows("searched", "id")]
    assert after == before
    assert sorted(one.word for one in await registry.rows("searched_word")) == words


async def test_the_job_goes_through_more_than_one_unit(registry: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.searching, "ROWS_A_UNIT", 2)
    for number in range(5):
        await an_organisation(registry, name=f"Koło numer {number}")
    await registry.database.write(lambda session: session.execute(text("UPDATE searched SET version = 0")) and None)
    await registry.run_job("keep the search right")
    assert [one.version for one in await registry.rows("searched")] == [1] * 5


async def test_a_row_of_a_thing_that_is_gone_goes_too(registry: Running) -> None:
    await one_of_everything(registry)
    await registry.database.write(lambda session: session.execute(text("DELETE FROM need")) and None)
    await registry.run_job("keep the search right")
    assert await titles(registry, "książki") == []


async def test_a_word_that_nothing_says_any_more_is_offered_to_nobody(registry: Running) -> None:
    one = await an_organisation(registry, name="Kwiaciarnia")
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    await registry.client.patch(f"{API}/organisations/{one['id']}", json={"name": "Zegarmistrz"}, headers=headers)
    answer = await found(registry, "kwiacairnia")
    assert (answer["items"], answer["meant"]) == ([], None)
    assert await registry.database.read(queries.unused_words) == ["kwiaciarnia"]
    await registry.run_job("keep the search right")
    assert "kwiaciarnia" not in {row.word for row in await registry.rows("searched_word")}
    assert "kwiaciarnia" not in {row.word for row in await registry.rows("searched_trigram")}


@pytest.mark.parametrize("language", ["pl", "en"])
async def test_the_page_groups_what_it_found_by_kind(registry: Running, language: str) -> None:
    await one_of_everything(registry)
    for number in range(7):
        await an_organisation(registry, name=f"Dom numer {number}")
    async with registry.browser() as browser:
        page = (await browser.get("/registry/search", params={"q": "dom", "lang": language})).text
        headings = ["Instytucje", "Miejsca", "Zasoby"] if language == "pl" else ["Institutions", "Venues", "Resources"]
        places = [page.index(f">{one} <") for one in headings]
        assert places == sorted(places)
        assert "(8)" in page
        assert "q=dom&amp;kind=organisation" in page
        assert "%(" not in page
        all_of_them = (await browser.get("/registry/search", params={"q": "dom", "kind": "organisation"})).text
        assert all_of_them.count('class="card"') == 8


async def test_the_page_asks_what_was_meant(registry: Running) -> None:
    await one_of_everything(registry)
    async with registry.browser() as browser:
        page = (await browser.get("/registry/search", params={"q": "senoirzy"})).text
        assert "Czy chodziło o „seniorów”?" in page
        assert "Dom Sąsiedzki" in page
        some = (await browser.get("/registry/search", params={"q": "smok chodnik"})).text
        assert "Nic nie zawiera wszystkich tych słów." in some
        nothing = (await browser.get("/registry/search", params={"q": "smok"})).text
        assert "Nic nie znaleziono" in nothing
        empty = (await browser.get("/registry/search", params={"kind": "nonsense"})).text
        assert "Nic nie znaleziono" not in empty


async def test_the_box_of_the_first_page_searches_everything(registry_on_sqlite: Running) -> None:
    async with registry_on_sqlite.browser() as browser:
        assert 'action="/registry/search"' in (await browser.get("/registry/")).text
