"""Imports that are looked at first: a dry run, columns that are named, rows that look like somebody who is here."""

from typing import Any

from services.registry.domain.workbooks import write_workbook
from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API, a_contact, an_organisation


async def imported(registry: Running, data: bytes | str, query: str = "", status: int = 200) -> dict[str, Any]:
    headers = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv", "Accept-Language": "en"}
    body = data.encode() if isinstance(data, str) else data
    answer = await registry.client.post(f"{API}/imports?{query}", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    report: dict[str, Any] = answer.json()
    return report


def results(report: dict[str, Any]) -> list[tuple[int, str]]:
    return [(item["line"], item["result"]) for item in report["items"]]


async def test_a_dry_run_says_the_same_and_writes_nothing(registry: Running) -> None:
    await imported(registry, "klucz;nazwa;opis\nk-1;Klub Azory;stary opis\nk-2;Dom Kultury;\n")
    table = "klucz;nazwa;opis\nk-1;Klub Azory;nowy opis\nk-2;Dom Kultury;\nk-3;Fundacja Zorza;\n;;brak\n"
    outbox = len(await registry.rows("outbox"))
    dry = await imported(registry, table, "dry_run=true")
    assert dry["dry_run"]
    assert results(dry) == [(2, "updated"), (3, "unchanged"), (4, "imported"), (5, "refused")]
    assert len(await registry.rows("outbox")) == outbox
    assert results(await imported(registry, table)) == results(dry)


async def test_a_report_names_row_column_value_and_reason(registry: Running) -> None:
    report = await imported(registry, "Nazwa;Rodzaj;Szer;Dł\nKlub;knajpa;;\n", "map=Szer:latitude&map=Dł:longitude")
    (note,) = report["items"][0]["notes"]
    assert (note["column"], note["value"]) == ("Rodzaj", "knajpa")
    assert "other" in note["reason"]
    assert (report["encoding"], report["delimiter"]) == ("UTF-8", ";")
    assert [column["field"] for column in report["columns"]] == ["name", "kind", "latitude", "longitude"]


async def test_a_mapping_of_what_is_not_there_is_refused(registry: Running) -> None:
    assert (await imported(registry, "nazwa\nKlub\n", "map=ulica:address", 422))["type"].endswith("unknown-column")
    await imported(registry, "nazwa\nKlub\n", "map=nonsense", 422)


async def test_a_row_that_looks_like_somebody_waits_for_a_decision(registry: Running) -> None:
    school = await an_organisation(registry, name="Szkoła Podstawowa nr 113", kind="school")
    await a_contact(registry, school["id"], value="12 634 00 00")
    table = "klucz;nazwa;telefon\nx-1;SP 113;012 634-00-00\nx-2;SP 119;12 634 00 00\n"
    dry = await imported(registry, table, "dry_run=true")
    assert results(dry) == [(2, "candidate"), (3, "imported")]
    (candidate,) = dry["items"][0]["candidates"]
    assert candidate["organisation_id"] == school["id"]
    assert len(candidate["reasons"]) == 2
    assert results(await imported(registry, table)) == results(dry)
    assert results(await imported(registry, table, "choose=2:skip")) == [(2, "skipped"), (3, "unchanged")]
    assert results(await imported(registry, table, "choose=2:update"))[0] == (2, "updated")
    found = (await registry.client.get(f"{API}/organisations/{school['id']}")).json()
    assert found["name"] == "SP 113"
    assert results(await imported(registry, table)) == [(2, "unchanged"), (3, "unchanged")]
    assert len(await registry.rows("contact")) == 2


async def test_who_adds_a_row_in_spite_of_its_looks_says_that_they_are_two(registry: Running) -> None:
    await an_organisation(registry, name="Klub Zorza")
    assert results(await imported(registry, "klucz;nazwa\nx-1;Klub Zorza\n", "duplicates=add")) == [(2, "imported")]
    assert len(await registry.rows("distinct_pair")) == 1
    assert len(await registry.outgoing(OrganisationRegistered)) == 2


async def test_two_lines_of_one_file_may_be_one(registry: Running) -> None:
    table = "klucz;nazwa;opis\na;Klub Zorza;\nb;KLUB ZORZA;z opisem\n"
    dry = await imported(registry, table, "dry_run=true")
    assert results(dry) == [(2, "imported"), (3, "candidate")]
    assert dry["items"][1]["candidates"][0]["line"] == 2
    dry = await imported(registry, table, "dry_run=true&duplicates=update")
    done = await imported(registry, table, "duplicates=update")
    assert results(done) == results(dry) == [(2, "imported"), (3, "updated")]
    (found,) = (await registry.client.get(f"{API}/organisations")).json()["items"]
    assert found["description"] == "z opisem"


async def test_a_table_without_a_column_leaves_that_field_alone(registry: Running) -> None:
    await imported(registry, "klucz;nazwa;opis;adres\nk;Klub;opis;ul. Azory 1\n")
    report = await imported(registry, "klucz;nazwa\nk;Klub Nowy\n")
    assert results(report) == [(2, "updated")]
    (told,) = await registry.outgoing(OrganisationChanged)
    assert isinstance(told, OrganisationChanged)
    assert (told.name, told.description, told.address) == ("Klub Nowy", "opis", "ul. Azory 1")


async def test_a_workbook_is_imported_like_a_text_file(registry: Running) -> None:
    data = write_workbook(["nazwa", "telefon"], [["Klub Azory", "+48 12 634 00 00 | 600 100 200"]], "Arkusz")
    assert results(await imported(registry, data)) == [(2, "imported")]
    assert len(await registry.rows("contact")) == 2
    assert results(await imported(registry, data)) == [(2, "unchanged")]


async def test_a_report_is_in_the_language_of_who_reads_it(registry: Running) -> None:
    headers = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv", "Accept-Language": "pl"}
    answer = await registry.client.post(f"{API}/imports", content=b"nazwa;opis\n;x\n", headers=headers)
    assert answer.json()["items"][0]["reason"] == "Brakuje nazwy"
