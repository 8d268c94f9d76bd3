"""The registry forgets each class of data when its time is over, and nothing else."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from services.registry.__main__ import cli
from services.registry.models import (
    ApiKey,
    Audit,
    Contact,
    History,
    Invitation,
    KnownApiKey,
    Letter,
    Membership,
    Organisation,
    Person,
    SignedInSession,
    SignInLink,
    WrongPassword,
)
from shared import clock
from shared.identifiers import new_id
from shared.kept import CLASSES
from shared.messages.registry import PersonChanged
from tests.aging import add, all_rows, counts, forget, gone_from
from tests.harness import Running

DAY = timedelta(days=1)
NOW = clock.now()

Make = Callable[[str, datetime], Any]
"""Makes one row of a person that was over at an instant."""


def a_link(person: str, over_at: datetime) -> SignInLink:
    return SignInLink(person_id=person, secret_hash=new_id(), created_at=over_at - 7 * DAY, expires_at=over_at)


def a_used_link(person: str, over_at: datetime) -> SignInLink:
    return SignInLink(person_id=person, created_at=over_at, used_at=over_at, expires_at=NOW + 900 * DAY)


def a_wrong_password(person: str, over_at: datetime) -> WrongPassword:
    return WrongPassword(email_hash="e", network_hash="n", at=over_at)


def a_session(person: str, over_at: datetime) -> SignedInSession:
    at = over_at - 30 * DAY
    return SignedInSession(person_id=person, secret_hash=new_id(), created_at=at, expires_at=over_at)


def an_ended_session(person: str, over_at: datetime) -> SignedInSession:
    return SignedInSession(
        person_id=person, secret_hash=new_id(), created_at=over_at, ended_at=over_at, expires_at=NOW + 900 * DAY
    )


def a_letter(person: str, over_at: datetime) -> Letter:
    return Letter(
        kind="own_data", about_id=person, state="sent", due_at=over_at, created_at=over_at - 900 * DAY, sent_at=over_at
    )


def a_letter_given_up(person: str, over_at: datetime) -> Letter:
    return Letter(kind="own_data", about_id=person, state="given_up", due_at=over_at, created_at=over_at)


def an_invitation(person: str, over_at: datetime, **values: Any) -> Invitation:
    return Invitation(**{"created_at": over_at - 14 * DAY, "expires_at": over_at, **values})


def an_accepted_invitation(person: str, over_at: datetime) -> Invitation:
    return an_invitation(person, NOW + 900 * DAY, accepted_at=over_at)


def a_withdrawn_invitation(person: str, over_at: datetime) -> Invitation:
    return an_invitation(person, NOW + 900 * DAY, withdrawn_at=over_at)


def a_contact(person: str, over_at: datetime, **values: Any) -> Contact:
    defaults = {"person_id": person, "kind": "phone", "value": "+48 12 000 00 01", "valid_until_at": over_at}
    return Contact(**{**defaults, "created_at": over_at, **values})


def a_withdrawn_contact(person: str, over_at: datetime) -> Contact:
    return a_contact(person, NOW + 900 * DAY, withdrawn_at=over_at)


def a_key(person: str, over_at: datetime) -> ApiKey:
    return ApiKey(person_id=person, kind="program", name="k", secret_hash="h", created_at=over_at, expires_at=over_at)


def a_revoked_key(person: str, over_at: datetime) -> ApiKey:
    return ApiKey(person_id=person, kind="feed", name="k", secret_hash="h", created_at=over_at, revoked_at=over_at)


def a_known_key(person: str, over_at: datetime) -> KnownApiKey:
    facts = {"administrator": False, "neighbourhood_coordinator": False, "roles": {}, "scopes": []}
    return KnownApiKey(
        id=new_id(), version=1, kind="feed", secret_hash="h", person_id=person, revoked_at=over_at, **facts
    )


def an_audit_row(person: str, over_at: datetime) -> Audit:
    return Audit(at=over_at, subject_id=person, action="read", fields=["name"])


def a_history_row(person: str, over_at: datetime) -> History:
    return History(
        aggregate="person", aggregate_id=person, version=1, action="changed", reason="", changes={}, at=over_at
    )


OVER: list[tuple[str, str, Make]] = [
    ("sign_in_links", "sign_in_link", a_link),
    ("sign_in_links", "sign_in_link", a_used_link),
    ("wrong_passwords", "wrong_password", a_wrong_password),
    ("letters", "letter", a_letter),
    ("letters", "letter", a_letter_given_up),
    ("invitations", "invitation", an_invitation),
    ("invitations", "invitation", an_accepted_invitation),
    ("invitations", "invitation", a_withdrawn_invitation),
    ("api_keys", "api_key", a_key),
    ("api_keys", "api_key", a_revoked_key),
    ("api_keys", "known_api_key", a_known_key),
    ("audit", "audit", an_audit_row),
    ("history", "history", a_history_row),
]


async def a_person_of_ours(registry: Running, **values: Any) -> str:
    """Write a person with an open session, a live contact and a role nowhere."""
    person = Person(id=new_id(), name="Barbara Wójcik", created_at=NOW, **values)
    live = [
        a_session(person.id, NOW + 10 * DAY),
        a_contact(person.id, NOW + 10 * DAY),
        Letter(kind="own_data", about_id=person.id, state="due", due_at=NOW, created_at=NOW - 900 * DAY),
        an_invitation(person.id, NOW + 10 * DAY, name="Jan", email="jan@example.org"),
        ApiKey(person_id=person.id, kind="feed", name="k", secret_hash="h", created_at=NOW - 900 * DAY),
    ]
    await add(registry, person, *live)
    return person.id


@pytest.mark.parametrize(("name", "table", "make"), OVER, ids=lambda value: getattr(value, "__name__", str(value)))
async def test_what_is_older_goes_and_what_is_younger_stays(
    registry: Running, name: str, table: str, make: Make
) -> None:
    person = await a_person_of_ours(registry)
    kept = timedelta(days=CLASSES[name].days)
    ends = (NOW - kept - DAY, NOW - kept - DAY, NOW - kept + DAY / 2)
    await add(registry, *(make(person, end) for end in ends))
    before = await all_rows(registry)
    assert counts(await forget(registry, NOW, dry_run=True)) == {name: 2}
    assert await all_rows(registry) == before
    assert counts(await forget(registry, NOW)) == {name: 2}
    assert gone_from(before, await all_rows(registry)) == {table: 2}
    assert counts(await forget(registry, NOW)) == {}


@pytest.mark.parametrize(
    ("name", "make"),
    [(name, make) for name, _, make in OVER if not CLASSES[name].fixed],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
async def test_what_is_kept_for_ever_stays(registry_on_sqlite: Running, name: str, make: Make) -> None:
    registry = registry_on_sqlite
    await add(registry, make(await a_person_of_ours(registry), NOW - 9999 * DAY))
    before = await all_rows(registry)
    outcome = (await forget(registry, NOW, days={name: 0}))[name]
    assert (outcome.days, outcome.count) == (None, 0)
    assert await all_rows(registry) == before


@pytest.mark.parametrize("make", [a_session, an_ended_session])
async def test_of_a_forgotten_session_only_its_day_is_kept_with_the_person(registry: Running, make: Make) -> None:
    person = await a_person_of_ours(registry)
    old, older, young = make(person, NOW - 31 * DAY), make(person, NOW - 61 * DAY), make(person, NOW - 29 * DAY)
    await add(registry, old, older, young)
    before = await all_rows(registry)
    assert counts(await forget(registry, NOW)) == {"sessions": 2}
    assert gone_from(before, await all_rows(registry)) == {"session": 2, "person": 1}
    [row] = [row for row in await registry.rows("person") if row.id == person]
    assert row.signed_in_at == old.created_at
    await add(registry, make(person, NOW - 400 * DAY))
    await forget(registry, NOW)
    [row] = [row for row in await registry.rows("person") if row.id == person]
    assert row.signed_in_at == old.created_at


@pytest.mark.parametrize("make", [an_invitation, an_accepted_invitation, a_withdrawn_invitation])
async def test_name_and_address_of_an_invitation_go_at_once(registry: Running, make: Make) -> None:
    invitation = make(await a_person_of_ours(registry), NOW - timedelta(minutes=1))
    invitation.name, invitation.email = "Maria", "maria@example.org"
    await add(registry, invitation)
    assert counts(await forget(registry, NOW, dry_run=True)) == {"invited_names": 1}
    assert counts(await forget(registry, NOW)) == {"invited_names": 1}
    values = {(row.name, row.email) for row in await registry.rows("invitation")}
    assert values == {("", ""), ("Jan", "jan@example.org")}
    assert counts(await forget(registry, NOW)) == {}


@pytest.mark.parametrize("make", [a_contact, a_withdrawn_contact])
async def test_a_contact_without_consent_goes_and_is_told_and_noted_without_its_value(
    registry: Running, make: Make
) -> None:
    person = await a_person_of_ours(registry)
    await add(registry, make(person, NOW - 91 * DAY), make(person, NOW - 89 * DAY))
    before = await all_rows(registry)
    told = len(await registry.outgoing(PersonChanged))
    assert counts(await forget(registry, NOW, dry_run=True)) == {"contacts": 1}
    assert await all_rows(registry) == before
    assert counts(await forget(registry, NOW)) == {"contacts": 1}
    assert gone_from(before, await all_rows(registry)) == {"contact": 1, "person": 1}
    newest = (await registry.outgoing(PersonChanged))[told:]
    assert [(message.id, message.version) for message in newest] == [(person, 2)]
    [note] = await registry.rows("audit")
    assert (note.subject_id, note.action, note.fields, note.by_service) == (
        person,
        "removed",
        ["contact.phone"],
        "retention",
    )


async def test_a_contact_of_an_organisation_goes_too(registry: Running) -> None:
    one = Organisation(id=new_id(), name="Klub", kind="ngo", search_text="klub", created_at=NOW)
    over = a_contact("", NOW - 91 * DAY, person_id=None, organisation_id=one.id)
    await add(registry, one, over)
    assert counts(await forget(registry, NOW)) == {"contacts": 1}
    assert await registry.rows("contact") == []


async def test_many_rows_go_in_several_transactions(registry: Running) -> None:
    person = await a_person_of_ours(registry)
    await add(registry, *(a_link(person, NOW - 30 * DAY) for _ in range(450)))
    assert counts(await forget(registry, NOW)) == {"sign_in_links": 450}


async def test_the_job_forgets_and_logs_counts_alone(registry: Running, caplog: pytest.LogCaptureFixture) -> None:
    person = await a_person_of_ours(registry)
    await add(registry, a_link(person, NOW - 30 * DAY))
    with caplog.at_level(logging.INFO):
        await registry.run_job("forget what was kept long enough")
    assert "registry forgot 1 of sign_in_links, after 7 days" in caplog.text
    assert person not in caplog.text
    caplog.clear()
    with caplog.at_level(logging.INFO):
        await registry.run_job("forget what was kept long enough")
    assert caplog.text == ""


async def test_the_operator_counts_first_and_forgets_then(
    registry_on_sqlite: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await a_person_of_ours(registry_on_sqlite)
    welcome = len(await registry_on_sqlite.rows("sign_in_link"))
    await add(registry_on_sqlite, a_link(person, NOW - 30 * DAY), a_link(person, NOW - 3 * DAY))
    monkeypatch.setenv("OSIEDLE_DATABASE_URL", str(registry_on_sqlite.database.url))
    monkeypatch.setenv("OSIEDLE_DATA", str(registry_on_sqlite.app.state.settings.data))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["retention", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    lines = (await asyncio.to_thread(run, "--dry-run")).splitlines()
    assert lines[0].split() == ["class", "days", "would", "go"]
    assert ["sign_in_links", "7", "1"] in [line.split() for line in lines]
    assert len(await registry_on_sqlite.rows("sign_in_link")) == 2 + welcome
    told = {one["name"]: one["count"] for one in json.loads(await asyncio.to_thread(run, "--json"))}
    assert told["sign_in_links"] == 1
    assert set(told) >= {one.name for one in CLASSES.values() if "registry" in one.services}
    assert len(await registry_on_sqlite.rows("sign_in_link")) == 1 + welcome


async def somebody(registry: Running, **values: Any) -> str:
    """Write a person without any role who was registered long ago."""
    one = Person(**{"id": new_id(), "name": "Maria", "created_at": NOW - 900 * DAY, **values})
    await add(registry, one)
    return one.id


async def test_at_first_nobody_is_erased_for_being_away(registry_on_sqlite: Running) -> None:
    await somebody(registry_on_sqlite)
    outcome = (await forget(registry_on_sqlite, NOW))["people"]
    assert (outcome.days, outcome.count, outcome.ids) == (None, 0, ())


async def test_who_has_no_role_and_was_long_away_is_listed_and_then_erased(registry: Running) -> None:
    gone = await somebody(registry)
    long_ago = await somebody(registry, signed_in_at=NOW - 401 * DAY)
    here = Organisation(id=new_id(), name="Klub", kind="ngo", search_text="klub", created_at=NOW)
    kept = [
        await somebody(registry, administrator=True),
        await somebody(registry, neighbourhood_coordinator=True),
        await somebody(registry, created_at=NOW - 399 * DAY),
        await somebody(registry, signed_in_at=NOW - 399 * DAY),
        member := await somebody(registry),
        lately := await somebody(registry),
        invited := await somebody(registry),
        reading := await somebody(registry),
    ]
    await add(registry, here, Membership(person_id=member, organisation_id=here.id, role="member"))
    await add(registry, a_session(lately, NOW - 300 * DAY))
    await add(registry, an_invitation(invited, NOW + DAY, person_id=invited))
    key = a_key(reading, NOW - 500 * DAY)
    key.used_at, key.expires_at = NOW - 2 * DAY, None
    await add(registry, key)
    before = await all_rows(registry)
    planned = (await forget(registry, NOW, dry_run=True, days={"people": 400, "sessions": 0}))["people"]
    assert set(planned.ids) == {gone, long_ago}
    assert await all_rows(registry) == before
    assert (await forget(registry, NOW, days={"people": 400, "sessions": 0}))["people"].count == 2
    rows = {row.id: row for row in await registry.rows("person")}
    assert all(rows[one].erased_at is not None and rows[one].name == "" for one in (gone, long_ago))
    assert all(rows[one].erased_at is None and rows[one].name == "Maria" for one in kept)
    assert (await forget(registry, NOW, days={"people": 400}))["people"].count == 0


async def test_a_forgotten_session_still_counts_for_its_person(registry_on_sqlite: Running) -> None:
    person = await somebody(registry_on_sqlite)
    await add(registry_on_sqlite, a_session(person, NOW - 100 * DAY))
    assert counts(await forget(registry_on_sqlite, NOW)) == {"sessions": 1}
    assert (await forget(registry_on_sqlite, NOW, days={"people": 400}))["people"].count == 0
    assert (await forget(registry_on_sqlite, NOW, days={"people": 100}))["people"].count == 1
