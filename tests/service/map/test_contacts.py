"""How everybody may reach whose place it is: in every output, until it is taken back, and in the order of the clock."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import vobject
from sqlalchemy import select

from services.map.models import PublicContact
from shared import clock
from shared.identifiers import new_id
from shared.messages.map import ErasureConfirmed
from shared.messages.registry import PersonErased
from shared.shadow import rebuild_lock
from tests.builders import a_person
from tests.service.map.builders import a_fact, a_need, a_resource, a_venue, an_organisation, some_contacts
from tests.service.remains import remains

NUMBER, ADDRESS = "+48 12 411 41 21", "klub@example.org"
MAIL = {"kind": "email", "value": ADDRESS, "link": f"mailto:{ADDRESS}", "e164": None, "label": "biuro"}
BARBARA = {"person_id": new_id(), "person_name": "Barbara <Wójcik>", "role": "coordinator"}
OUTPUTS = (
    "/map/api/v1/places",
    "/map/",
    "/map/print",
    "/map/room",
    *(f"/map/api/v1/exports/places.{form}" for form in ("geojson", "csv", "kml", "gpx", "vcf")),
)


@pytest.fixture
async def club(the_map):
    """An organisation without an address of its own, its hall, something that it lends, and what it needs."""
    owner = an_organisation(name="Klub Seniora")
    of_it = {"organisation_id": owner.id}
    await the_map.deliver(owner, a_venue(**of_it), a_resource(**of_it), a_need(**of_it))
    return owner


async def outputs(the_map, *more: str) -> dict[str, str]:
    """Ask for everything that shows places; gives the texts by path."""
    async with the_map.browser() as browser:
        answers = {path: await browser.get(path, params={"lang": "en"}) for path in (*OUTPUTS[1:4], *more)}
    answers |= {path: await the_map.client.get(path) for path in OUTPUTS if path not in answers}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {path: answer.text.replace("\r\n ", "") for path, answer in answers.items()}


def saying(found: dict[str, str], *texts: str) -> set[str]:
    """Name the outputs in which one of these stands."""
    return {path for path, text in found.items() if any(one in text for one in texts)}


async def test_each_output_shows_the_contacts_of_whose_place_it_is(the_map, club):
    await the_map.deliver(some_contacts(club.id, {}, MAIL))
    card = f"/map/places/{club.id}"
    found = await outputs(the_map, card)

    assert saying(found, NUMBER, "+48124114121") == set(found)
    assert saying(found, ADDRESS) == set(found)
    for path in ("/map/", "/map/room", card):
        assert 'href="tel:+48124114121"' in found[path]
        assert f'href="mailto:{ADDRESS}"' in found[path]
    assert f'<p class="reach"><b>{NUMBER}</b></p>' in found["/map/print"]
    assert f"Call: {NUMBER}" in found[card], "without a script, too"


async def test_venues_resources_and_needs_have_the_contacts_of_their_organisation_and_facts_none(the_map, places, club):
    await the_map.deliver(a_fact(), some_contacts(club.id, MAIL))
    shown = {one["kind"]: one["contacts"] for one in await places()}
    wanted = {**MAIL, "person_name": None, "role": None, "until": None}
    assert shown.pop("fact") == []
    assert shown == {kind: [wanted] for kind in ("organisation", "venue", "resource", "need")}


async def test_whom_one_reaches_is_said_with_their_role_and_nothing_is_taken_for_markup(the_map, places, club):
    await the_map.deliver(some_contacts(club.id, {**BARBARA, "label": "komórka"}))
    [contact] = (await places(kind="organisation"))[0]["contacts"]
    assert (contact["person_name"], contact["role"], contact["e164"]) == (
        "Barbara <Wójcik>",
        "coordinator",
        "+48124114121",
    )
    assert "person_id" not in contact
    found = await outputs(the_map, f"/map/places/{club.id}")
    for path in ("/map/", "/map/print", "/map/room", f"/map/places/{club.id}"):
        assert "Barbara &lt;Wójcik&gt;, coordinator" in found[path]
    async with the_map.browser() as browser:
        assert "Barbara &lt;Wójcik&gt;, koordynacja" in (await browser.get("/map/", params={"lang": "pl"})).text


async def test_a_table_and_an_address_book_have_fields_for_them(the_map, club):
    extension = {"value": f"{NUMBER} wew. 5", "link": "tel:+48124114121;ext=5"}
    await the_map.deliver(some_contacts(club.id, {}, extension, MAIL))
    asked = {"kind": "organisation"}
    table = (await the_map.client.get("/map/api/v1/exports/places.csv", params=asked)).content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(table), delimiter=";")
    assert (row["phone"], row["email"]) == (f"'{NUMBER}, {NUMBER} wew. 5", ADDRESS)

    card = vobject.readOne((await the_map.client.get("/map/api/v1/exports/places.vcf", params=asked)).text)
    assert [one.value for one in card.tel_list] == ["tel:+48124114121", "tel:+48124114121;ext=5"]
    assert card.tel.params == {"VALUE": ["uri"], "TYPE": ["voice,work"]}
    assert card.email.value == ADDRESS


async def test_what_was_taken_back_is_in_no_output_once_that_was_heard(the_map, club):
    await the_map.deliver(some_contacts(club.id, {}, MAIL))
    await the_map.deliver(some_contacts(club.id, MAIL, version=2))
    found = await outputs(the_map, f"/map/places/{club.id}")
    assert saying(found, NUMBER, "124114121") == set()
    assert saying(found, ADDRESS) == set(found)

    await the_map.deliver(some_contacts(club.id, version=3), some_contacts(club.id, {}, MAIL, version=2))
    assert saying(await outputs(the_map), NUMBER, ADDRESS) == set(), "none is a state, and an older one changes nothing"
    assert await the_map.rows("public_contact") == []


async def test_no_byte_is_left_of_what_was_taken_back(the_map, club):
    marked = {"value": "+48 600 777 123", "link": "tel:+48600777123", "e164": "+48600777123", "label": "znak"}
    await the_map.deliver(some_contacts(club.id, marked, {**BARBARA, "person_name": "Zofia Znakowa"}))
    await the_map.run_job("let go of ended contacts")
    kept = await remains(the_map)
    assert b"600777123" in kept
    assert b"Zofia Znakowa" in kept

    await the_map.deliver(some_contacts(club.id, {}, MAIL, version=2))
    await the_map.run_job("let go of ended contacts")

    left = await remains(the_map)
    assert b"600 777 123" not in left
    assert b"600777123" not in left
    assert b"Zofia Znakowa" not in left
    assert ADDRESS.encode() in left
    assert [row.ended_at for row in await the_map.rows("known_contacts")] == [None]


async def test_what_somebody_still_reads_goes_at_the_next_turn(the_map, club):
    await the_map.deliver(some_contacts(club.id, {}), some_contacts(club.id, MAIL, version=2))
    lock = rebuild_lock(the_map.database)
    assert await lock.take()
    try:
        assert await the_map.run_job("let go of ended contacts") is False
        assert [row.ended_at is None for row in await the_map.rows("known_contacts")] == [False]
    finally:
        await lock.give_back()
    assert await the_map.run_job("let go of ended contacts") is True
    assert [row.ended_at for row in await the_map.rows("known_contacts")] == [None]


async def test_a_consent_ends_by_the_clock_without_any_message(the_map, club, monkeypatch):
    until = clock.now() + timedelta(hours=1)
    await the_map.deliver(some_contacts(club.id, {"until": until}, MAIL))
    assert saying(await outputs(the_map), NUMBER, "124114121") == set(OUTPUTS)
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: until)
        found = await outputs(the_map, f"/map/places/{club.id}")
    assert (saying(found, NUMBER, "124114121"), saying(found, ADDRESS)) == (set(), set(found))


async def test_a_confidential_place_may_be_called_and_says_no_address(the_map, places):
    shelter = an_organisation(name="Schronisko", confidential=True, latitude=50.09, longitude=19.92)
    await the_map.deliver(some_contacts(shelter.id, {}), shelter)
    [place] = await places()
    assert (place["address"], [one["value"] for one in place["contacts"]]) == ("", [NUMBER])
    card = (await the_map.client.get("/map/api/v1/exports/places.vcf")).text
    assert ("TEL" in card, "ADR" in card, "GEO" in card) == (True, False, False)


async def test_who_is_erased_goes_from_contacts_and_a_late_message_brings_nobody_back(the_map, places, club):
    theirs = {**BARBARA, "value": "+48 600 444 444", "link": "tel:+48600444444", "e164": "+48600444444"}
    await the_map.deliver(some_contacts(club.id, {}, theirs))
    await the_map.deliver(
        PersonErased(id=BARBARA["person_id"], version=4), some_contacts(club.id, {}, theirs, version=2)
    )
    shown = (await places(kind="organisation"))[0]["contacts"]
    assert [one["value"] for one in shown] == [NUMBER]
    await the_map.run_job("finish erasures")
    assert [one.id for one in await the_map.outgoing(ErasureConfirmed)] == [BARBARA["person_id"]]


async def test_a_contact_that_was_kept_meanwhile_goes_before_the_erasure_is_confirmed(the_map, club):
    await the_map.deliver(PersonErased(id=BARBARA["person_id"], version=4), some_contacts(club.id, {}))

    def keep_beside(session: Any) -> None:
        [row] = session.scalars(select(PublicContact)).all()
        row.person_id = BARBARA["person_id"]

    await the_map.database.write(keep_beside)
    await the_map.run_job("finish erasures")
    assert (await the_map.rows("public_contact"), await the_map.outgoing(ErasureConfirmed)) == ([], [])
    await the_map.run_job("finish erasures")
    assert len(await the_map.outgoing(ErasureConfirmed)) == 1


async def test_people_are_told_which_of_their_contacts_the_map_holds(the_map, club):
    await the_map.deliver(some_contacts(club.id, BARBARA, {}, {**BARBARA, "until": clock.now()}))
    me = a_person(id=BARBARA["person_id"])
    answer = await the_map.client.get("/map/own-data", headers=the_map.headers(me))
    held = answer.json()["contacts"]
    assert [(one["organisation_id"], one["value"]) for one in held] == [(club.id, NUMBER)] * 2
