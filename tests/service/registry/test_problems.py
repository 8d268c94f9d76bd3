"""Problems over HTTP: described, supported, moved on, and taken along the participation path."""

import asyncio
from typing import Any

from shared.messages.registry import ProblemNamed
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import (
    ADMINISTRATOR,
    API,
    a_registered_person,
    an_event,
    an_organisation,
    posted,
)

PROBLEM = {
    "title": "Niebezpieczne przejście przy szkole",
    "description": "Kierowcy nie zwalniają.",
    "address": "ul. Elsnera",
    "latitude": 50.0885,
    "longitude": 19.9110,
    "affected": "dzieci w drodze do szkoły",
    "affected_number": 300,
    "audiences": ["children", "families"],
    "themes": ["safety", "traffic"],
    "evidence": [{"text": "Pomiar rady dzielnicy", "link": "https://example.org/pomiar"}],
}


async def a_problem(registry: Running, **values: Any) -> dict[str, Any]:
    return await posted(registry, "problems", {**PROBLEM, **values})


async def sent(registry: Running, method: str, path: str, by: Any, version: int, **json: Any) -> Any:
    headers = {**registry.headers(by), "If-Match": f'"{version}"'}
    return await registry.client.request(method, f"{API}/problems/{path}", json=json or None, headers=headers)


async def test_everything_that_is_said_of_a_problem_is_answered_and_told(registry: Running) -> None:
    made = await a_problem(registry)
    read = await registry.client.get(f"{API}/problems/{made['id']}")
    assert read.json() == made
    assert {name: made[name] for name in PROBLEM} == PROBLEM
    (told,) = await registry.outgoing(ProblemNamed)
    assert isinstance(told, ProblemNamed)
    assert (told.status, told.themes, told.address) == ("named", ("safety", "traffic"), "ul. Elsnera")
    assert told.url == f"/registry/problems/{made['id']}"


async def test_a_theme_that_is_not_in_the_taxonomy_is_refused_with_its_place(registry: Running) -> None:
    headers = registry.headers(ADMINISTRATOR)
    body = {"title": "x", "themes": ["safety", "nonsense"]}
    refused = await registry.client.post(f"{API}/problems", json=body, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/themes/1"


async def test_themes_are_understood_as_people_write_them_in_either_language(registry: Running) -> None:
    made = await a_problem(registry, themes=["bezpieczenstwo", "traffic and transport", "Safety"])
    assert made["themes"] == ["safety", "traffic"]
    changed = await sent(registry, "PATCH", made["id"], ADMINISTRATOR, 1, themes=["chodniki"])
    assert (changed.status_code, changed.json()["themes"]) == (200, ["traffic"])


async def test_evidence_that_says_nothing_or_leads_into_a_script_is_refused(registry: Running) -> None:
    for evidence in ({"text": ""}, {"text": "x", "link": "javascript:alert(1)"}):
        headers = registry.headers(ADMINISTRATOR)
        answer = await registry.client.post(
            f"{API}/problems", json={"title": "x", "evidence": [evidence]}, headers=headers
        )
        assert answer.status_code == 422, evidence


async def test_each_organisation_supports_a_problem_once_and_takes_it_back(registry: Running) -> None:
    one, other = [await an_organisation(registry, name=name) for name in ("Szkoła", "Klub")]
    made = await a_problem(registry)
    for organisation in (one, one, other):
        by = a_coordinator(organisation["id"])
        answer = await registry.client.post(
            f"{API}/problems/{made['id']}/supports",
            json={"organisation_id": organisation["id"]},
            headers=registry.headers(by),
        )
        assert answer.status_code == 200, answer.text
    assert answer.json()["supporter_ids"] == sorted([one["id"], other["id"]])
    assert answer.json()["version"] == 3
    stranger = await registry.client.delete(
        f"{API}/problems/{made['id']}/supports/{one['id']}", headers=registry.headers(a_coordinator(other["id"]))
    )
    assert stranger.status_code == 403
    gone = await registry.client.delete(
        f"{API}/problems/{made['id']}/supports/{one['id']}", headers=registry.headers(a_coordinator(one["id"]))
    )
    assert gone.json()["supporter_ids"] == [other["id"]]
    told = [message for message in await registry.outgoing(ProblemNamed) if isinstance(message, ProblemNamed)]
    assert told[-1].supporter_ids == (other["id"],)
    assert [message.version for message in told] == [1, 2, 3, 4]


async def test_a_status_has_a_reason_and_a_history_and_names_only_for_those_who_work_here(registry: Running) -> None:
    organisation = await an_organisation(registry)
    barbara = await a_registered_person(registry, organisation["id"])
    by = a_coordinator(organisation["id"], id=barbara["id"])
    made = await a_problem(registry)
    silent = await sent(registry, "PUT", f"{made['id']}/status", by, 1, status="discussed", because=" ")
    assert silent.status_code == 422
    member = a_person(roles={organisation["id"]: "member"})
    assert (
        await sent(registry, "PUT", f"{made['id']}/status", member, 1, status="solved", because="x")
    ).status_code == 403
    moved = await sent(registry, "PUT", f"{made['id']}/status", by, 1, status="discussed", because="Rada 5 maja")
    assert (moved.status_code, moved.json()["status"]) == (200, "discussed")
    late = await sent(registry, "PUT", f"{made['id']}/status", by, 1, status="dropped", because="x")
    assert late.status_code == 412
    address = f"{API}/problems/{made['id']}/statuses"
    public = (await registry.client.get(address)).json()["items"]
    assert [(row["status"], row["because"], row["by_name"]) for row in public] == [
        ("named", "", None),
        ("discussed", "Rada 5 maja", None),
    ]
    partner = a_coordinator(organisation["id"])
    inside = (await registry.client.get(address, headers=registry.headers(partner))).json()["items"]
    assert inside[1]["by_name"] == "Barbara Wójcik"
    assert ("read", ["name"]) in [(row.action, row.fields) for row in await registry.rows("audit")]


async def test_the_event_of_a_step_is_one_of_the_calendar_which_is_waited_for(registry: Running) -> None:
    by, event = ADMINISTRATOR, an_event()
    path = f"{(await a_problem(registry))['id']}/stages/poll"
    said = {"held_on": "2026-05-10", "event_id": event.id}
    refused = await sent(registry, "PUT", path, by, 1, **said)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/event_id")
    asking = asyncio.create_task(sent(registry, "PUT", path, by, 1, **said))
    await asyncio.sleep(0.1)
    assert not asking.done()
    await registry.deliver(event)
    assert (await asking).json()["stages"][0]["event_id"] == event.id
    assert (await sent(registry, "PUT", path, by, 2, **said, result="214 odpowiedzi")).status_code == 200


async def test_steps_of_the_path_may_be_skipped_but_never_run_backwards(registry: Running) -> None:
    by = ADMINISTRATOR
    made = await a_problem(registry)
    path = f"{made['id']}/stages"
    poll = await sent(registry, "PUT", f"{path}/poll", by, 1, held_on="2026-05-10", result="214 odpowiedzi")
    assert poll.json()["stages"] == [
        {"stage": "poll", "held_on": "2026-05-10", "event_id": None, "result": "214 odpowiedzi"}
    ]
    late = await sent(registry, "PUT", f"{path}/diagnosis", by, 2, held_on="2026-06-01")
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/held_on")
    early = await sent(registry, "PUT", f"{path}/diagnosis", by, 2, held_on="2026-05-01")
    assert [one["stage"] for one in early.json()["stages"]] == ["diagnosis", "poll"]
    gone = await sent(registry, "DELETE", f"{path}/poll", by, 3)
    assert [one["stage"] for one in gone.json()["stages"]] == ["diagnosis"]
    assert (await sent(registry, "DELETE", f"{path}/poll", by, 4)).status_code == 404
    actions = [row.action for row in await registry.rows("history") if row.aggregate == "problem"]
    assert actions == ["named", "stage entered", "stage entered", "stage removed"]


async def test_the_list_is_narrowed_by_status_and_theme_and_paged(registry: Running) -> None:
    for number in range(3):
        await a_problem(registry, title=f"Ciemno {number}", themes=["safety"])
    other = await a_problem(registry, title="Brak ławek", themes=["greenery"])
    await sent(registry, "PUT", f"{other['id']}/status", ADMINISTRATOR, 1, status="solved", because="Stoją.")
    solved = (await registry.client.get(f"{API}/problems?status=solved")).json()["items"]
    assert [one["title"] for one in solved] == ["Brak ławek"]
    first = (await registry.client.get(f"{API}/problems?theme=safety&limit=2")).json()
    rest = (await registry.client.get(first["next"])).json()
    assert [one["title"] for one in first["items"] + rest["items"]] == ["Ciemno 0", "Ciemno 1", "Ciemno 2"]
    assert rest["next"] is None
