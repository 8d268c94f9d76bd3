"""The audit log: every look at what is not public, every change, never a value; nobody changes it."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import DDL, delete, insert, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.registry import commands, queries
from services.registry.models import Audit, Contact
from shared import clock, observability
from shared.identifiers import new_id
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_registered_person, an_organisation

NAME = "Zenobia Marked"
PUBLIC, PARTNERS, PRIVATE = "+48 12 111 11 11", "marked-partners@example.org", "+48 600 333 333"
CONTACTS = [
    {"kind": "website", "value": "https://marked-public.example.org", "visibility": "public"},
    {"kind": "email", "value": PARTNERS, "visibility": "partners"},
    {"kind": "phone", "value": PRIVATE, "label": "marked-label", "purpose": "marked-purpose"},
]
MARKS = ("Zenobia", "marked-", "333 333")


async def zenobia(registry: Running) -> Person:
    """Register somebody with a public, a partners' and a private contact; give who they are when they sign in."""
    one = (await an_organisation(registry))["id"]
    made = await a_registered_person(registry, one, name=NAME, contacts=CONTACTS)
    return a_coordinator(one, id=made["id"], name=NAME)


async def noted(registry: Running, subject: Person, action: str | None = None) -> list[Any]:
    """Give what the log holds of somebody, the oldest first."""
    rows = await registry.rows("audit", order_by="position")
    return [row for row in rows if row.subject_id == subject.id and action in (None, row.action)]


async def get(registry: Running, path: str, viewer: Person | None) -> Any:
    headers = registry.headers(viewer) if viewer else {}
    answer = await registry.client.get(f"{API}/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_look_at_what_is_not_public_is_noted_with_who_what_and_where(registry: Running) -> None:
    subject = await zenobia(registry)
    partner = a_coordinator(new_id())
    await get(registry, "people", partner)
    [row] = await noted(registry, subject, "read")
    assert (row.by_person_id, row.by_service, row.by_api_key_id) == (partner.id, None, None)
    assert row.fields == ["contact.email", "name", "roles"]
    assert row.reason == "GET /registry/api/v1/people"
    await get(registry, f"people/{subject.id}", ADMINISTRATOR)
    row = (await noted(registry, subject, "read"))[-1]
    assert (row.by_person_id, row.reason) == (ADMINISTRATOR.id, "GET /registry/api/v1/people/{person_id}")
    assert row.fields == ["contact.email", "contact.phone", "name", "roles"]


async def test_a_look_at_what_is_public_or_at_oneself_is_no_matter(registry: Running) -> None:
    subject = await zenobia(registry)
    one = next(iter(subject.roles))
    for viewer in (None, a_person(), subject):
        await get(registry, f"organisations/{one}/contacts", viewer)
        async with registry.browser(viewer) as browser:
            assert (await browser.get(f"/registry/organisations/{one}")).status_code == 200
    await get(registry, f"people/{subject.id}", subject)
    await get(registry, f"people/{subject.id}/contacts", subject)
    await get(registry, f"people/{subject.id}/audit", subject)
    assert await noted(registry, subject, "read") == []


async def test_one_look_is_one_row_for_each_person_on_a_page_of_the_list(registry: Running) -> None:
    subject = await zenobia(registry)
    other = await a_registered_person(registry, *subject.roles, name="Żaneta Ostatnia")
    before = len(await registry.rows("audit"))
    answer = await get(registry, "people?limit=2", a_coordinator(new_id()))
    assert len(answer.json()["items"]) == 2
    rows = (await registry.rows("audit", order_by="position"))[before:]
    assert {row.subject_id for row in rows} == {one["id"] for one in answer.json()["items"]}
    assert other["id"] not in {row.subject_id for row in rows}


async def test_every_change_of_a_contact_is_noted(registry: Running) -> None:
    subject = await zenobia(registry)
    own = registry.headers(subject)
    address = f"{API}/people/{subject.id}/contacts"
    made = await registry.client.post(address, json={"kind": "phone", "value": "600 333 333 "}, headers=own)
    one = made.headers["location"]
    edit = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    assert (await registry.client.patch(one, json={"visibility": "coordinators"}, headers=edit)).status_code == 200
    assert (await registry.client.post(f"{one}/withdraw", headers=own)).status_code == 200
    assert (await registry.client.delete(one, headers=own)).status_code == 204
    rows = [row for row in await noted(registry, subject) if row.fields == ["contact.phone"]]
    assert [(row.action, row.by_person_id) for row in rows] == [
        ("added", subject.id),
        ("changed", ADMINISTRATOR.id),
        ("withdrawn", subject.id),
        ("removed", subject.id),
    ]
    assert rows[1].details["visibility"] == ["private", "coordinators"]
    assert rows[1].reason == "PATCH /registry/api/v1/people/{person_id}/contacts/{contact_id}"


async def test_whoever_registers_somebody_is_noted(registry: Running) -> None:
    subject = await zenobia(registry)
    [row] = await noted(registry, subject)
    assert (row.action, row.by_person_id) == ("added", ADMINISTRATOR.id)
    assert row.fields == ["contact.email", "contact.phone", "contact.website", "name", "roles"]


async def test_what_is_refused_is_not_noted(registry: Running) -> None:
    subject = await zenobia(registry)
    before = len(await registry.rows("audit"))
    for viewer in (a_person(), a_coordinator(new_id())):
        answer = await registry.client.get(f"{API}/audit", headers=registry.headers(viewer))
        assert answer.status_code == 403
        answer = await registry.client.get(f"{API}/people/{subject.id}/audit", headers=registry.headers(viewer))
        assert answer.status_code == 403
    assert (await registry.client.get(f"{API}/audit")).status_code == 401
    assert len(await registry.rows("audit")) == before


async def test_administrators_read_the_log_newest_first_and_by_what_they_look_for(registry: Running) -> None:
    subject = await zenobia(registry)
    partner = a_coordinator(new_id())
    for _ in range(2):
        await get(registry, f"people/{subject.id}", partner)
    found = (await get(registry, f"audit?by_person_id={partner.id}&action=read", ADMINISTRATOR)).json()
    assert [row["subject_id"] for row in found["items"]] == [subject.id] * 2
    assert found["items"][0]["position"] > found["items"][1]["position"]
    assert found["sorted_by"] == "position, newest first"
    page = (await get(registry, f"audit?subject_id={subject.id}&limit=1", ADMINISTRATOR)).json()
    assert (len(page["items"]), page["next"] is not None) == (1, True)
    own = (await get(registry, f"people/{subject.id}/audit", subject)).json()
    assert {row["subject_id"] for row in own["items"]} == {subject.id}
    assert ADMINISTRATOR.id in {row["by_person_id"] for row in own["items"] if row["fields"] == ["audit"]}


async def test_the_page_of_the_log_says_it_in_words(registry: Running) -> None:
    subject = await zenobia(registry)
    colleague = await a_registered_person(registry, *subject.roles, name="Bogdan Czytelnik")
    await get(registry, f"people/{subject.id}", a_coordinator(new_id(), id=colleague["id"]))
    async with registry.browser(ADMINISTRATOR) as browser:
        page = (await browser.get(f"/registry/audit?subject_id={subject.id}&action=read")).text
        assert re.search(r"<strong>Bogdan Czytelnik</strong>:\s*obejrzano – adres e-mail, imię i nazwisko, role", page)
        assert NAME in page
        english = (await browser.get("/registry/audit", params={"lang": "en"})).text
        assert "looked at – e-mail address, name, roles" in english
        assert (await browser.get("/registry/audit?action=nonsense&subject_id=x")).status_code == 200
    async with registry.browser(subject) as browser:
        assert (await browser.get("/registry/audit")).status_code == 403


async def test_no_value_stands_in_the_log_of_changes_the_history_or_the_outbox(registry: Running) -> None:
    subject = await zenobia(registry)
    await get(registry, "people", ADMINISTRATOR)
    headers = {**registry.headers(subject), "If-Match": '"1"'}
    for contact in (await get(registry, f"people/{subject.id}/contacts", subject)).json()["items"]:
        address = f"{API}/people/{subject.id}/contacts/{contact['id']}"
        edited = await registry.client.patch(address, json={"label": "marked-again"}, headers=headers)
        assert edited.status_code == 200
        assert (await registry.client.delete(address, headers=headers)).status_code == 204
    for table in ("audit", "history", "outbox"):
        text = json.dumps([[str(value) for value in row] for row in await registry.rows(table)], ensure_ascii=False)
        assert [mark for mark in MARKS if mark in text] == [], table


async def executed(registry: Running, statement: Any) -> None:
    await registry.database.write(lambda session: session.execute(statement) and None)


async def test_no_log_line_names_anybody(registry: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    subject = await zenobia(registry)
    own = registry.headers(subject)
    address = f"{API}/people/{subject.id}/contacts"
    await get(registry, "people", ADMINISTRATOR)
    refused = [
        await registry.client.post(address, json={"kind": "email", "value": "marked-"}, headers=own),
        await registry.client.post(address, content=b'{"kind": "email", "value": "marked-', headers=own),
        await registry.client.post(f"{API}/people", json={"name": NAME * 20, "contacts": CONTACTS}, headers=own),
        await registry.client.get(f"{API}/people", headers={"Authorization": "Bearer marked-token"}),
        await registry.client.get(f"{API}/people/{NAME}", headers=own),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]  # httpx asks
    assert [(mark, line) for mark in MARKS for line in ours if mark in line] == []


async def test_an_error_of_the_database_does_not_repeat_what_was_to_be_written(registry: Running) -> None:
    broken = insert(Contact).values(id=new_id(), kind="email", value=PARTNERS, label=NAME, created_at=clock.now())
    with pytest.raises(DBAPIError) as failure:
        await executed(registry, broken)
    assert [mark for mark in MARKS if mark in observability.told(failure.value)] == []


async def test_the_log_cannot_be_changed_or_emptied(registry: Running) -> None:
    subject = await zenobia(registry)
    await get(registry, "people", ADMINISTRATOR)
    old = {"at": clock.now() - timedelta(days=31), "subject_id": subject.id, "action": "read", "fields": ["name"]}
    await executed(registry, insert(Audit).values(**old, reason="", details={}))
    rows = await registry.rows("audit")
    for statement in (update(Audit).values(reason="nothing happened"), delete(Audit).where(Audit.reason != "")):
        with pytest.raises(DBAPIError, match=r"append-only|thirty days"):
            await executed(registry, statement)
    assert await registry.rows("audit") == rows
    await executed(registry, delete(Audit).where(Audit.at < clock.now() - timedelta(days=30)))
    assert len(await registry.rows("audit")) == len(rows) - 1


async def test_postgresql_refuses_to_empty_the_log_at_one_stroke(registry: Running) -> None:
    if registry.database.is_sqlite:
        return
    with pytest.raises(DBAPIError, match="thirty days"), registry.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE audit")


async def test_a_change_that_fails_leaves_no_note(registry: Running) -> None:
    subject = await zenobia(registry)
    before = len(await registry.rows("audit"))

    def both(session: Session) -> None:
        commands.note(session, subject_id=subject.id, action="exported", fields=["name"], by=None)
        raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        await registry.database.write(both)
    assert len(await registry.rows("audit")) == before


async def test_a_look_that_cannot_be_noted_is_not_given(registry: Running) -> None:
    subject = await zenobia(registry)
    await executed(registry, DDL("ALTER TABLE audit RENAME TO audit_elsewhere"))
    with pytest.raises(DBAPIError):
        await commands.disclose(
            registry.database, ADMINISTRATOR, "", queries.person_card, viewer=ADMINISTRATOR, person_id=subject.id
        )


async def test_who_acts_is_written_as_what_they_are(registry: Running) -> None:
    subject = await zenobia(registry)
    key_id = new_id()
    program = a_person(scopes=frozenset({"registry:read"}), key_id=key_id)
    for by in (commands.OPERATOR, program, None):
        await registry.database.write(commands.note, subject_id=subject.id, action="exported", fields=["name"], by=by)
    rows = await noted(registry, subject, "exported")
    assert [(row.by_person_id, row.by_service, row.by_api_key_id) for row in rows] == [
        (None, "operator", None),
        (program.id, None, key_id),
        (None, None, None),
    ]


async def test_no_route_gives_what_is_not_public_without_a_note(registry_on_sqlite: Running) -> None:
    """Every GET of the registry, as an administrator: where a mark is in the answer, a row says so."""
    registry = registry_on_sqlite
    subject = await zenobia(registry)
    one = next(iter(subject.roles))
    [*_, contact] = (await get(registry, f"people/{subject.id}/contacts", subject)).json()["items"]
    known = {"organisation_id": one, "person_id": subject.id, "contact_id": contact["id"]}
    found = 0
    for route in iter_route_contexts(registry.app.routes):
        if not isinstance(route.original_route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        path = str(route.path)
        filled = re.sub(r"\{(\w+)[^}]*\}", lambda name: known.get(name[1], new_id()), path)
        before = len(await noted(registry, subject, "read"))
        async with registry.browser(ADMINISTRATOR) as browser:
            text = (await browser.get(filled)).text
        if any(mark in text for mark in (NAME, PARTNERS, PRIVATE)):
            found += 1
            rows = (await noted(registry, subject, "read"))[before:]
            assert [row.reason for row in rows] == [f"GET {path}"], path
    assert found >= 5
