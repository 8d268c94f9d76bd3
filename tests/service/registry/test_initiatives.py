"""Coalitions over HTTP: formed, suggested, joined, left, and turned into an application for money."""

import asyncio
from typing import Any

from shared.identifiers import new_id
from shared.messages.calendar import EventCancelled
from shared.messages.registry import (
    InitiativeChanged,
    InitiativeFormed,
    InitiativeSuggested,
    NeedStated,
    ResourceRegistered,
    SuggestionAccepted,
    SuggestionDeclined,
)
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import API, a_venue, an_event, an_organisation, posted


async def three(registry: Running) -> list[str]:
    names = ("Szkoła Podstawowa", "Klub Seniora", "Rada Dzielnicy")
    return [(await an_organisation(registry, name=name))["id"] for name in names]


async def asked(registry: Running, method: str, path: str, by: Any, version: int | None = None, **json: Any) -> Any:
    headers = registry.headers(by) | ({"If-Match": f'"{version}"'} if version else {})
    return await registry.client.request(method, f"{API}/{path}", json=json or None, headers=headers)


async def shared_problem(registry: Running, ids: list[str]) -> str:
    """Name a problem that all of these support; the first needs lamps and the second has some."""
    by = a_coordinator(ids[0])
    problem = await posted(registry, "problems", {"title": "Ciemny park", "themes": ["safety"]}, by=by)
    need = {"organisation_id": ids[0], "title": "Lampy na wieczór", "kind": "equipment"}
    await posted(registry, "needs", need, by=by)
    lamps = {"organisation_id": ids[1], "name": "Lampy ledowe", "kind": "equipment", "quantity": 6}
    await posted(registry, "resources", lamps, by=a_coordinator(ids[1]))
    for one in ids:
        await asked(registry, "POST", f"problems/{problem['id']}/supports", a_coordinator(one), organisation_id=one)
    return str(problem["id"])


async def test_three_organisations_and_a_problem_become_an_application_for_money(registry: Running) -> None:
    """The story: suggested, formed, and taken to the participatory budget."""
    ids = await three(registry)
    problem_id = await shared_problem(registry, ids)
    await registry.run_job("look for coalitions")
    (told,) = await registry.outgoing(InitiativeSuggested)
    assert isinstance(told, InitiativeSuggested)
    assert (sorted(told.organisation_ids), told.problem_id) == (sorted(ids), problem_id)
    by = a_coordinator(ids[1])
    (suggested,) = (await asked(registry, "GET", "initiative-suggestions", by)).json()["items"]
    assert "Klub Seniora ma „Lampy ledowe”, a Szkoła Podstawowa potrzebuje „Lampy na wieczór”." in suggested["reasons"]
    await wants(registry, suggested["id"], ids[1])
    formed = await wants(registry, suggested["id"], ids[0])
    await wants(registry, suggested["id"], ids[2])
    initiative = (await registry.client.get(f"{API}/initiatives/{formed['initiative_id']}")).json()
    roles = {one["organisation_id"]: one["role"] for one in initiative["members"]}
    assert roles == {ids[1]: "lead", ids[0]: "partner", ids[2]: "partner"}
    assert initiative["problem_ids"] == [problem_id]
    changes = {
        "goal": "Jasny park do jesieni",
        "budget": [{"what": "Lampy", "amount": "12000.50", "source": "budżet obywatelski", "status": "applied"}],
        "tasks": [{"what": "Zebrać podpisy", "organisation_id": ids[2], "until_on": "2031-05-07"}],
        "pledges": [{"organisation_id": ids[1], "what": "dwóch wolontariuszy", "quantity": 2}],
        "application": {"edition": "BO 2031", "deadline_on": "2031-05-14", "amount_asked": "12000.50"},
    }
    applied = await asked(registry, "PATCH", f"initiatives/{initiative['id']}", a_coordinator(ids[0]), 2, **changes)
    assert applied.status_code == 200, applied.text
    assert applied.json()["application"] == changes["application"]
    assert applied.json()["tasks"][0]["done"] is False
    async with registry.browser() as stranger:
        page = (await stranger.get(f"/registry/initiatives/{initiative['id']}/application")).text
    for words in ("BO 2031", "14 maja 2031", "Zebrać podpisy", "Rada Dzielnicy", "Ciemny park"):
        assert words in page, words
    _, changed = await registry.outgoing(InitiativeChanged)
    assert isinstance(changed, InitiativeChanged)
    assert str(changed.application_deadline_on) == "2031-05-14"
    assert "12000" not in changed.model_dump_json()


async def wants(registry: Running, suggestion_id: str, organisation_id: str) -> Any:
    """Say yes for one organisation, and give the suggestion as it is then."""
    path = f"initiative-suggestions/{suggestion_id}/accept"
    answer = await asked(registry, "POST", path, a_coordinator(organisation_id), organisation_id=organisation_id)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_each_organisation_answers_for_itself_and_two_that_say_yes_form_the_coalition(registry: Running) -> None:
    ids = await three(registry)
    await shared_problem(registry, ids)
    await registry.run_job("look for coalitions")
    (told,) = await registry.outgoing(InitiativeSuggested)
    path = f"initiative-suggestions/{told.id}"
    for_another = await asked(registry, "POST", f"{path}/accept", a_coordinator(ids[0]), organisation_id=ids[1])
    assert for_another.status_code == 403
    first = await wants(registry, told.id, ids[2])
    assert (first["state"], first["initiative_id"], await registry.outgoing(InitiativeFormed)) == (
        "suggested",
        None,
        [],
    )
    assert await wants(registry, told.id, ids[2]) == first
    no = await asked(
        registry, "POST", f"{path}/decline", a_coordinator(ids[0]), organisation_id=ids[0], because="Brak ludzi."
    )
    assert [(one["answer"], one["because"]) for one in no.json()["answers"]] == [
        ("accepted", ""),
        ("declined", "Brak ludzi."),
    ]
    formed = await wants(registry, told.id, ids[1])
    assert (formed["state"], formed["initiative_id"] is None) == ("accepted", False)
    (initiative,) = await registry.outgoing(InitiativeFormed)
    assert isinstance(initiative, InitiativeFormed)
    members = {one.organisation_id: one.role for one in initiative.members}
    assert members == {ids[2]: "lead", ids[1]: "partner"}
    left = await asked(registry, "POST", f"{path}/decline", a_coordinator(ids[1]), organisation_id=ids[1])
    late = await asked(registry, "POST", f"{path}/accept", a_coordinator(ids[0]), organisation_id=ids[0])
    settled = (409, "urn:osiedle:problem:suggestion-settled")
    assert [(one.status_code, one.json()["type"]) for one in (left, late)] == [settled, settled]
    said = await registry.outgoing(SuggestionAccepted, SuggestionDeclined)
    assert [one.version for one in said] == [2, 3, 4]
    yes, refused, last = said
    assert isinstance(yes, SuggestionAccepted)
    assert isinstance(refused, SuggestionDeclined)
    assert isinstance(last, SuggestionAccepted)
    assert (yes.by_organisation_name, yes.formed, yes.accepted_ids) == ("Rada Dzielnicy", False, (ids[2],))
    assert (refused.because, refused.declined_ids) == ("Brak ludzi.", (ids[0],))
    assert (last.formed, last.url) == (True, f"/registry/initiatives/{formed['initiative_id']}")


async def test_who_answers_after_the_coalition_is_formed_joins_it(registry: Running) -> None:
    ids = await three(registry)
    await shared_problem(registry, ids)
    await registry.run_job("look for coalitions")
    (told,) = await registry.outgoing(InitiativeSuggested)
    await wants(registry, told.id, ids[0])
    await wants(registry, told.id, ids[1])
    seen = [(await asked(registry, "GET", "initiative-suggestions", a_coordinator(one))).json()["items"] for one in ids]
    assert [len(one) for one in seen] == [0, 0, 1]
    joined = await wants(registry, told.id, ids[2])
    initiative = (await registry.client.get(f"{API}/initiatives/{joined['initiative_id']}")).json()
    assert sorted(initiative["organisation_ids"]) == sorted(ids)
    assert (await asked(registry, "GET", "initiative-suggestions", a_coordinator(ids[2]))).json()["items"] == []


async def test_a_yes_can_be_taken_back_until_the_coalition_is_formed(registry: Running) -> None:
    ids = await three(registry)
    await shared_problem(registry, ids)
    await registry.run_job("look for coalitions")
    (told,) = await registry.outgoing(InitiativeSuggested)
    await wants(registry, told.id, ids[0])
    path = f"initiative-suggestions/{told.id}/decline"
    assert (await asked(registry, "POST", path, a_coordinator(ids[0]), organisation_id=ids[0])).status_code == 200
    after = await wants(registry, told.id, ids[1])
    assert (after["state"], after["organisation_ids"]) == ("suggested", sorted(ids[1:]))


async def test_a_need_and_what_answers_it_are_looked_at_as_soon_as_they_are_heard(registry: Running) -> None:
    ids = await three(registry)
    problem = await posted(registry, "problems", {"title": "Ciemny park"}, by=a_coordinator(ids[0]))
    for one in ids[:2]:
        path = f"problems/{problem['id']}/supports"
        await asked(registry, "POST", path, a_coordinator(one), organisation_id=one)
    await registry.run_job("look for coalitions")
    need = {"organisation_id": ids[0], "title": "Lampy na wieczór", "kind": "equipment"}
    await posted(registry, "needs", need, by=a_coordinator(ids[0]))
    lamps = {"organisation_id": ids[1], "name": "Lampy ledowe", "kind": "equipment", "quantity": 6}
    await posted(registry, "resources", lamps, by=a_coordinator(ids[1]))
    assert await registry.outgoing(InitiativeSuggested) == []
    await registry.deliver(*await registry.outgoing(NeedStated, ResourceRegistered))
    (told,) = await registry.outgoing(InitiativeSuggested)
    assert isinstance(told, InitiativeSuggested)
    assert sorted(told.organisation_ids) == sorted(ids[:2])


async def test_a_coalition_is_suggested_once_and_who_declines_is_not_asked_again(registry: Running) -> None:
    ids = await three(registry)
    problem_id = await shared_problem(registry, ids[:2])
    for _ in range(2):
        await registry.run_job("look at all problems")
        await registry.run_job("look for coalitions")
    (told,) = await registry.outgoing(InitiativeSuggested)
    path = f"initiative-suggestions/{told.id}"
    stranger = await asked(registry, "POST", f"{path}/decline", a_coordinator(ids[2]), organisation_id=ids[2])
    assert stranger.status_code == 403
    declined = await asked(
        registry, "POST", f"{path}/decline", a_coordinator(ids[0]), organisation_id=ids[0], because="Nie teraz."
    )
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")
    await asked(registry, "POST", f"problems/{problem_id}/supports", a_coordinator(ids[2]), organisation_id=ids[2])
    await registry.run_job("look for coalitions")
    assert len(await registry.outgoing(InitiativeSuggested)) == 1
    assert (await asked(registry, "GET", "initiative-suggestions", a_coordinator(ids[2]))).json()["items"] == []


async def test_who_supports_the_problem_later_joins_the_suggestion(registry: Running) -> None:
    ids = await three(registry)
    problem_id = await shared_problem(registry, ids[:2])
    await registry.run_job("look for coalitions")
    await asked(registry, "POST", f"problems/{problem_id}/supports", a_coordinator(ids[2]), organisation_id=ids[2])
    await registry.run_job("look for coalitions")
    told = [one for one in await registry.outgoing(InitiativeSuggested) if isinstance(one, InitiativeSuggested)]
    assert [(one.version, len(one.organisation_ids)) for one in told] == [(1, 2), (2, 3)]


async def test_a_problem_that_has_its_initiative_needs_no_suggestion(registry: Running) -> None:
    ids = await three(registry)
    problem_id = await shared_problem(registry, ids[:2])
    body = {"title": "Jasny park", "organisation_ids": ids[:2], "problem_ids": [problem_id]}
    await posted(registry, "initiatives", body, by=a_coordinator(ids[0]))
    await registry.run_job("look for coalitions")
    assert await registry.outgoing(InitiativeSuggested) == []


async def test_three_public_events_together_suggest_a_coalition_and_two_or_secret_ones_do_not(
    registry: Running,
) -> None:
    one, other, _ = await three(registry)
    cancelled = an_event(one, other)
    await registry.deliver(an_event(one, other), an_event(one, other), an_event(one, other, visibility="hosts"))
    await registry.deliver(cancelled, EventCancelled(**{**cancelled.model_dump(), "version": 2}))
    await registry.run_job("look for coalitions")
    assert await registry.outgoing(InitiativeSuggested) == []
    await registry.deliver(an_event(one, other))
    await registry.run_job("look for coalitions")
    (told,) = await registry.outgoing(InitiativeSuggested)
    assert isinstance(told, InitiativeSuggested)
    assert [reason.code for reason in told.reasons] == ["coalition_events"]
    assert sorted(told.organisation_ids) == sorted([one, other])


async def test_organisations_join_change_their_role_and_leave_but_somebody_always_leads(registry: Running) -> None:
    one, other, third = await three(registry)
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [one]}, by=a_coordinator(one))
    members = f"initiatives/{made['id']}/members"
    joined = await asked(registry, "POST", members, a_coordinator(other), organisation_id=other, role="supporter")
    assert joined.status_code == 200, joined.text
    for_another = await asked(registry, "POST", members, a_coordinator(other), organisation_id=third)
    alone = await asked(registry, "DELETE", f"{members}/{one}", a_coordinator(one))
    usurped = await asked(registry, "POST", members, a_coordinator(other), organisation_id=other, role="lead")
    assert (for_another.status_code, alone.status_code, usurped.status_code) == (403, 409, 403)
    handed = await asked(registry, "POST", members, a_coordinator(one), organisation_id=other, role="lead")
    assert handed.status_code == 200
    left = await asked(registry, "DELETE", f"{members}/{one}", a_coordinator(one))
    assert left.json()["members"] == [{"organisation_id": other, "role": "lead"}]
    actions = [row.action for row in await registry.rows("history") if row.aggregate == "initiative"]
    assert actions == ["formed", "joined", "joined", "left"]


async def test_supporters_and_strangers_change_nothing_and_strangers_see_no_amount(registry: Running) -> None:
    one, other, _ = await three(registry)
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [one]}, by=a_coordinator(one))
    path = f"initiatives/{made['id']}"
    await asked(registry, "POST", f"{path}/members", a_coordinator(other), organisation_id=other, role="supporter")
    line = {"what": "Ławki", "amount": "4321.00", "source": "MPO"}
    refused = await asked(registry, "PATCH", path, a_coordinator(other), 2, budget=[line])
    saved = await asked(registry, "PATCH", path, a_coordinator(one), 2, budget=[line])
    late = await asked(registry, "PATCH", path, a_coordinator(one), 2, budget=[])
    assert (refused.status_code, saved.status_code, late.status_code) == (403, 200, 412)
    public = await registry.client.get(f"{API}/{path}")
    partner = await asked(registry, "GET", path, a_person(roles={other: "member"}))
    assert (public.json()["budget"], partner.json()["budget"][0]["amount"]) == ([], "4321.00")
    assert "4321" not in str(await registry.rows("outbox"))
    async with registry.browser() as stranger:
        assert "4321" not in (await stranger.get(f"/registry/{path}")).text


async def test_a_pledge_of_somebody_who_is_not_here_is_refused_with_its_place(registry: Running) -> None:
    one, _, _ = await three(registry)
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [one]}, by=a_coordinator(one))
    pledge = {"organisation_id": one, "resource_id": new_id(), "what": "Namiot"}
    answer = await asked(registry, "PATCH", f"initiatives/{made['id']}", a_coordinator(one), 1, pledges=[pledge])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/pledges/0/resource_id"


async def test_an_initiative_has_the_themes_of_its_problems(registry: Running) -> None:
    one, _, _ = await three(registry)
    by = a_coordinator(one)
    problem = await posted(registry, "problems", {"title": "Ciemny park", "themes": ["safety"]}, by=by)
    body = {"title": "Park", "organisation_ids": [one], "problem_ids": [problem["id"]]}
    await posted(registry, "initiatives", body, by=by)
    (formed,) = await registry.outgoing(InitiativeFormed)
    assert isinstance(formed, InitiativeFormed)
    assert formed.themes == ("safety",)


async def test_what_is_formed_and_changed_is_told_with_roles_and_its_page(registry: Running) -> None:
    one, _, _ = await three(registry)
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [one]}, by=a_coordinator(one))
    event = an_event(one)
    event_id = event.id
    await registry.deliver(event)
    await asked(registry, "PATCH", f"initiatives/{made['id']}", a_coordinator(one), 1, event_ids=[event_id])
    (formed,) = await registry.outgoing(InitiativeFormed)
    (changed,) = await registry.outgoing(InitiativeChanged)
    assert isinstance(formed, InitiativeFormed)
    assert isinstance(changed, InitiativeChanged)
    assert (formed.members[0].role, formed.url) == ("lead", f"/registry/initiatives/{made['id']}")
    assert (changed.version, changed.event_ids) == (2, (event_id,))


def waits(registry: Running, seconds: float) -> None:
    """Let requests wait so long for events that they name."""
    registry.app.state.settings = registry.app.state.settings.model_copy(update={"copy_wait_seconds": seconds})


async def test_an_event_that_the_calendar_did_not_tell_of_is_waited_for_and_then_refused(registry: Running) -> None:
    one, _, _ = await three(registry)
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [one]}, by=a_coordinator(one))
    path, by, late = f"initiatives/{made['id']}", a_coordinator(one), an_event(one)
    waits(registry, 0.1)
    unknown = await asked(registry, "PATCH", path, by, 1, event_ids=[late.id])
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "/event_ids/0"
    waits(registry, 10.0)
    asking = asyncio.create_task(asked(registry, "PATCH", path, by, 1, event_ids=[late.id]))
    await asyncio.sleep(0.1)
    assert not asking.done()
    await registry.deliver(late)
    assert (await asking).json()["event_ids"] == [late.id]


async def test_a_pledge_gives_what_belongs_to_its_organisation_a_resource_or_a_venue(registry: Running) -> None:
    one, other, _ = await three(registry)
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [one]}, by=a_coordinator(one))
    venue = await a_venue(registry, one)
    tent = {"organisation_id": other, "name": "Namiot", "kind": "equipment"}
    theirs = await posted(registry, "resources", tent, by=a_coordinator(other))
    path, by = f"initiatives/{made['id']}", a_coordinator(one)
    wrong = {"organisation_id": one, "resource_id": theirs["id"]}
    refused = await asked(registry, "PATCH", path, by, 1, pledges=[wrong])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/pledges/0/resource_id")
    for nothing in ({"organisation_id": one}, {"organisation_id": one, "what": "  "}):
        refused = await asked(registry, "PATCH", path, by, 1, pledges=[{"organisation_id": one, "what": "x"}, nothing])
        [fault] = refused.json()["errors"]
        assert (refused.status_code, fault["pointer"]) == (422, "/pledges/1/what")
        assert fault["detail"] == "Wybierz, co jest dawane, albo napisz to słowami"
    right = {"organisation_id": one, "resource_id": venue["id"]}
    saved = await asked(registry, "PATCH", path, by, 1, pledges=[right])
    assert saved.json()["pledges"][0]["resource_id"] == venue["id"]
