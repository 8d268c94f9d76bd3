"""What is taken away of organisations comes back unchanged, and nobody takes a contact that they may not see."""

import pytest

from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_contact, an_organisation

LEVELS = {"public": "12 000 00 01", "partners": "12 000 00 02", "private": "12 000 00 03"}


async def a_registry(registry: Running) -> str:
    """Register two organisations with all that a table can say of one; gives the id of the first."""
    first = await an_organisation(
        registry,
        name="Klub „Azory”, filia; nr 2",
        kind="ngo",
        description='=cmd|" /C calc"!A0\nDruga linia',
        address="ul. Różyckiego 5, 31-234 Kraków",
        latitude=50.0885,
        longitude=19.911,
        audiences=["seniors", "children"],
        themes=["sport", "gardening"],
        nip="5260250274",
    )
    for level, value in LEVELS.items():
        await a_contact(registry, first["id"], value=value, visibility=level)
    await a_contact(registry, first["id"], kind="email", value="klub@example.org", visibility="public")
    second = await an_organisation(registry, name="Szkoła", kind="school", themes=["theatre"])
    await a_contact(registry, second["id"], kind="website", value="https://example.org/szkoła")
    return str(first["id"])


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("file", ["organisations.csv", "organisations.csv?for=excel", "organisations.xlsx"])
async def test_an_export_is_imported_again_and_changes_nothing(registry: Running, file: str, language: str) -> None:
    await a_registry(registry)
    headers = {**registry.headers(ADMINISTRATOR), "Accept-Language": language}
    answer = await registry.client.get(f"{API}/exports/{file}", headers=headers)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    tables = ("organisation", "contact", "outbox")
    before = {table: await registry.rows(table) for table in tables}
    report = (await registry.client.post(f"{API}/imports", content=answer.content, headers=headers)).json()
    assert [item["result"] for item in report["items"]] == ["unchanged", "unchanged"], report
    for table in ("contact", "outbox"):
        assert await registry.rows(table) == before[table]
    assert [row.version for row in await registry.rows("organisation")] == [1, 1]


async def test_excel_gets_semicolons_commas_and_a_mark_and_no_formula(registry: Running) -> None:
    await a_registry(registry)
    headers = {**registry.headers(ADMINISTRATOR), "Accept-Language": "pl"}
    data = (await registry.client.get(f"{API}/exports/organisations.csv?for=excel", headers=headers)).content
    assert data.startswith("\ufeffklucz;nip;regon;nazwa;rodzaj;".encode())
    text = data.decode("utf-8-sig")
    assert ";50,0885;19,911;" in text
    assert "'=cmd" in text


async def test_a_table_holds_only_the_contacts_that_its_reader_may_see(registry: Running) -> None:
    club = await a_registry(registry)
    member = a_coordinator("01900000-0000-7000-8000-000000000000")
    for reader, seen in ((member, {"public", "partners"}), (a_coordinator(club), set(LEVELS))):
        answer = await registry.client.get(f"{API}/exports/organisations.csv", headers=registry.headers(reader))
        assert {level for level, value in LEVELS.items() if value in answer.text} == seen
    stranger = a_person()
    answer = await registry.client.get(f"{API}/exports/organisations.csv", headers=registry.headers(stranger))
    assert answer.status_code == 403
    assert (await registry.client.get(f"{API}/exports/organisations.vcf")).status_code == 401


async def test_an_organisation_is_a_card_for_address_books(registry: Running) -> None:
    club = await a_registry(registry)
    answer = await registry.client.get(f"{API}/organisations/{club}/card.vcf")
    assert answer.headers["content-type"].startswith("text/vcard")
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:org"]
    assert "FN:Klub „Azory”\\, filia\\; nr 2" in lines
    assert "GEO:geo:50.0885,19.911" in lines
    assert "CATEGORIES:sport i ruch,ogrodnictwo" in lines
    assert [line for line in lines if line.startswith("TEL")] == ["TEL;VALUE=text:+48 12 000 00 01"]
    every = await registry.client.get(f"{API}/exports/organisations.vcf", headers=registry.headers(ADMINISTRATOR))
    assert every.text.count("BEGIN:VCARD") == 2
