"""The pages of coalitions: formed, joined, kept up to date, and answered where they are suggested."""

from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import API, an_event, posted
from tests.service.registry.test_initiatives import shared_problem, three, waits

HOME = "/registry/initiatives"


async def test_a_coordinator_forms_a_coalition_and_another_one_joins_and_leaves(registry: Running) -> None:
    one, other, _ = await three(registry)
    problem = await posted(registry, "problems", {"title": "Ciemny park"}, by=a_coordinator(one))
    async with registry.browser(a_coordinator(one)) as browser:
        wrong = await browser.post(f"{HOME}/new", data={"title": " ", "organisation_id": one})
        assert (wrong.status_code, "Napisz, jak nazywa się" in wrong.text) == (422, True)
        form = {"title": "Jasny park", "organisation_id": one, "problem_ids": [problem["id"]]}
        made = await browser.post(f"{HOME}/new", data=form)
        address = made.headers["location"].split("?")[0]
    async with registry.browser(a_coordinator(other)) as browser:
        await browser.post(f"{address}/join", data={"organisation_id": other, "role": "supporter"})
        page = (await browser.get(address)).text
        for words in ("Klub Seniora", "wspiera", "Szkoła Podstawowa", "prowadzi", "Ciemny park", "Opuść"):
            assert words in page, words
        assert "Dodaj zadanie" not in page
        await browser.post(f"{address}/leave", data={"organisation_id": other})
    async with registry.browser(a_coordinator(one)) as browser:
        alone = await browser.post(f"{address}/leave", data={"organisation_id": one})
        assert (alone.status_code, "Nikt nie prowadziłby" in alone.text) == (409, True)
    members = (await registry.client.get(f"{API}/initiatives/{address.rpartition('/')[2]}")).json()["members"]
    assert members == [{"organisation_id": one, "role": "lead"}]


async def test_tasks_money_and_pledges_are_added_ticked_and_taken_off(registry: Running) -> None:
    one, _, _ = await three(registry)
    by = a_coordinator(one)
    made = await posted(registry, "initiatives", {"title": "Jasny park", "organisation_ids": [one]}, by=by)
    address = f"{HOME}/{made['id']}"
    async with registry.browser(by) as browser:
        task = {"version": "1", "part": "tasks", "do": "add", "what": "Zebrać podpisy", "until_on": "2031-05-07"}
        await browser.post(f"{address}/lines", data=task)
        await browser.post(f"{address}/lines", data={"version": "2", "part": "tasks", "do": "done", "place": "0"})
        money = {"version": "3", "part": "budget", "do": "add", "what": "Lampy", "status": "applied"}
        wrong = await browser.post(f"{address}/lines", data={**money, "amount": "dużo"})
        assert (wrong.status_code, "Wpisz kwotę" in wrong.text) == (422, True)
        await browser.post(f"{address}/lines", data={**money, "amount": "12 000,50"})
        given = {"version": "4", "part": "pledges", "do": "add", "what": "Drabina", "organisation_id": one}
        await browser.post(f"{address}/lines", data=given)
        late = await browser.post(f"{address}/lines", data=given)
        assert "changed" in late.headers["location"]
        page = (await browser.get(address)).text
        for words in ("Zebrać podpisy", "zrobione", "7 maja 2031", "12\xa0000,50\xa0zł", "zawnioskowano", "Drabina"):
            assert words in page, words
        await browser.post(f"{address}/lines", data={"version": "5", "part": "tasks", "do": "remove", "place": "0"})
    left = (await registry.client.get(f"{API}/initiatives/{made['id']}")).json()
    assert (left["tasks"], [one["what"] for one in left["pledges"]]) == ([], ["Drabina"])


async def test_the_application_says_in_words_how_long_there_is(registry: Running) -> None:
    one, _, _ = await three(registry)
    by = a_coordinator(one)
    made = await posted(registry, "initiatives", {"title": "Jasny park", "organisation_ids": [one]}, by=by)
    address = f"{HOME}/{made['id']}"
    event = an_event(one)
    await registry.deliver(event)
    form = {"version": "1", "title": "Jasny park", "events": f"http://osiedle.test/calendar/events/{event.id}"}
    async with registry.browser(by) as browser:
        half = await browser.post(f"{address}/edit", data={**form, "edition": "BO 2031"})
        assert (half.status_code, "Wybierz ostatni dzień" in half.text, "BO 2031" in half.text) == (422, True, True)
        whole = {**form, "edition": "BO 2031", "deadline_on": "2001-05-14", "amount_asked": "12 000,50"}
        assert (await browser.post(f"{address}/edit", data=whole)).status_code == 303
        late = await browser.post(f"{address}/edit", data=whole)
        assert late.status_code == 412
        page = (await browser.get(address)).text
        for words in ("Czas na złożenie wniosku minął.", "14 maja 2001", "Festyn"):
            assert words in page, words
        for shown in (page, (await browser.get(f"{address}/application")).text):
            assert "12\xa0000,50\xa0zł" in shown
            assert "12000.50" not in shown
        assert (await browser.get(f"{address}/edit")).status_code == 200
    async with registry.browser(a_person()) as somebody:
        assert (await somebody.get(f"{address}/edit")).status_code == 403
        assert (await somebody.get(f"{HOME}/new")).status_code == 403


async def test_a_suggestion_is_shown_to_those_concerned_and_answered_there(registry: Running) -> None:
    ids = await three(registry)
    await shared_problem(registry, ids[:2])
    await registry.run_job("look for coalitions")
    (row,) = await registry.rows("initiative_suggestion")
    async with registry.browser(a_coordinator(ids[2])) as stranger:
        assert "Możecie połączyć siły" not in (await stranger.get(HOME)).text
    async with registry.browser(a_coordinator(ids[0])) as browser:
        page = (await browser.get(HOME)).text
        assert "Problem „Ciemny park” dotyczy wspólnie: Klub Seniora i Szkoła Podstawowa." in page or (
            "Problem „Ciemny park” dotyczy wspólnie: Szkoła Podstawowa i Klub Seniora." in page
        )
        wanted = await browser.post(f"{HOME}/suggestions/{row.id}", data={"do": "accept", "organisation_id": ids[0]})
        assert "gdy tylko zgodzi się jeszcze jedna" in (await browser.get(wanted.headers["location"])).text
        page = (await browser.get(HOME)).text
        assert ("jeszcze bez odpowiedzi" in page, "Chcemy dołączyć" in page) == (True, False)
    async with registry.browser(a_coordinator(ids[1])) as browser:
        answer = await browser.post(f"{HOME}/suggestions/{row.id}", data={"do": "accept", "organisation_id": ids[1]})
        assert "notice=formed" in answer.headers["location"]
        assert "Ciemny park" in (await browser.get(answer.headers["location"])).text
        assert "Możecie połączyć siły" not in (await browser.get(HOME)).text


async def test_a_suggestion_stands_on_the_page_of_its_problem_for_those_concerned(registry: Running) -> None:
    ids = await three(registry)
    problem_id = await shared_problem(registry, ids)
    await registry.run_job("look for coalitions")
    (row,) = await registry.rows("initiative_suggestion")
    page = f"/registry/problems/{problem_id}"
    async with registry.browser() as stranger:
        assert "Możecie połączyć siły" not in (await stranger.get(page)).text
    async with registry.browser(a_coordinator(ids[0], ids[1])) as browser:
        shown = (await browser.get(page)).text
        assert "Klub Seniora ma „Lampy ledowe”, a Szkoła Podstawowa potrzebuje „Lampy na wieczór”." in shown
        form = {"do": "decline", "organisation_id": ids[1], "because": "Nie teraz", "back": "problem"}
        answer = await browser.post(f"{HOME}/suggestions/{row.id}", data=form)
        assert answer.headers["location"] == f"{page}?notice=declined"
        assert "Nie teraz" in (await browser.get(answer.headers["location"])).text


async def test_declining_on_the_page_ends_the_suggestion(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    ids = await three(registry)
    await shared_problem(registry, ids[:2])
    await registry.run_job("look for coalitions")
    (row,) = await registry.rows("initiative_suggestion")
    async with registry.browser(a_coordinator(ids[0])) as browser:
        form = {"do": "decline", "organisation_id": ids[0], "because": "Nie w tym roku"}
        answer = await browser.post(f"{HOME}/suggestions/{row.id}", data=form)
        assert "nie zapytamy ponownie" in (await browser.get(answer.headers["location"])).text
    (row,) = await registry.rows("initiative_suggestion")
    (answer,) = await registry.rows("coalition_answer")
    assert (row.state, answer.answer, answer.because) == ("declined", "declined", "Nie w tym roku")


async def test_a_pledge_is_chosen_from_what_the_members_have(registry: Running) -> None:
    one, other, _ = await three(registry)
    made = await posted(
        registry, "initiatives", {"title": "Jasny park", "organisation_ids": [one]}, by=a_coordinator(one)
    )
    tent = {"organisation_id": one, "name": "Namiot", "kind": "equipment"}
    mine = await posted(registry, "resources", tent, by=a_coordinator(one))
    theirs = await posted(
        registry, "resources", {**tent, "organisation_id": other, "name": "Rzutnik"}, by=a_coordinator(other)
    )
    address = f"{HOME}/{made['id']}"
    async with registry.browser(a_coordinator(one)) as browser:
        page = (await browser.get(address)).text
        assert ("Namiot (Szkoła Podstawowa)" in page, "Rzutnik" in page) == (True, False)
        form = {"version": "1", "part": "pledges", "do": "add", "what": ""}
        await browser.post(f"{address}/lines", data={**form, "resource_id": mine["id"]})
        form |= {"version": "2", "organisation_id": one}
        wrong = await browser.post(f"{address}/lines", data={**form, "resource_id": theirs["id"]})
        assert (wrong.status_code, "Wybierz z listy" in wrong.text) == (422, True)
    (line,) = (await registry.client.get(f"{API}/initiatives/{made['id']}")).json()["pledges"]
    assert (line["organisation_id"], line["resource_id"]) == (one, mine["id"])


async def test_an_event_that_is_not_on_the_calendar_is_said_so_on_the_form(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    one, _, _ = await three(registry)
    made = await posted(
        registry, "initiatives", {"title": "Jasny park", "organisation_ids": [one]}, by=a_coordinator(one)
    )
    waits(registry, 0.0)
    form = {"version": "1", "title": "Jasny park", "events": f"/calendar/events/{made['id']}"}
    async with registry.browser(a_coordinator(one)) as browser:
        answer = await browser.post(f"{HOME}/{made['id']}/edit", data=form)
    assert (answer.status_code, "nie ma w kalendarzu" in answer.text) == (422, True)
