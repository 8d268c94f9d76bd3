"""The pages of problems: what everybody reads, and what those who work here do there."""

from typing import Any

from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import API, an_event, an_organisation, posted

FORM = {
    "title": "Ciemny park",
    "description": "Wieczorem nikt tam nie chodzi.",
    "address": "park Wyspiańskiego",
    "point": "50.0881, 19.9105",
    "affected": "wracający z tramwaju",
    "affected_number": "400",
    "audiences": ["adults", "seniors"],
    "themes": ["safety"],
    "evidence": "Spacer badawczy https://example.org/spacer\nZdjęcia z listopada",
}


async def a_problem_by_form(registry: Running, by: Any, **values: Any) -> str:
    async with registry.browser(by) as browser:
        answer = await browser.post("/registry/problems/new", data={**FORM, **values})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].split("?")[0].rpartition("/")[2]


async def test_who_works_here_names_a_problem_with_all_that_is_known(registry: Running) -> None:
    one = await an_organisation(registry, name="Rada Dzielnicy")
    problem_id = await a_problem_by_form(registry, a_coordinator(one["id"]))
    made = (await registry.client.get(f"{API}/problems/{problem_id}")).json()
    assert made["evidence"] == [
        {"text": "Spacer badawczy", "link": "https://example.org/spacer"},
        {"text": "Zdjęcia z listopada", "link": ""},
    ]
    assert (made["affected_number"], made["audiences"], made["themes"]) == (400, ["adults", "seniors"], ["safety"])
    async with registry.browser() as stranger:
        page = (await stranger.get(f"/registry/problems/{problem_id}")).text
    for words in ("Ciemny park", "wracający z tramwaju", "https://example.org/spacer", "bezpieczeństwo", "Dorośli"):
        assert words in page, words
    assert "Popraw opis" not in page


async def test_a_coordinator_supports_moves_and_enters_steps_on_the_page(registry: Running) -> None:
    one = await an_organisation(registry, name="Rada Dzielnicy")
    by = a_coordinator(one["id"])
    problem_id = await a_problem_by_form(registry, by)
    address = f"/registry/problems/{problem_id}"
    async with registry.browser(by) as browser:
        await browser.post(f"{address}/support", data={"organisation_id": one["id"]})
        page = (await browser.get(address)).text
        assert "Wycofaj poparcie" in page
        moved = {"version": "2", "status": "adopted", "because": "Zajmie się tym rada."}
        await browser.post(f"{address}/status", data=moved)
        late = await browser.post(f"{address}/status", data=moved)
        assert "changed" in late.headers["location"]
        empty = await browser.post(f"{address}/status", data={**moved, "version": "3", "because": ""})
        assert (empty.status_code, "Napisz, dlaczego" in empty.text) == (422, True)
        planned = an_event(id="01900000-0000-7000-8000-000000000000")
        event = f"http://osiedle.test/calendar/events/{planned.id}"
        step = {"version": "3", "stage": "diagnosis", "held_on": "2026-05-07", "event": event, "result": "Trzy lampy"}
        nowhere = await browser.post(f"{address}/stages", data=step)
        assert (nowhere.status_code, "Tego wydarzenia nie ma w kalendarzu" in nowhere.text) == (422, True)
        await registry.deliver(planned)
        await browser.post(f"{address}/stages", data=step)
        back = {"version": "4", "stage": "poll", "held_on": "2026-05-01"}
        backwards = await browser.post(f"{address}/stages", data=back)
        assert (backwards.status_code, "po kolei" in backwards.text) == (422, True)
        page = (await browser.get(address)).text
        await browser.post(f"{address}/withdraw", data={"organisation_id": one["id"]})
    for words in ("Zajmie się tym rada.", "Trzy lampy", "7 maja 2026", "/calendar/events/01900000", "Rada Dzielnicy"):
        assert words in page, words
    made = (await registry.client.get(f"{API}/problems/{problem_id}")).json()
    assert (made["status"], made["supporter_ids"]) == ("adopted", [])


async def test_rewording_keeps_what_was_typed_where_somebody_was_faster(registry: Running) -> None:
    one = await an_organisation(registry)
    by = a_coordinator(one["id"])
    problem_id = await a_problem_by_form(registry, by)
    address = f"/registry/problems/{problem_id}/edit"
    async with registry.browser(by) as browser:
        assert "Zdjęcia z listopada" in (await browser.get(address)).text
        saved = await browser.post(address, data={**FORM, "version": "1", "title": "Ciemny skwer"})
        assert saved.status_code == 303
        late = await browser.post(address, data={**FORM, "version": "1", "title": "Ciemna ulica"})
        assert (late.status_code, "Ciemna ulica" in late.text) == (412, True)
        wrong = await browser.post(address, data={**FORM, "version": "2", "affected_number": "dużo"})
        assert (wrong.status_code, "Wpisz liczbę całkowitą" in wrong.text) == (422, True)


async def test_the_list_is_narrowed_and_says_who_supports(registry: Running) -> None:
    one = await an_organisation(registry)
    by = a_coordinator(one["id"])
    await a_problem_by_form(registry, by)
    await posted(registry, "problems", {"title": "Brak ławek", "themes": ["greenery"]}, by=by)
    async with registry.browser() as stranger:
        page = (await stranger.get("/registry/problems", params={"theme": "greenery"})).text
        assert "Brak ławek" in page
        assert "Ciemny park" not in page
        assert "Ciemny park" in (await stranger.get("/registry/problems", params={"status": "named"})).text
        assert "Nie ma takiego problemu" in (await stranger.get("/registry/problems?status=solved")).text
        assert (await stranger.get("/registry/problems?status=nonsense")).status_code == 200


async def test_strangers_are_given_the_short_form_and_nobody_else_reads_what_waits(registry: Running) -> None:
    one = await an_organisation(registry)
    async with registry.browser(a_coordinator(one["id"])) as browser:
        assert (await browser.get("/registry/problems/name")).headers["location"] == "/registry/problems/new"
        assert (await browser.get("/registry/problems/moderation")).status_code == 403
    async with registry.browser(a_person()) as newcomer:
        assert (await newcomer.get("/registry/problems/new")).status_code == 403
        assert (await newcomer.get("/registry/problems/name")).status_code == 200
