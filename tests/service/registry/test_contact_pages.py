"""The pages of contacts: four plain choices, a last day, take it back, delete it; one's own and an institution's."""

import re
from datetime import datetime
from typing import Any

import httpx
import pytest

from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, a_contact, a_registered_person, an_organisation

PHONE, EMAIL = "+48 600 444 444", "barbara@example.org"
OWN = "/registry/account/contacts"


async def barbara(registry: Running, *contacts: dict[str, Any]) -> Person:
    """Register somebody with these contacts, and give who they are when they sign in."""
    one = (await an_organisation(registry))["id"]
    made = await a_registered_person(registry, one, contacts=list(contacts))
    return a_coordinator(one, id=made["id"])


async def contact(registry: Running) -> Any:
    """Give the only contact there is."""
    [row] = await registry.rows("contact")
    return row


def form(page: str) -> dict[str, str]:
    """Read what a form of ours holds, as a browser would send it."""
    found = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))
    found |= dict(re.findall(r'type="radio" name="(\w+)" value="(\w+)" checked', page))
    return found


async def saved(browser: httpx.AsyncClient, address: str, **values: str) -> httpx.Response:
    """Open a form, change some of it, and press its first button."""
    page = await browser.get(address)
    assert page.status_code == 200
    return await browser.post(address, data={**form(page.text), "do": "save", **values})


async def test_somebody_adds_a_number_and_decides_who_sees_it(registry: Running) -> None:
    person = await barbara(registry)
    async with registry.browser(person) as browser:
        assert "Nie ma tu jeszcze żadnego numeru" in (await browser.get(OWN)).text
        page = (await browser.get(f"{OWN}/new")).text
        assert len(re.findall('type="radio" name="visibility"', page)) == 4
        assert 'value="private" checked' in page
        done = await saved(browser, f"{OWN}/new", kind="phone", value=PHONE, visibility="partners", until="2090-06-30")
        assert (done.status_code, done.headers["location"]) == (303, f"{OWN}?notice=added")
        shown = (await browser.get(done.headers["location"])).text
        own_data = (await browser.get("/registry/own-data")).text
    assert "30 czerwca 2090" in own_data, "the last day on which it holds, as it was typed"
    for words in ("Dodano.", PHONE, "Partnerzy: osoby", "30 czerwca 2090", "Kontakt ze mną"):
        assert words in shown, words
    row = await contact(registry)
    assert (row.visibility, row.legal_basis) == ("partners", "consent")
    assert row.valid_until_at.astimezone() == datetime.fromisoformat("2090-07-01T00:00:00+02:00")


async def test_what_was_typed_stays_when_it_is_refused(registry_on_sqlite: Running) -> None:
    person = await barbara(registry_on_sqlite)
    async with registry_on_sqlite.browser(person) as browser:
        for values, words in (
            ({"kind": "email", "value": "barbara.gmail"}, "To nie jest adres e-mail"),
            ({"kind": "phone", "value": ""}, "Wypełnij to pole"),
            ({"kind": "phone", "value": PHONE, "until": "2020-01-01"}, "Ten dzień już minął"),
            ({"kind": "phone", "value": PHONE, "until": "jutro"}, "Wpisz dzień w postaci"),
            ({"kind": "phone", "value": PHONE, "visibility": "public", "purpose": ""}, "Napisz, po co"),
        ):
            page = await saved(browser, f"{OWN}/new", **values)
            assert page.status_code == 422
            assert page.text.count(words) == 2, words
            assert f'value="{values["value"]}"' in page.text
    assert await registry_on_sqlite.rows("contact") == []


async def test_it_is_changed_taken_back_agreed_to_again_and_deleted(registry: Running) -> None:
    person = await barbara(registry, {"kind": "phone", "value": PHONE, "visibility": "public"})
    address = f"{OWN}/{(await contact(registry)).id}"
    card = f"/registry/organisations/{next(iter(person.roles))}"
    async with registry.browser(person) as browser, registry.browser() as stranger:
        assert PHONE in (await stranger.get(card)).text
        assert (await saved(browser, address, visibility="coordinators")).status_code == 303
        assert PHONE not in (await stranger.get(card)).text
        assert (await browser.post(address, data={"do": "withdraw"})).headers["location"].endswith("notice=withdrawn")
        assert "zgoda cofnięta" in (await browser.get(OWN)).text
        assert "teraz nikt inny tego nie widzi" in (await browser.get(card)).text
        assert "Wyraź zgodę ponownie" in (await browser.get(address)).text
        assert (await saved(browser, address, visibility="public")).status_code == 303
        assert (await contact(registry)).withdrawn_at is None
        assert PHONE in (await stranger.get(card)).text
        assert (await browser.post(address, data={"do": "remove"})).headers["location"].endswith("notice=removed")
        assert (await browser.get(address)).status_code == 404
    assert await registry.rows("contact") == []


async def test_who_was_slower_does_not_overwrite(registry_on_sqlite: Running) -> None:
    person = await barbara(registry_on_sqlite, {"kind": "phone", "value": PHONE})
    address = f"{OWN}/{(await contact(registry_on_sqlite)).id}"
    async with registry_on_sqlite.browser(person) as browser:
        page = form((await browser.get(address)).text)
        assert (await browser.post(address, data={**page, "label": "rano"})).status_code == 303
        assert (await browser.post(address, data={**page, "label": "wieczorem"})).status_code == 412


async def test_the_owner_of_an_address_is_told_what_taking_it_back_means(registry_on_sqlite: Running) -> None:
    person = await barbara(registry_on_sqlite, {"kind": "email", "value": EMAIL})
    async with registry_on_sqlite.browser(person) as browser:
        page = (await browser.get(f"{OWN}/{(await contact(registry_on_sqlite)).id}")).text
    assert "nie będą już wysyłane powiadomienia" in page
    assert "nie będzie można się nim logować" in page


async def test_contacts_of_somebody_else_are_not_there(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    person = await barbara(registry, {"kind": "phone", "value": PHONE, "visibility": "public"})
    one = (await contact(registry)).id
    for other in (a_coordinator(*person.roles), ADMINISTRATOR):
        async with registry.browser(other) as browser:
            assert (await browser.get(f"{OWN}/{one}")).status_code == 404
            assert (await browser.post(f"{OWN}/{one}", data={"do": "remove"})).status_code == 404
    async with registry.browser() as browser:
        assert (await browser.get(OWN)).status_code == 401


async def test_those_who_speak_for_an_institution_keep_its_contacts(registry: Running) -> None:
    one = (await an_organisation(registry, name="Klub Seniora"))["id"]
    await a_contact(registry, one, value="+48 12 000 00 01", visibility="public")
    address = f"/registry/organisations/{one}/contacts"
    async with registry.browser(a_coordinator(one)) as browser:
        assert f'href="{address}"' in (await browser.get(f"/registry/organisations/{one}")).text
        page = (await browser.get(address)).text
        assert "+48 12 000 00 01" in page
        assert "Klub Seniora" in page
        done = await saved(browser, f"{address}/new", kind="email", value="klub@example.org", visibility="public")
        assert done.headers["location"] == f"{address}?notice=added"
    for other in (a_coordinator(one[::-1]), a_person(roles={one: "member"})):
        async with registry.browser(other) as browser:
            assert (await browser.get(address)).status_code == 403
            assert (await browser.post(f"{address}/new", data={"kind": "phone", "value": "112"})).status_code == 403
            assert f'href="{address}"' not in (await browser.get(f"/registry/organisations/{one}")).text


@pytest.mark.parametrize("language", ["pl", "en"])
async def test_the_pages_are_shown_in_both_languages(registry_on_sqlite: Running, language: str) -> None:
    person = await barbara(registry_on_sqlite, {"kind": "email", "value": EMAIL, "visibility": "coordinators"})
    one = (await contact(registry_on_sqlite)).id
    async with registry_on_sqlite.browser(person) as browser:
        for address in (OWN, f"{OWN}/new", f"{OWN}/{one}"):
            page = (await browser.get(address, params={"lang": language})).text
            assert f'<html lang="{language}">' in page
            assert ("Who may see it?" in page) == (language == "en" and address != OWN)
            assert "%(" not in page
