"""Residents without an account: they name a problem that nobody sees before it is let through, and support one."""

import re
from typing import Any

from shared.messages.registry import ProblemNamed
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import API, an_organisation, posted

NEIGHBOURHOOD = a_person(neighbourhood_coordinator=True)
SECRETLY = "Dziura w chodniku przy przystanku"


async def named_by_a_resident(registry: Running, **values: Any) -> tuple[Any, str]:
    """Name a problem without an account; gives the row that waits, and the address to look at."""
    body = {"title": SECRETLY, "description": "Łatwo się potknąć.", "address": "ul. Wybickiego", **values}
    answer = await registry.client.post(f"{API}/waiting-problems", json=body)
    assert answer.status_code == 202, answer.text
    rows = await registry.client.get(f"{API}/waiting-problems", headers=registry.headers(NEIGHBOURHOOD))
    return rows.json()["items"][-1], answer.json()["address"]


async def settled(registry: Running, row: Any, deed: str, by: Any = NEIGHBOURHOOD, **json: Any) -> Any:
    headers = {**registry.headers(by), "If-Match": f'"{row["version"]}"'}
    return await registry.client.post(f"{API}/waiting-problems/{row['id']}/{deed}", json=json or None, headers=headers)


async def test_a_resident_names_a_problem_it_is_moderated_public_and_supported(registry: Running) -> None:
    """The story: nobody has an account but who lets it through."""
    async with registry.browser() as resident:
        form = {"title": SECRETLY, "description": "Łatwo się potknąć.", "address": "ul. Wybickiego", "point": ""}
        answer = await resident.post("/registry/problems/name", data=form)
        assert answer.status_code == 303
        mine = answer.headers["location"]
        waiting = await resident.get(mine)
        assert "Dziękujemy" in waiting.text
        assert SECRETLY not in waiting.text
        assert SECRETLY not in (await resident.get("/registry/problems")).text
        async with registry.browser(NEIGHBOURHOOD) as moderator:
            page = (await moderator.get("/registry/problems/moderation")).text
            assert SECRETLY in page
            (waiting_id,) = re.findall(r"problems/moderation/([0-9a-f-]{36})", page)
            typed = {"version": "1", "do": "let_through", "title": "Dziura w chodniku", "address": "ul. Wybickiego"}
            through = await moderator.post(f"/registry/problems/moderation/{waiting_id}", data=typed)
            assert through.status_code == 303
        problem_id = through.headers["location"].split("/")[-1].split("?")[0]
        assert f"/registry/problems/{problem_id}" in (await resident.get(mine)).text
        assert "Dziura w chodniku" in (await resident.get("/registry/problems")).text
        supported = await resident.post(f"/registry/problems/{problem_id}/support")
        page = (await resident.get(supported.headers["location"])).text
        assert "1 głos mieszkańca" in page
        again = await resident.post(f"/registry/problems/{problem_id}/support")
        assert "policzony" in (await resident.get(again.headers["location"])).text
    (told,) = await registry.outgoing(ProblemNamed)
    assert isinstance(told, ProblemNamed)
    assert (told.id, told.title) == (problem_id, "Dziura w chodniku")


async def test_what_waits_stands_in_no_public_answer_list_message_or_history(registry: Running) -> None:
    organisation = await an_organisation(registry)
    row, mine = await named_by_a_resident(registry)
    partner = a_coordinator(organisation["id"])
    async with registry.browser() as stranger, registry.browser(partner) as inside:
        for browser in (stranger, inside):
            for address in (
                "/registry/problems",
                "/registry/",
                f"{API}/problems",
                f"{API}/problems/{row['id']}",
                f"{API}/waiting-problems",
                "/registry/problems/moderation",
                f"/registry/problems/{row['id']}",
                mine.removeprefix("http://osiedle.test"),
            ):
                answer = await browser.get(address, headers=registry.headers(partner) if browser is inside else {})
                assert SECRETLY not in answer.text, address
                assert row["id"] not in answer.text.replace(address, ""), address
    for table in ("outbox", "history"):
        assert SECRETLY not in str(await registry.rows(table))
    assert row["id"] not in str(await registry.rows("outbox"))


async def test_only_who_looks_after_the_neighbourhood_lets_through_and_refuses(registry: Running) -> None:
    organisation = await an_organisation(registry)
    row, _ = await named_by_a_resident(registry)
    coordinator = a_coordinator(organisation["id"])
    assert (await settled(registry, row, "let-through", by=coordinator)).status_code == 403
    assert (await settled(registry, row, "refuse", by=coordinator, because="x")).status_code == 403
    assert (await registry.client.get(f"{API}/waiting-problems")).status_code == 401


async def test_a_refused_problem_is_blanked_and_its_reason_stands_where_its_resident_looks(registry: Running) -> None:
    row, mine = await named_by_a_resident(registry)
    assert (await settled(registry, row, "refuse", because=" ")).status_code == 422
    refused = await settled(registry, row, "refuse", because="Opisuje sąsiada.")
    assert (refused.status_code, refused.json()["title"]) == (200, "")
    again = await settled(registry, row, "let-through")
    assert (again.status_code, again.json()["type"]) == (409, "urn:osiedle:problem:waiting-settled")
    async with registry.browser() as resident:
        page = (await resident.get(mine.removeprefix("http://osiedle.test"))).text
        assert "Opisuje sąsiada." in page
    assert SECRETLY not in str(await registry.rows("waiting_problem"))
    assert (await registry.client.get(f"{API}/problems")).json()["items"] == []


async def test_the_address_to_look_at_is_given_once_and_guessed_by_nobody(registry: Running) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await registry.client.post(f"{API}/waiting-problems", json={"title": SECRETLY}, headers=headers)
    again = await registry.client.post(f"{API}/waiting-problems", json={"title": SECRETLY}, headers=headers)
    assert first.json()["address"].startswith("http://osiedle.test/registry/problems/waiting?key=")
    assert (again.json()["id"], again.json()["address"]) == (first.json()["id"], None)
    secret = first.json()["address"].split("=")[1]
    for table in ("waiting_problem", "idempotency_key"):
        assert secret not in str(await registry.rows(table))
    async with registry.browser() as browser:
        assert (await browser.get("/registry/problems/waiting?key=x")).status_code == 404


async def test_from_one_address_a_voice_counts_once_a_day_and_no_address_is_kept(registry: Running) -> None:
    organisation = await an_organisation(registry)
    problem = await posted(registry, "problems", {"title": "Ciemno"}, by=a_coordinator(organisation["id"]))
    address = f"{API}/problems/{problem['id']}/resident-supports"
    counted = []
    for peer in ("198.51.100.7", "198.51.100.7", "198.51.100.8"):
        async with registry.http(peer=peer) as resident:
            answer = (await resident.post(address)).json()
            counted.append((answer["counted"], answer["residents"]))
    assert counted == [(True, 1), (False, 1), (True, 2)]
    assert (await registry.client.get(f"{API}/problems/{problem['id']}/supports")).json()["residents"] == 2
    assert (await registry.client.get(f"{API}/problems/{problem['id']}")).json()["version"] == 1
    assert "198.51.100" not in str(await registry.rows("resident_deed"))


async def test_what_was_counted_on_days_before_is_forgotten(registry: Running) -> None:
    from services.registry import commands
    from shared import clock

    today = clock.now().date()
    await named_by_a_resident(registry)
    await registry.run_job("forget what residents did yesterday")
    assert len(await registry.rows("resident_deed")) == 1
    await registry.database.write(commands.forget_resident_deeds, today=today.replace(year=today.year + 1))
    assert await registry.rows("resident_deed") == []


async def test_more_than_anybody_names_in_a_day_is_refused(registry_on_sqlite: Running, monkeypatch: Any) -> None:
    from services.registry.commands import resident_problems

    registry = registry_on_sqlite
    monkeypatch.setattr(resident_problems, "NAMED_A_DAY", 2)
    statuses = []
    for _ in range(3):
        answer = await registry.client.post(f"{API}/waiting-problems", json={"title": "x"})
        statuses.append(answer.status_code)
    assert statuses == [202, 202, 429]


async def test_a_form_that_says_nothing_keeps_what_was_typed_and_says_what_to_do(registry_on_sqlite: Running) -> None:
    async with registry_on_sqlite.browser() as resident:
        form = {"title": " ", "description": "Tu jest opis", "point": "gdzieś"}
        answer = await resident.post("/registry/problems/name", data=form)
        assert answer.status_code == 422
        assert "Tu jest opis" in answer.text
        assert "Napisz w kilku słowach" in answer.text
