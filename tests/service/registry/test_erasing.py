"""A person is erased in the registry: nothing is left of them but a tombstone, everybody is told, and each confirms."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from services.registry import commands
from services.registry.__main__ import cli
from services.registry.commands.people import new_person
from services.registry.domain.plans import PersonPlan
from services.registry.models import Base, Outbox, Person
from services.registry.problems import LastAdministrator
from shared import clock
from shared.database import Database, sqlite_url
from shared.messages import calendar, map, notifications
from shared.messages.registry import AccessRevoked, ApiKeyChanged, PersonChanged, PersonErased
from tests.builders import a_coordinator, a_person, an_administrator
from tests.service.registry.builders import API, a_registered_person, an_organisation, posted
from tests.service.remains import remains

MARKED = ("Bronisława Zaznaczona", "bronislawa@poczta.zaznaczona.pl", "zaznaczona.pl", "+48 601 777 333", "777 333")
CONTACTS = [
    {"kind": "email", "value": MARKED[1], "visibility": "partners"},
    {"kind": "phone", "value": MARKED[3], "visibility": "private"},
]
BOSS = an_administrator()


async def somebody(service, **values):
    """Register a person with marked values among others, with everything that a person can leave behind."""
    organisation = await an_organisation(service)
    for number in range(8):
        contacts = [{"kind": "phone", "value": f"+48 600 000 00{number}"}]
        await a_registered_person(service, organisation["id"], name=f"Sąsiadka {number}", contacts=contacts)
    person = await a_registered_person(service, organisation["id"], name=MARKED[0], contacts=CONTACTS, **values)
    for number in range(8):
        await a_registered_person(service, organisation["id"], name=f"Sąsiad {number}")
    return organisation, person


async def erased(service, person, by=BOSS, version=None):
    found = await service.client.get(f"{API}/people/{person['id']}", headers=service.headers(BOSS))
    headers = {**service.headers(by), "If-Match": found.headers["etag"] if version is None else f'"{version}"'}
    return await service.client.delete(f"{API}/people/{person['id']}", headers=headers)


async def test_nothing_of_the_person_is_left_in_the_database(registry):
    organisation, person = await somebody(registry)
    await leave_traces(registry, organisation, person)
    before = await remains(registry)
    assert [word for word in (*MARKED, "Zaznaczona drukarka") if word.encode() not in before] == []
    assert kept_mails(registry)

    assert (await erased(registry, person)).status_code == 200
    await registry.database.write(the_relay_carries)
    await registry.run_job("finish erasures")

    left = await remains(registry)
    assert [word for word in (*MARKED, "Zaznaczona drukarka") if word.encode() in left] == []
    assert kept_mails(registry) == []
    assert (await registry.client.get(f"{API}/organisations/{organisation['id']}")).status_code == 200


async def leave_traces(registry, organisation, person):
    """Let a person make a key, be invited under the same address, ask for letters, and change how they are reached."""
    themselves = a_coordinator(organisation["id"], id=person["id"])
    invitation = {
        "name": MARKED[0],
        "email": MARKED[1].upper(),
        "organisation_id": organisation["id"],
        "role": "member",
    }
    contact = {"kind": "phone", "value": MARKED[3], "label": "Zaznaczona"}
    for path, body, by in (
        ("keys", {"name": "Zaznaczona drukarka", "scopes": ["calendar:read"]}, themselves),
        (f"people/{person['id']}/contacts", contact, themselves),
        ("invitations", invitation, BOSS),
    ):
        headers = {**registry.headers(by), "Idempotency-Key": path}
        answer = await registry.client.post(f"{API}/{path}", json=body, headers=headers)
        assert answer.status_code == 201, f"{path} {answer.text}"
    async with registry.browser() as browser:
        await browser.post("/registry/own-data/ask", data={"email": MARKED[1]})
        await browser.post("/registry/sign-in", data={"address": MARKED[1]})
    await registry.run_job("send due letters")


def kept_mails(registry):
    folder = registry.app.state.settings.data / "mail"
    return [file.name for file in folder.glob("*") if MARKED[1] in file.read_text().lower()]


async def test_the_tombstone_has_an_id_a_version_and_nothing_else(registry):
    _, person = await somebody(registry)
    assert (await erased(registry, person)).status_code == 200
    [row] = [row for row in await registry.rows("person") if row.id == person["id"]]
    assert (row.name, row.administrator, row.version > person["version"], row.erased_at is not None) == (
        "", False, True, True,
    )  # fmt: skip
    for table in ("contact", "membership", "session", "password", "sign_in_link", "api_key"):
        assert [one for one in await registry.rows(table) if getattr(one, "person_id", None) == person["id"]] == []
    assert [one for one in await registry.rows("history") if one.by_person_id == person["id"]] == []


async def test_everybody_is_told_and_keys_end(registry):
    organisation, person = await somebody(registry)
    headers = registry.headers(a_coordinator(organisation["id"], id=person["id"]))
    await registry.client.post(f"{API}/keys", json={"name": "Skrypt", "scopes": ["calendar:read"]}, headers=headers)
    before = len(await registry.outgoing())
    assert (await erased(registry, person)).status_code == 200
    told = (await registry.outgoing())[before:]
    version = person["version"] + 1
    assert PersonErased(id=person["id"], version=version) in told
    assert [(one.id, one.version) for one in told if isinstance(one, PersonChanged)] == [(person["id"], version)]
    assert person["id"] in {one.id for one in told if isinstance(one, AccessRevoked)}
    [key] = [one for one in told if isinstance(one, ApiKeyChanged)]
    assert (key.revoked_at is not None, key.memberships, key.administrator) == (True, (), False)
    [known] = await registry.rows("known_api_key")
    assert known.revoked_at is not None
    for row in (await registry.rows("outbox"))[before:]:
        assert MARKED[0].encode() not in (row.body or b"")


async def test_their_token_holds_no_more(registry):
    organisation, person = await somebody(registry)
    headers = registry.headers(a_coordinator(organisation["id"], id=person["id"]))
    assert (await registry.client.get(f"{API}/people", headers=headers)).status_code == 200
    assert (await erased(registry, person)).status_code == 200
    assert (await registry.client.get(f"{API}/people", headers=headers)).status_code == 401


async def test_they_are_nowhere_to_be_seen_and_organisation_and_counts_stay(registry):
    organisation, person = await somebody(registry)
    headers = registry.headers(BOSS)
    count = len(await registry.rows("history"))
    assert (await erased(registry, person)).status_code == 200
    assert (await registry.client.get(f"{API}/people/{person['id']}", headers=headers)).status_code == 404
    listed = (await registry.client.get(f"{API}/people?limit=200", headers=headers)).json()["items"]
    assert person["id"] not in {one["id"] for one in listed}
    assert "" not in {one["name"] for one in listed}
    assert (await registry.client.get(f"{API}/organisations/{organisation['id']}")).json()["name"] == "Klub Seniora"
    assert len(await registry.rows("history")) == count + 1


async def test_who_may_erase_whom(registry):
    organisation, person = await somebody(registry)
    for other in (a_coordinator(organisation["id"]), a_person(neighbourhood_coordinator=True), a_person()):
        assert (await erased(registry, person, by=other)).status_code == 403
    assert (await erased(registry, person, version=99)).status_code == 412
    assert (await erased(registry, person, by=a_person(id=person["id"]))).status_code == 200
    assert (await erased(registry, person, version=1)).status_code == 404


async def test_the_last_administrator_stays(registry):
    def two_leave(session):
        boss = commands.ensure_administrator(session)
        other = new_person(session, PersonPlan(name="Druga Administratorka", administrator=True))
        commands.erase_person(session, by=an_administrator(), person_id=other.id)
        with pytest.raises(LastAdministrator):
            commands.erase_person(session, by=an_administrator(id=boss.id), person_id=boss.id)

    await registry.database.write(two_leave)


async def test_each_service_confirms_and_what_takes_too_long_is_named(registry, caplog):
    _, person = await somebody(registry)
    assert (await erased(registry, person)).status_code == 200
    address = f"{API}/people/{person['id']}/erasure"
    headers = registry.headers(BOSS)
    assert (await registry.client.get(address, headers=headers)).json()["complete"] is False
    version = person["version"] + 1
    for kind in (calendar.ErasureConfirmed, notifications.ErasureConfirmed, calendar.ErasureConfirmed):
        await registry.deliver(kind(id=person["id"], version=version))
    await registry.run_job("finish erasures")
    assert "registry" not in {row.service for row in await registry.rows("erasure_confirmation")}, "still on PEOPLE"
    await registry.database.write(the_relay_carries)
    await registry.run_job("finish erasures")
    report = (await registry.client.get(address, headers=headers)).json()
    confirmed = {one["service"] for one in report["services"] if one["confirmed_at"]}
    assert confirmed == {"registry", "calendar", "notifications"}
    assert report["late"] == []

    await registry.database.write(a_day_passes)
    assert (await registry.client.get(address, headers=headers)).json()["late"] == ["map"]
    await registry.run_job("look at erasures")
    assert "map has not confirmed for a day" in caplog.text
    assert MARKED[0] not in caplog.text

    await registry.deliver(map.ErasureConfirmed(id=person["id"], version=version))
    assert (await registry.client.get(address, headers=headers)).json()["complete"] is True


async def test_a_confirmation_of_nobody_is_no_matter(registry):
    _, person = await somebody(registry)
    await registry.deliver(map.ErasureConfirmed(id=person["id"], version=9))
    await registry.deliver(map.ErasureConfirmed(id=a_person().id, version=9))
    assert await registry.rows("erasure_confirmation") == []


async def test_what_another_person_shares_stays_theirs(registry):
    """A couple with one mail address: the letters that were asked for at it stay while one of them is here."""
    _, person = await somebody(registry)
    other = await posted(registry, "people", {"name": "Zenon Drugi", "contacts": CONTACTS[:1]})
    await registry.browser().post("/registry/sign-in", data={"address": MARKED[1]})
    links = len(await registry.rows("sign_in_link"))
    assert (await erased(registry, person)).status_code == 200
    assert len(await registry.rows("sign_in_link")) == links
    assert (await erased(registry, other)).status_code == 200
    assert len(await registry.rows("sign_in_link")) < links


def a_day_passes(session):
    session.execute(
        update(Person).where(Person.erased_at.is_not(None)).values(erased_at=clock.now() - timedelta(days=2))
    )


def test_the_operator_lists_who_was_erased_and_erases_again_whom_a_backup_brought_back(tmp_path):
    def run(*arguments):
        result = CliRunner().invoke(cli, list(arguments), env={"DATA": str(tmp_path), "OSIEDLE_CONNECTED": "no"})
        assert result.exit_code == 0, result.output
        return result.stdout

    run("token")
    for name in ("Anna Erased", "Ewa Here"):
        asyncio.run(in_registry(tmp_path, partial(new_person, plan=PersonPlan(name=name))))
    link = run("own-data-link", "--person", "anna erased").strip()
    assert link.startswith("http://127.0.0.1:8000/registry/own-data?key=ey")
    backup = (tmp_path / "registry.sqlite").read_bytes()
    asyncio.run(in_registry(tmp_path, erase_anna))
    listed = tmp_path / "erased.txt"
    listed.write_text(run("erasures"))
    assert len(listed.read_text().split()) == 1
    assert run("erase-again", str(listed)) == "0 people were erased again.\n"

    for file in tmp_path.glob("registry.sqlite*"):
        file.unlink()
    (tmp_path / "registry.sqlite").write_bytes(backup)
    assert run("erasures") == ""
    assert run("erase-again", str(listed)) == "1 people were erased again.\n"
    assert run("erasures") == listed.read_text()


def erase_anna(session):
    found = commands.chosen_person(session, role="administrator", name="Anna Erased")
    commands.erase_person(session, by=an_administrator(), person_id=found.id)


async def in_registry(folder, command):
    database = Database(sqlite_url(folder / "registry.sqlite"), Base.metadata, "registry")
    await database.start()
    try:
        await database.write(command)
    finally:
        await database.stop()


def the_relay_carries(session):
    session.execute(update(Outbox).values(published_at=clock.now()))
