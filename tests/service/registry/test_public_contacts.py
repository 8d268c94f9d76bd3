"""How everybody may reach an organisation is told whenever it is otherwise, and nothing else ever is."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from services.registry import commands, queries
from services.registry.models import Contact, ToldContacts
from shared import clock
from shared.identifiers import new_id
from shared.messages.registry import ContactsChanged, PersonChanged, PublicContact
from tests.builders import an_administrator
from tests.harness import Running
from tests.service.registry.builders import (
    ADMINISTRATOR,
    API,
    a_contact,
    a_registered_person,
    an_organisation,
    posted,
)

PHONE, EMAIL = "+48 12 411 41 21", "klub@example.org"
THEIRS = {"kind": "phone", "value": "600 444 444", "label": "komórka", "visibility": "public"}


async def told(registry: Running, organisation_id: str) -> list[int]:
    """Give the versions that were told of an organisation's contacts."""
    messages = await registry.outgoing(ContactsChanged)
    return [message.version for message in messages if message.id == organisation_id]


async def contacts_of(registry: Running, organisation_id: str) -> tuple[PublicContact, ...]:
    """Give the contacts that the relay would publish now."""
    state = await registry.database.read(queries.contacts_state, organisation_id)
    assert state is not None
    assert [state.version] == (await told(registry, organisation_id))[-1:]
    return state.contacts


async def values_of(registry: Running, organisation_id: str) -> list[str]:
    return [one.value for one in await contacts_of(registry, organisation_id)]


async def asked(registry: Running, method: str, path: str, status: int = 200, **options: Any) -> Any:
    headers = {**registry.headers(ADMINISTRATOR), **options.pop("headers", {})}
    answer = await registry.client.request(method, f"{API}/{path}", headers=headers, **options)
    assert answer.status_code == status, answer.text
    return answer


async def test_what_everybody_may_see_is_told_with_all_that_a_listener_needs(registry: Running) -> None:
    club = (await an_organisation(registry))["id"]
    until = clock.now() + timedelta(days=9)
    await a_contact(registry, club, value=f"{PHONE} wew. 5", visibility="public", label="sekretariat")
    person = await a_registered_person(
        registry, club, contacts=[{**THEIRS, "valid_until_at": until.isoformat()}, {"kind": "email", "value": EMAIL}]
    )
    own, theirs = await contacts_of(registry, club)
    assert own == PublicContact(
        kind="phone",
        value=f"{PHONE} wew. 5",
        link="tel:+48124114121;ext=5",
        e164="+48124114121",
        label="sekretariat",
    )
    assert theirs == PublicContact(
        kind="phone",
        value="+48 600 444 444",
        link="tel:+48600444444",
        e164="+48600444444",
        label="komórka",
        person_id=person["id"],
        person_name="Barbara Wójcik",
        role="coordinator",
        until=until,
    )
    assert await told(registry, club) == [1, 2]
    outbox = [row.body for row in await registry.rows("outbox") if row.type == ContactsChanged.type]
    assert outbox == [None, None], "no value stands in the outbox"


async def test_what_not_everybody_may_see_is_never_told_nor_that_it_changed(registry: Running) -> None:
    club = (await an_organisation(registry))["id"]
    for level in ("partners", "coordinators", "private"):
        contact = await a_contact(registry, club, visibility=level, kind="email", value=EMAIL)
        path = f"organisations/{club}/contacts/{contact['id']}"
        await asked(registry, "PATCH", path, json={"label": "inne"}, headers={"If-Match": '"1"'})
    for kind, value in (("website", "https://example.org"), ("address", "ul. Łokietka 1"), ("other", "Signal")):
        await a_contact(registry, club, visibility="public", kind=kind, value=value)
    await a_registered_person(registry, club, contacts=[{**THEIRS, "visibility": "partners"}])
    assert await told(registry, club) == []
    assert await registry.database.read(queries.contacts_state, club) is None


async def test_each_change_of_a_contact_is_told_at_once_and_none_left_is_a_state_too(registry: Running) -> None:
    club = (await an_organisation(registry))["id"]
    contact = await a_contact(registry, club, value=PHONE)
    path = f"organisations/{club}/contacts/{contact['id']}"
    assert await told(registry, club) == []
    for version, (changes, values) in enumerate(
        (
            ({"visibility": "public"}, [PHONE]),
            ({"value": "12 634 00 00"}, ["+48 12 634 00 00"]),
            ({"purpose": "Zapisy"}, ["+48 12 634 00 00"]),
            ({"visibility": "partners"}, []),
            ({"visibility": "public"}, ["+48 12 634 00 00"]),
        ),
        start=1,
    ):
        await asked(registry, "PATCH", path, json=changes, headers={"If-Match": f'"{version}"'})
        assert await values_of(registry, club) == values
    assert await told(registry, club) == [1, 2, 3, 4], "a purpose is nobody else's matter"
    await asked(registry, "POST", f"{path}/withdraw")
    assert await values_of(registry, club) == []
    assert await told(registry, club) == [1, 2, 3, 4, 5]
    second = await a_contact(registry, club, kind="email", value=EMAIL, visibility="public")
    assert await values_of(registry, club) == [EMAIL]
    await asked(registry, "DELETE", f"organisations/{club}/contacts/{second['id']}", 204)
    assert await values_of(registry, club) == []


async def test_a_person_is_told_of_where_they_belong_by_the_name_they_have_now(registry: Running) -> None:
    club, school = [(await an_organisation(registry, name=name))["id"] for name in ("Klub", "Szkoła")]
    person = await a_registered_person(registry, club, contacts=[THEIRS])
    path = f"people/{person['id']}"
    await asked(registry, "PATCH", path, json={"name": "Barbara Kot"}, headers={"If-Match": '"1"'})
    assert [one.person_name for one in await contacts_of(registry, club)] == ["Barbara Kot"]
    role: dict[str, Any] = {"json": {"role": "leader"}, "headers": {"If-Match": '"2"'}}
    await asked(registry, "PUT", f"{path}/memberships/{school}", **role)
    assert [one.role for one in await contacts_of(registry, school)] == ["leader"]
    await asked(registry, "DELETE", f"{path}/memberships/{club}")
    assert (await values_of(registry, club), len(await values_of(registry, school))) == ([], 1)


async def test_who_is_erased_is_in_no_state_any_more_and_that_is_carried_before_it_is_confirmed(
    registry: Running,
) -> None:
    club = (await an_organisation(registry))["id"]
    await a_contact(registry, club, value=PHONE, visibility="public")
    person = await a_registered_person(registry, club, contacts=[THEIRS])
    assert len(await values_of(registry, club)) == 2
    await asked(registry, "DELETE", f"people/{person['id']}", headers={"If-Match": '"1"'})
    assert await values_of(registry, club) == [PHONE]

    def carry_all_but_contacts(session: Any) -> None:
        outbox = registry.database.outbox_table
        carried = update(outbox).where(outbox.c.type != ContactsChanged.type)
        session.execute(carried.values(published_at=clock.now()))

    await registry.database.write(carry_all_but_contacts)
    await registry.run_job("finish erasures")
    assert await registry.rows("erasure_confirmation") == []
    outbox = registry.database.outbox_table
    await registry.database.write(
        lambda session: session.execute(update(outbox).values(published_at=clock.now())) and None
    )
    await registry.run_job("finish erasures")
    assert [row.service for row in await registry.rows("erasure_confirmation")] == ["registry"]


async def test_contacts_go_with_a_merge_and_come_back_and_an_ended_organisation_has_none(registry: Running) -> None:
    kept, other = [(await an_organisation(registry, name=name))["id"] for name in ("Szkoła nr 113", "SP 113")]
    await a_contact(registry, other, value=PHONE, visibility="public")
    await a_registered_person(registry, other, contacts=[THEIRS])
    merge = await posted(registry, f"organisations/{kept}/merge", {"other_id": other})
    assert (len(await values_of(registry, kept)), await values_of(registry, other)) == (2, [])
    await asked(registry, "POST", f"merges/{merge['id']}/undo", json={})
    assert (await values_of(registry, kept), len(await values_of(registry, other))) == ([], 2)

    version = (await asked(registry, "GET", f"organisations/{other}")).headers["etag"]
    ended: dict[str, Any] = {"json": {"status": "ended"}, "headers": {"If-Match": version}}
    version = (await asked(registry, "PATCH", f"organisations/{other}", **ended)).headers["etag"]
    assert await values_of(registry, other) == []
    active: dict[str, Any] = {"json": {"status": "active"}, "headers": {"If-Match": version}}
    await asked(registry, "PATCH", f"organisations/{other}", **active)
    assert len(await values_of(registry, other)) == 2


async def test_a_consent_that_ends_is_told_by_the_clock_and_so_is_what_nobody_was_told_yet(registry: Running) -> None:
    club, school = [(await an_organisation(registry, name=name))["id"] for name in ("Klub", "Szkoła")]
    contact = await a_contact(registry, club, value=PHONE, visibility="public")
    await a_contact(registry, school, value="12 634 00 00", visibility="public")

    def time_passes(session: Any) -> None:
        over = update(Contact).where(Contact.id == contact["id"])
        session.execute(over.values(valid_until_at=clock.now() - timedelta(seconds=1)))
        session.delete(session.get(ToldContacts, school))

    await registry.run_job("tell who can be reached")
    assert (await told(registry, club), await told(registry, school)) == ([1], [1])
    await registry.database.write(time_passes)
    for _ in range(2):
        await registry.run_job("tell who can be reached")
        assert (await values_of(registry, club), await values_of(registry, school)) == ([], ["+48 12 634 00 00"])
    assert (await told(registry, club), await told(registry, school)) == ([1, 2], [1, 1])


async def test_imported_organisations_are_told_of_where_the_table_says_that_their_numbers_are_public(
    registry: Running,
) -> None:
    head, rows = "nazwa;telefon;widoczność", ("Klub Seniora;12 411 41 21;publiczne", "Szkoła;12 634 00 00;")
    table = "\n".join((head, *rows)).encode()
    answer = await asked(registry, "POST", "imports", content=table, headers={"Content-Type": "text/csv"})
    club, school = [one["organisation_id"] for one in answer.json()["items"]]
    assert await values_of(registry, club) == [PHONE]
    assert await told(registry, school) == []


async def test_telling_again_what_was_told_is_nothing(registry: Running) -> None:
    club = (await an_organisation(registry))["id"]
    await a_contact(registry, club, value=PHONE, visibility="public")
    await registry.database.write(commands.tell_contacts, [club, club, an_administrator().id])
    assert await told(registry, club) == [1]


async def test_what_an_old_backup_brought_back_is_told_with_a_later_version_once(registry: Running) -> None:
    club = await an_organisation(registry)
    await a_contact(registry, club["id"], value=PHONE, visibility="public")
    person = await a_registered_person(registry, club["id"])
    assert await told(registry, club["id"]) == [1]
    for _ in range(2):
        await registry.database.write(commands.lift_contacts, club["id"], 5)
        await registry.database.write(commands.lift_person, person["id"], 5)
    assert await told(registry, club["id"]) == [1, 6]
    assert await values_of(registry, club["id"]) == [PHONE]
    versions = [one.version for one in await registry.outgoing(PersonChanged) if one.id == person["id"]]
    assert versions[-1] == 6
    assert versions.count(6) == 1
    state = await registry.database.read(queries.person_state, person["id"])
    assert state is not None
    assert state.version == 6


async def test_nobody_who_is_gone_gets_a_later_version(registry: Running) -> None:
    person = await a_registered_person(registry)
    await registry.database.write(commands.erase_person, by=ADMINISTRATOR, person_id=person["id"], reason="na prośbę")
    before = len(await registry.outgoing())
    for one in (person["id"], new_id()):
        await registry.database.write(commands.lift_person, one, 50)
        await registry.database.write(commands.lift_contacts, one, 50)
    assert len(await registry.outgoing()) == before
