"""The exchange board: everybody reads it, coordinators state needs, answer matches, and say what came of it."""

import re
from typing import Any

import pytest

from shared.messages.registry import MatchSuggested
from tests.builders import a_coordinator, a_person, an_administrator
from tests.harness import Running
from tests.service.registry.builders import a_need, a_resource, a_venue, an_organisation, hear_itself, posted

BOARD = "/registry/exchange"


async def a_match(registry: Running) -> tuple[str, str, MatchSuggested]:
    """Give the ids of a club and a school, and the match of what one lacks and the other has."""
    club, school = await an_organisation(registry), await an_organisation(registry, name="Szkoła", kind="school")
    await a_resource(registry, school["id"], name="Nagłośnienie")
    await a_need(registry, club["id"], title="Nagłośnienie na festyn", themes=["music"], urgency="urgent")
    await hear_itself(registry)
    [suggested] = await registry.outgoing(MatchSuggested)
    assert isinstance(suggested, MatchSuggested)
    return club["id"], school["id"], suggested


@pytest.mark.parametrize("language", ["pl", "en"])
async def test_everybody_reads_needs_beside_what_answers_them(registry: Running, language: str) -> None:
    _, school, suggested = await a_match(registry)
    await a_venue(registry, school, name="Aula")
    async with registry.browser() as browser:
        page = (await browser.get(BOARD, params={"lang": language})).text
        card = (await browser.get(f"/registry/matches/{suggested.id}", params={"lang": language})).text
    for words in ("Nagłośnienie na festyn", "Klub Seniora", "Szkoła", "Aula"):
        assert words in page
    said = "Potrzeba i oferta podobnie się nazywają." if language == "pl" else "Need and offer are named alike."
    assert said in page
    assert said in card
    assert '<form method="post"' not in page + card


async def test_the_board_is_narrowed_by_kind_theme_and_institution(registry: Running) -> None:
    club, school, _ = await a_match(registry)
    await a_need(registry, school, title="Ktoś do sprzątania", kind="volunteers")
    await hear_itself(registry)
    async with registry.browser() as browser:
        for query, shown in (
            ("", {"Nagłośnienie na festyn", "Ktoś do sprzątania"}),
            ("?kind=volunteers", {"Ktoś do sprzątania"}),
            ("?theme=culture", {"Nagłośnienie na festyn"}),
            (f"?organisation_id={club}", {"Nagłośnienie na festyn"}),
            ("?kind=nonsense&organisation_id=x", {"Nagłośnienie na festyn", "Ktoś do sprzątania"}),
            ("?theme=x", set()),
        ):
            page = (await browser.get(BOARD + query)).text
            found = {one for one in ("Nagłośnienie na festyn", "Ktoś do sprzątania") if f"<h3>{one}" in page}
            assert found == shown, query


async def test_money_is_said_as_an_amount_and_things_are_counted(registry: Running) -> None:
    club = await an_organisation(registry)
    await a_need(registry, club["id"], title="Sadzonki", kind="money", quantity=1500)
    await a_need(registry, club["id"], title="Ławki", kind="equipment", quantity=4)
    await a_resource(registry, club["id"], name="Krzesła", quantity=80, unit="szt.")
    async with registry.browser() as browser:
        board = (await browser.get(BOARD)).text.replace("\xa0", " ")
        card = (await browser.get(f"/registry/organisations/{club['id']}")).text
    assert "<h3>Sadzonki: 1 500,00 zł" in board
    assert "<h3>Ławki × 4" in board
    assert "<h3>Krzesła × 80 szt.</h3>" in card


async def test_a_coordinator_states_a_need_in_a_form_and_mistakes_are_said_where_they_are(registry: Running) -> None:
    club = (await an_organisation(registry))["id"]
    typed: dict[str, Any] = {
        "title": "Sala na próby", "organisation_id": club, "kind": "space", "quantity": "1", "themes": "teatr, muzyka",
        "starts_on": "2030-05-07", "ends_on": "2030-05-09", "weekdays": ["2", "4"], "point": "50.0885, 19.911",
        "urgency": "urgent", "until_on": "2030-05-01",
    }  # fmt: skip
    wrong = {**typed, "title": "", "themes": "czary", "quantity": "wiele", "point": "tu"}
    async with registry.browser(a_coordinator(club)) as browser:
        assert (await browser.get(f"{BOARD}/new")).status_code == 200
        refused = await browser.post(f"{BOARD}/new", data=wrong)
        assert refused.status_code == 422
        for field in ("title", "quantity", "point"):
            assert f'href="#{field}"' in refused.text
        assert "czary" in refused.text
        unknown = await browser.post(f"{BOARD}/new", data={**typed, "themes": "czary"})
        assert 'href="#themes"' in unknown.text
        backwards = await browser.post(f"{BOARD}/new", data={**typed, "ends_on": "2030-05-01"})
        assert 'href="#ends_on"' in backwards.text
        assert await registry.rows("need") == []
        assert (await browser.post(f"{BOARD}/new", data=typed)).status_code == 303
        board = (await browser.get(BOARD)).text
    [need] = await registry.rows("need")
    assert (need.themes, need.weekdays) == (["theatre", "music"], [2, 4])
    assert (need.urgency, need.latitude) == ("urgent", 50.0885)
    assert (need.starts_at.isoformat(), need.ends_at.isoformat()) == (
        "2030-05-06T22:00:00+00:00",
        "2030-05-09T22:00:00+00:00",
    )
    assert "wtorek, czwartek" in board


async def test_what_was_merged_into_another_is_offered_in_no_form(registry: Running) -> None:
    kept = (await an_organisation(registry, name="Szkoła Podstawowa nr 113", kind="school"))["id"]
    other = (await an_organisation(registry, name="SP 113", kind="school"))["id"]
    await posted(registry, f"organisations/{kept}/merge", {"other_id": other})
    async with registry.browser(an_administrator()) as browser:
        for address in (f"{BOARD}/new", "/registry/initiatives/new"):
            page = (await browser.get(address)).text
            assert (f'value="{kept}"' in page, f'value="{other}"' in page) == (True, False), address


async def test_where_it_is_needed_is_chosen_a_seat_a_site_a_venue_or_a_point(registry: Running) -> None:
    seat = {"address": "ul. Jaremy 1", "latitude": 50.0881, "longitude": 19.9105}
    club = (await an_organisation(registry, **seat))["id"]
    other = (await an_organisation(registry, name="Dom Kultury", address="ul. Elsnera 2"))["id"]
    hall = (await a_venue(registry, other, name="Sala widowiskowa"))["id"]
    branch = {"name": "Filia", "address": "ul. Palacha 3", "latitude": 50.09, "longitude": 19.92}
    site = (await posted(registry, f"organisations/{club}/sites", branch))["id"]
    typed = {"title": "Rzutnik", "organisation_id": club, "kind": "equipment", "quantity": "1", "address": "gdzieś"}
    async with registry.browser(a_coordinator(club)) as browser:
        form = (await browser.get(f"{BOARD}/new")).text
        for words in ("Klub Seniora, ul. Jaremy 1", "Filia (Klub Seniora), ul. Palacha 3", "Sala widowiskowa (Dom"):
            assert words in form, words
        assert "ul. Elsnera 2" not in form
        wrong = await browser.post(f"{BOARD}/new", data={**typed, "place": f"seat:{other}"})
        assert (wrong.status_code, 'href="#place"' in wrong.text) == (422, True)
        for place in (f"seat:{club}", f"site:{site}", f"venue:{hall}", ""):
            done = await browser.post(f"{BOARD}/new", data={**typed, "place": place, "point": "50.1, 19.9"})
            assert done.status_code == 303
    rows = sorted(await registry.rows("need"), key=lambda row: row.id)
    assert [(row.venue_id, row.address, row.latitude, row.longitude) for row in rows] == [
        (None, *seat.values()),
        (None, "ul. Palacha 3", 50.09, 19.92),
        (hall, "gdzieś", 50.1, 19.9),
        (None, "gdzieś", 50.1, 19.9),
    ]
    address = f"/registry/needs/{rows[2].id}/edit"
    async with registry.browser(a_coordinator(club)) as browser:
        assert f'value="venue:{hall}" selected' in (await browser.get(address)).text
        change = {"title": "Rzutnik", "quantity": "1", "version": "1"}
        assert (await browser.post(address, data={**change, "place": f"site:{site}"})).status_code == 303
    [row] = [row for row in await registry.rows("need") if row.id == rows[2].id]
    assert (row.venue_id, row.address) == (None, "ul. Palacha 3")


async def test_a_need_is_changed_in_the_same_form_and_an_exact_time_stays(registry: Running) -> None:
    club = (await an_organisation(registry))["id"]
    when = {"starts_at": "2030-05-07T10:00:00+02:00", "ends_at": "2030-05-07T12:00:00+02:00"}
    need = await a_need(registry, club, title="Rzutnik", description="Jasny", **when)
    address = f"/registry/needs/{need['id']}/edit"
    async with registry.browser(a_coordinator(club)) as browser:
        form = (await browser.get(address)).text
        assert 'value="2030-05-07"' in form
        typed = {"title": "Rzutnik HD", "quantity": "2", "version": "1", "starts_on": "2030-05-07"}
        saved = await browser.post(address, data={**typed, "ends_on": "2030-05-07", "description": "Jasny"})
        assert saved.status_code == 303
        late = await browser.post(address, data={**typed, "title": "Inny", "ends_on": "2030-05-07"})
        assert late.status_code == 412
    [row] = await registry.rows("need")
    assert (row.title, row.quantity, row.starts_at.isoformat()) == ("Rzutnik HD", 2, "2030-05-07T08:00:00+00:00")


async def test_a_match_is_accepted_on_the_board_and_the_need_is_closed_with_what_came_of_it(registry: Running) -> None:
    club, school, suggested = await a_match(registry)
    async with registry.browser(a_coordinator(school)) as browser:
        board = (await browser.get(BOARD)).text
        assert f'action="/registry/matches/{suggested.id}"' in board
        accepted = await browser.post(f"/registry/matches/{suggested.id}", data={"do": "accept"})
        assert accepted.headers["location"] == f"/registry/matches/{suggested.id}"
        assert "Szkoła" in (await browser.get(accepted.headers["location"])).text
    close = f"/registry/needs/{suggested.need_id}/close"
    async with registry.browser(a_coordinator(club)) as browser:
        form = (await browser.get(close)).text
        assert re.search(rf'<option value="{suggested.resource_id}">', form)
        wrong = await browser.post(close, data={"status": "", "outcome": "x"})
        assert (wrong.status_code, 'href="#status"' in wrong.text) == (422, True)
        typed = {"status": "met", "met_by": suggested.resource_id, "met_quantity": "1", "outcome": "Udało się"}
        assert (await browser.post(close, data=typed)).status_code == 303
        assert "Nagłośnienie na festyn" not in (await browser.get(BOARD)).text.split('id="offers"')[0]
    [need] = await registry.rows("need")
    assert (need.status, need.met_by_organisation_id, need.outcome) == ("met", school, "Udało się")


async def test_a_match_is_declined_with_a_reason_or_asked_for_one(registry: Running) -> None:
    _, school, suggested = await a_match(registry)
    address = f"/registry/matches/{suggested.id}"
    async with registry.browser(a_coordinator(school)) as browser:
        assert 'id="decline"' in (await browser.get(address)).text
        asked = await browser.post(address, data={"do": "decline", "because": "Zepsute"})
        assert (asked.status_code, "Zepsute" in asked.text) == (422, True)
        done = await browser.post(address, data={"do": "decline", "decline_reason": "other", "because": "Zepsute"})
        assert done.status_code == 303
        shown = (await browser.get(address)).text
        assert "Zepsute" in shown
        assert 'id="decline"' not in shown


async def test_who_speaks_for_nobody_reads_only(registry: Running) -> None:
    club, _, suggested = await a_match(registry)
    async with registry.browser(a_person(roles={club: "member"})) as browser:
        assert (await browser.get(f"{BOARD}/new")).status_code == 403
        assert (await browser.post(f"/registry/matches/{suggested.id}", data={"do": "accept"})).status_code == 403
        assert 'action="/registry/matches/' not in (await browser.get(BOARD)).text
