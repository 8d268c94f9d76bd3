"""Two institutions that are one: found, merged by a person, followed by everybody, and taken apart again exactly."""

from typing import Any

import pytest

from services.registry import queries
from services.registry.models import InitiativeSuggestion
from shared import clock
from shared.identifiers import new_id
from shared.messages.registry import (
    AccessRevoked,
    InitiativeChanged,
    NeedStated,
    OrganisationChanged,
    PersonChanged,
    ResourceChanged,
    VenueChanged,
)
from tests.builders import a_coordinator, an_administrator
from tests.harness import Running
from tests.service.registry.builders import (
    ADMINISTRATOR,
    API,
    a_contact,
    a_need,
    a_registered_person,
    a_resource,
    a_venue,
    an_organisation,
    hear_itself,
    posted,
)

TABLES = ("contact", "membership", "venue", "resource", "need", "initiative_organisation", "invitation")


async def two_schools(registry: Running) -> tuple[str, str]:
    """Register one school twice, each with things of its own; gives the ids."""
    kept = await an_organisation(registry, name="Szkoła Podstawowa nr 113", kind="school")
    other = await an_organisation(registry, name="SP 113", kind="school")
    for one in (kept["id"], other["id"]):
        await a_contact(registry, one, value="12 634 00 00", visibility="public")
    await a_contact(registry, other["id"], kind="email", value="szkola@example.org", visibility="public")
    await a_venue(registry, other["id"], name="Sala gimnastyczna")
    resource = {"name": "Namiot", "kind": "equipment", "organisation_id": other["id"]}
    await posted(registry, "resources", resource)
    await posted(registry, "needs", {"title": "Gitara", "kind": "equipment", "organisation_id": other["id"]})
    await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [other["id"]]})
    await posted(registry, "initiatives", {"title": "Boisko", "organisation_ids": [kept["id"], other["id"]]})
    await a_registered_person(registry, other["id"], name="Anna Nowak")
    await a_registered_person(registry, kept["id"], other["id"], name="Jan Kowal")
    return kept["id"], other["id"]


async def post(registry: Running, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    headers = registry.headers(ADMINISTRATOR)
    answer = await registry.client.post(f"{API}/{path}", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def state_of(registry: Running) -> dict[str, list[Any]]:
    """Read everything that moves, without versions: those only ever grow."""
    found = {}
    for table in TABLES:
        rows = [{**row._mapping, "version": 0} for row in await registry.rows(table)]
        found[table] = sorted(rows, key=str)
    return found


async def test_two_are_found_merged_followed_and_taken_apart_again_exactly(registry: Running) -> None:
    kept, other = await two_schools(registry)
    headers = registry.headers(ADMINISTRATOR)
    found = (await registry.client.get(f"{API}/duplicates?organisation_id={kept}", headers=headers)).json()["items"]
    assert [{one["organisation_id"], one["other_id"]} for one in found] == [{kept, other}]
    assert len(found[0]["reasons"]) == 2
    before = await state_of(registry)
    told = len(await registry.outgoing())

    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other, "reason": "ta sama szkoła"})
    assert merge["moved"] == {
        "contact": 1,
        "initiative_organisation": 2,
        "membership": 2,
        "need": 1,
        "resource": 1,
        "venue": 1,
    }
    after = await state_of(registry)
    assert {row["organisation_id"] for row in after["venue"] + after["need"] + after["membership"]} == {kept}
    moved = await registry.client.get(f"{API}/organisations/{other}")
    assert (moved.status_code, moved.headers["location"]) == (308, f"{API}/organisations/{kept}")
    page = await registry.client.get(f"/registry/organisations/{other}")
    assert (page.status_code, page.headers["location"]) == (308, f"/registry/organisations/{kept}")
    listed = (await registry.client.get(f"{API}/organisations")).json()["items"]
    assert [one["id"] for one in listed] == [kept]

    messages = (await registry.outgoing())[told:]
    organisations = {one.id: one for one in messages if isinstance(one, OrganisationChanged)}
    assert (organisations[other].merged_into_id, organisations[kept].merged_into_id) == (kept, None)
    assert organisations[other].url == f"/registry/organisations/{kept}"
    for kind in (VenueChanged, ResourceChanged, NeedStated):
        assert [one.organisation_id for one in messages if isinstance(one, kind)] == [kept]
    coalitions = [one.organisation_ids for one in messages if isinstance(one, InitiativeChanged)]
    assert coalitions == [(kept,), (kept,)]
    assert sum(isinstance(one, PersonChanged) for one in messages) == 2
    assert sum(isinstance(one, AccessRevoked) for one in messages) == 2

    undone = await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    assert undone["undone_at"] is not None
    assert await state_of(registry) == before
    assert (await registry.client.get(f"{API}/organisations/{other}")).json()["name"] == "SP 113"
    again = (await registry.client.get(f"{API}/duplicates?organisation_id={other}", headers=headers)).json()["items"]
    assert len(again) == 1
    await post(registry, f"merges/{merge['id']}/undo", {}, 404)


async def in_lists(registry: Running) -> dict[str, list[Any]]:
    """Read what names organisations within JSON."""
    initiatives = sorted(await registry.rows("initiative"), key=lambda row: row.title)
    found = {f"{name} of {row.title}": getattr(row, name) for row in initiatives for name in ("pledges", "tasks")}
    return found | {
        row.identity: [row.organisation_ids, row.state] for row in await registry.rows("initiative_suggestion")
    }


async def test_what_is_pledged_and_to_be_done_moves_too_and_comes_back_exactly(registry: Running) -> None:
    kept, other, third = [(await an_organisation(registry, name=name))["id"] for name in ("Szkoła", "SP 113", "Klub")]
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [third, other]})
    pledges = [{"organisation_id": one, "what": "ławki", "quantity": 2} for one in (kept, other, third, other)]
    tasks = [{"what": "Zebrać podpisy", "organisation_id": one} for one in (other, None, third)]
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    path = f"{API}/initiatives/{made['id']}"
    said = await registry.client.patch(path, json={"pledges": pledges, "tasks": tasks}, headers=headers)
    assert said.status_code == 200, said.text
    values = {"version": 1, "kind": "problem", "title": "Ciemny park", "reasons": [], "created_at": clock.now()}
    asked = {"problem:1": [kept, other], "problem:2": [third, other], "problem:3": [kept, third, other]}
    rows = [
        InitiativeSuggestion(id=new_id(), identity=identity, organisation_ids=ids, **values)
        for identity, ids in asked.items()
    ]
    await registry.database.write(lambda session: session.add_all(rows))
    before = await in_lists(registry)
    told = len(await registry.outgoing(InitiativeChanged))

    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})

    after = await in_lists(registry)
    assert [one["organisation_id"] for one in after["pledges of Park"]] == [kept, kept, third, kept]
    assert [one["organisation_id"] for one in after["tasks of Park"]] == [kept, None, third]
    assert after["problem:1"] == [[kept], "overtaken"]
    assert after["problem:2"] == [[third, kept], "suggested"]
    assert after["problem:3"] == [[kept, third], "suggested"]
    assert other not in str(after)
    assert len(await registry.outgoing(InitiativeChanged)) == told + 1

    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    assert await in_lists(registry) == before


async def test_who_answered_and_met_what_is_lacking_moves_too_and_what_became_its_own_is_over(
    registry: Running,
) -> None:
    kept, other, club = [(await an_organisation(registry, name=name))["id"] for name in ("Szkoła", "SP 113", "Klub")]
    sound = await a_resource(registry, other, name="Nagłośnienie")
    await a_resource(registry, other, name="Namiot")
    await a_need(registry, kept, title="Namiot na piknik")
    asked = await a_need(registry, club, title="Nagłośnienie na festyn")
    await hear_itself(registry)
    [row] = [one for one in await registry.rows("match") if one.need_id == asked["id"]]
    await post(registry, f"matches/{row.id}/accept", {}, 200)
    body = {"status": "met", "outcome": "Grało.", "met_by_resource_id": sound["id"]}
    await post(registry, f"needs/{asked['id']}/close", body, 200)
    names = ("need_organisation_id", "resource_organisation_id", "by_organisation_id", "state")

    async def named() -> list[Any]:
        matches = sorted(await registry.rows("match"), key=lambda one: str(one.id))
        needs = sorted(await registry.rows("need"), key=lambda one: str(one.id))
        return [[getattr(one, name) for name in names] for one in matches] + [
            one.met_by_organisation_id for one in needs
        ]

    before = await named()
    assert before.count(other) == 1
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    await hear_itself(registry)
    after = await named()
    assert other not in str(after)
    assert after.count(kept) == 1
    assert [kept, kept, None, "over"] in after

    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    await hear_itself(registry)
    assert await named() == before


async def test_a_line_that_was_changed_after_the_merge_stays_as_it_is(registry: Running) -> None:
    kept, other = [(await an_organisation(registry, name=name))["id"] for name in ("Szkoła", "SP 113")]
    made = await posted(registry, "initiatives", {"title": "Park", "organisation_ids": [kept]})
    path, headers = f"{API}/initiatives/{made['id']}", registry.headers(ADMINISTRATOR)
    tasks = [{"what": what, "organisation_id": other, "done": False} for what in ("Ławki", "Lampy", "Kosze")]
    await registry.client.patch(path, json={"tasks": tasks}, headers={**headers, "If-Match": '"1"'})
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    now = (await registry.client.get(path)).json()
    mended = [{**now["tasks"][2]}, {**now["tasks"][0], "done": True}]
    changed = {**headers, "If-Match": f'"{now["version"]}"'}
    assert (await registry.client.patch(path, json={"tasks": mended}, headers=changed)).status_code == 200
    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    left = (await registry.client.get(path)).json()["tasks"]
    assert [(one["what"], one["organisation_id"]) for one in left] == [("Kosze", other), ("Ławki", kept)]


async def test_who_speaks_for_the_kept_one_speaks_for_what_others_know_under_the_old_id(registry: Running) -> None:
    kept = (await an_organisation(registry, name="Dom Kultury"))["id"]
    other = (await an_organisation(registry, name="DK"))["id"]
    person = await a_registered_person(registry, kept)
    await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    told = await registry.database.read(queries.person_state, person["id"])
    assert told is not None
    assert {one.organisation_id: one.role for one in told.memberships} == {kept: "coordinator", other: "coordinator"}
    shown = await registry.client.get(f"{API}/people/{person['id']}", headers=registry.headers(ADMINISTRATOR))
    assert [one["organisation_id"] for one in shown.json()["memberships"]] == [kept]


async def test_undo_leaves_alone_what_changed_since(registry: Running) -> None:
    kept, other = await two_schools(registry)
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    people = {row.name: row.id for row in await registry.rows("person")}
    path = f"{API}/people/{people['Anna Nowak']}/memberships/{kept}"
    left = await registry.client.delete(path, headers=registry.headers(ADMINISTRATOR))
    assert left.status_code == 200, left.text
    await a_contact(registry, kept, value="12 000 00 99")
    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    memberships = {(row.person_id, row.organisation_id) for row in await registry.rows("membership")}
    assert memberships == {(people["Jan Kowal"], kept), (people["Jan Kowal"], other)}
    new = next(row for row in await registry.rows("contact") if row.value == "+48 12 000 00 99")
    assert new.organisation_id == kept


FULL = {
    "description": "Uczymy.",
    "nip": "6750002236",
    "themes": ["education"],
    "links": [{"label": "Strona", "url": "https://example.org/sp"}],
    "opening_hours": "Mo-Fr 08:00-16:00",
    "step_free": True,
    "address": "ul. Jaremy 1",
    "latitude": 50.0881,
    "longitude": 19.9105,
}


async def card(registry: Running, organisation_id: str) -> dict[str, Any]:
    """Read a card, without its version and what it was told."""
    found = (await registry.client.get(f"{API}/organisations/{organisation_id}")).json()
    return {name: value for name, value in found.items() if name != "version"}


async def test_the_kept_card_takes_what_it_does_not_say_and_gives_it_back(registry: Running) -> None:
    own = {"description": "Szkoła z tradycją.", "kind": "other"}
    kept = (await an_organisation(registry, name="Szkoła Podstawowa nr 113", **own))["id"]
    other = (await an_organisation(registry, name="Szkoła Podstawowa nr 113", **{"kind": "school", **FULL}))["id"]
    before = await card(registry, kept)
    headers = registry.headers(ADMINISTRATOR)
    (pair,) = (await registry.client.get(f"{API}/duplicates?organisation_id={kept}", headers=headers)).json()["items"]
    expected = {**{name: value for name, value in FULL.items() if name != "description"}, "kind": "school"}
    assert pair["fills"] == {kept: expected, other: {}}
    async with registry.browser(ADMINISTRATOR) as browser:
        page = (await browser.get("/registry/duplicates")).text
    for words in ("przejdzie z drugiej", "Godziny otwarcia: Mo-Fr 08:00-16:00", "NIP: 6750002236", "edukacja"):
        assert words in page, words
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    assert merge["filled"] == expected
    merged = await card(registry, kept)
    assert {name: merged[name] for name in expected} == expected
    assert (merged["description"], merged["point_source"]) == ("Szkoła z tradycją.", "pin")
    (found,) = (await registry.client.get(f"{API}/organisations", params={"q": "jaremy"})).json()["items"]
    assert found["id"] == kept
    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    assert await card(registry, kept) == before
    told = [one for one in await registry.outgoing(OrganisationChanged) if isinstance(one, OrganisationChanged)]
    assert [one.address for one in told if one.id == kept] == ["ul. Jaremy 1", ""]


async def test_what_somebody_wrote_after_the_merge_stays_when_it_is_undone(registry: Running) -> None:
    kept = (await an_organisation(registry, name="Klub"))["id"]
    other = (await an_organisation(registry, name="Klub Zorza", opening_hours="Mo 10:00-12:00", step_free=True))["id"]
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    version = (await registry.client.get(f"{API}/organisations/{kept}")).json()["version"]
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": f'"{version}"'}
    path = f"{API}/organisations/{kept}"
    await registry.client.patch(path, json={"opening_hours": "Tu 10:00-12:00"}, headers=headers)
    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    after = await card(registry, kept)
    assert (after["opening_hours"], after["step_free"]) == ("Tu 10:00-12:00", None)


async def test_what_belonged_to_the_merged_one_belongs_to_the_kept_one_and_nothing_to_itself(
    registry: Running,
) -> None:
    city = (await an_organisation(registry, name="Urząd"))["id"]
    other = (await an_organisation(registry, name="DK", parent_id=city))["id"]
    kept = (await an_organisation(registry, name="Dom Kultury", parent_id=other))["id"]
    part = (await an_organisation(registry, name="Filia", parent_id=other))["id"]
    inner = (await an_organisation(registry, name="Pracownia", parent_id=kept))["id"]
    wholes = [(await card(registry, one))["parent_id"] for one in (kept, part, inner)]
    assert wholes == [other, other, kept]
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    assert [(await card(registry, one))["parent_id"] for one in (kept, part, inner)] == [city, kept, kept]
    told = [one for one in await registry.outgoing(OrganisationChanged) if isinstance(one, OrganisationChanged)]
    assert [one.parent_id for one in told if one.id == part] == [kept]
    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    assert [(await card(registry, one))["parent_id"] for one in (kept, part, inner)] == wholes


async def test_nobody_belongs_to_themselves_after_their_whole_was_merged_into_a_part_of_its_part(
    registry: Running,
) -> None:
    other = (await an_organisation(registry, name="Centrum"))["id"]
    between = (await an_organisation(registry, name="Dział", parent_id=other))["id"]
    kept = (await an_organisation(registry, name="Centrum Kultury", parent_id=between))["id"]
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    assert [(await card(registry, one))["parent_id"] for one in (kept, between)] == [None, kept]
    await post(registry, f"merges/{merge['id']}/undo", {}, 200)
    assert [(await card(registry, one))["parent_id"] for one in (kept, between)] == [between, other]


async def test_a_confidential_address_fills_nothing(registry: Running) -> None:
    kept = (await an_organisation(registry, name="Schronisko"))["id"]
    place = {"address": "ul. Cicha 17", "latitude": 50.088512, "longitude": 19.911034}
    other = (await an_organisation(registry, name="Dom", confidential=True, description="Pomoc.", **place))["id"]
    merge = await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    assert merge["filled"] == {"description": "Pomoc."}


async def test_merges_in_a_row_are_undone_from_the_last(registry: Running) -> None:
    first, second, third = [(await an_organisation(registry, name=f"Klub {name}"))["id"] for name in "ABC"]
    inner = await post(registry, f"organisations/{second}/merge", {"other_id": third})
    outer = await post(registry, f"organisations/{first}/merge", {"other_id": second})
    answer = await registry.client.get(f"{API}/organisations/{third}")
    assert answer.headers["location"].endswith(second)
    await post(registry, f"merges/{inner['id']}/undo", {}, 409)
    await post(registry, f"merges/{outer['id']}/undo", {}, 200)
    await post(registry, f"merges/{inner['id']}/undo", {}, 200)
    assert len((await registry.client.get(f"{API}/organisations")).json()["items"]) == 3


async def test_what_was_merged_takes_nothing_more(registry: Running) -> None:
    kept, other = await two_schools(registry)
    await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    refused = await registry.client.patch(f"{API}/organisations/{other}", json={"name": "X"}, headers=headers)
    assert (refused.status_code, refused.json()["merged_into_id"]) == (404, kept)
    await post(registry, "venues", {"name": "Sala", "organisation_id": other}, 422)
    await post(registry, f"organisations/{other}/contacts", {"kind": "phone", "value": "112"}, 404)
    for wrong in (kept, other):
        await post(registry, f"organisations/{kept}/merge", {"other_id": wrong}, 422)


async def test_the_table_that_knew_the_merged_one_finds_the_kept_one(registry: Running) -> None:
    headers = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv"}
    table = "klucz;nazwa;opis\nk-1;Klub Zorza;pierwszy\nk-2;Fundacja Łąka;drugi\n"
    made = (await registry.client.post(f"{API}/imports", content=table.encode(), headers=headers)).json()["items"]
    kept, other = (item["organisation_id"] for item in made)
    await post(registry, f"organisations/{kept}/merge", {"other_id": other})
    again = (await registry.client.post(f"{API}/imports", content=table.encode(), headers=headers)).json()["items"]
    assert [(item["result"], item["organisation_id"]) for item in again] == [("unchanged", kept)] * 2


async def test_they_are_not_the_same_is_remembered(registry: Running) -> None:
    kept, other = await two_schools(registry)
    await post(registry, f"organisations/{kept}/distinct", {"other_id": other}, 200)
    await post(registry, f"organisations/{other}/distinct", {"other_id": kept}, 200)
    headers = registry.headers(ADMINISTRATOR)
    found = await registry.client.get(f"{API}/duplicates?organisation_id={kept}", headers=headers)
    assert found.json()["items"] == []


async def test_only_who_looks_after_the_neighbourhood_decides(registry: Running) -> None:
    kept, other = await two_schools(registry)
    headers = registry.headers(a_coordinator(kept))
    for path in (f"organisations/{kept}/merge", f"organisations/{kept}/distinct"):
        answer = await registry.client.post(f"{API}/{path}", json={"other_id": other}, headers=headers)
        assert answer.status_code == 403
    assert (await registry.client.get(f"{API}/duplicates?organisation_id={kept}", headers=headers)).status_code == 403


@pytest.mark.parametrize("do", ["one", "other", "distinct"])
async def test_a_person_decides_on_a_page_and_undoes_it(registry: Running, do: str) -> None:
    kept, other = await two_schools(registry)
    async with registry.browser(an_administrator()) as browser:
        page = await browser.get("/registry/duplicates")
        assert "SP 113" in page.text
        form = {"organisation_id": min(kept, other), "other_id": max(kept, other), "do": do}
        assert (await browser.post("/registry/duplicates", data=form)).status_code == 303
        merges = await registry.rows("organisation_merge")
        assert len(merges) == (0 if do == "distinct" else 1)
        if do == "distinct":
            assert 'name="do"' not in (await browser.get("/registry/duplicates")).text
            return
        assert merges[0].kept_id == (max if do == "other" else min)(kept, other)
        assert (await browser.post("/registry/duplicates", data=form)).status_code == 409
        assert (await browser.post(f"/registry/merges/{merges[0].id}/undo")).status_code == 303
        assert 'name="do"' in (await browser.get("/registry/duplicates")).text
