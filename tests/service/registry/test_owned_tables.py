"""Tables of venues, resources and needs: brought in with dry run and report, taken away, and brought in unchanged."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.registry.app import create_app
from services.registry.settings import Settings
from shared.messages.registry import NeedStated, VenueChanged, VenueRegistered
from tests.harness import Running, quiet, running
from tests.service.registry.builders import ADMINISTRATOR, API, a_need, a_resource, a_venue, an_organisation
from tests.service.registry.test_import_tables import results

TABLES = ("venues", "resources", "needs")
SCHOOL_NIP = "5260250274"


async def imported(registry: Running, table: str, data: bytes | str, query: str = "") -> dict[str, Any]:
    headers = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv", "Accept-Language": "en"}
    body = data.encode() if isinstance(data, str) else data
    answer = await registry.client.post(f"{API}/imports?table={table}&{query}", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def exported(registry: Running, file: str, language: str = "pl") -> bytes:
    headers = {**registry.headers(ADMINISTRATOR), "Accept-Language": language}
    answer = await registry.client.get(f"{API}/exports/{file}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.content


async def a_neighbourhood(registry: Running) -> None:
    """Register two organisations with all that a table can say of what they have and lack."""
    house = await an_organisation(registry, name="Dom Kultury „Azory”; filia", kind="public_institution")
    school = await an_organisation(registry, name="Szkoła", kind="school", nip=SCHOOL_NIP)
    building = await a_venue(registry, house["id"], name="Cały budynek", capacity=300, address="ul. Różyckiego 5")
    await a_venue(
        registry,
        house["id"],
        name="Aula; duża",
        inside_venue_id=building["id"],
        description='=cmd|" /C calc"!A0\r\nDruga linia',
        latitude=50.0885,
        longitude=19.911,
        capacity=120,
        one_at_a_time=False,
        set_up_minutes=30,
        opening_hours="Mo-Fr 08:00-16:00; Sa 10:00-14:00",
        equipment=["projektor, ekran"],
        step_free=True,
        needs_approval=True,
        cost_pln=12.5,
        cost_per="hour",
        lends_to="partners",
        themes=["sport"],
    )
    await a_venue(registry, house["id"], name="Schron", confidential=True, address="ul. Tajna 1", status="withdrawn")
    await a_resource(registry, school["id"], name="Namiot", quantity=2, unit="sztuki", availability="Sa,Su")
    await a_resource(
        registry, school["id"], name="Namiot", kind="skill", cost="do ustalenia", conditions="-5 °C i więcej"
    )
    await a_need(
        registry,
        school["id"],
        title="Sala na próby",
        kind="space",
        venue_id=building["id"],
        starts_at="2027-10-31T00:30:00Z",
        ends_at="2027-10-31T02:30:00Z",
        until_on="2027-10-30",
        weekdays=[1, 3, 5],
        hours="17-19",
        urgency="urgent",
        themes=["theatre"],
    )
    over = await a_need(registry, house["id"], title="Głośnik")
    answer = await registry.client.post(
        f"{API}/needs/{over['id']}/close", json={"status": "met"}, headers=registry.headers(ADMINISTRATOR)
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("language", ["pl", "en"])
async def test_what_is_taken_away_is_brought_in_again_and_changes_nothing(registry: Running, language: str) -> None:
    await a_neighbourhood(registry)
    tables = ("outbox", "venue", "resource", "need", "history")
    before = {table: await registry.rows(table) for table in tables}
    for table in TABLES:
        for file in (f"{table}.csv", f"{table}.csv?for=excel", f"{table}.xlsx"):
            data = await exported(registry, file, language)
            for query in ("dry_run=true", ""):
                report = await imported(registry, table, data, query)
                told = {item["result"] for item in report["items"]}
                assert told == {"unchanged"}, report
                assert all(
                    column["field"] or column["heading"] in ("co z tego wyszło", "outcome")
                    for column in report["columns"]
                )
    assert {table: await registry.rows(table) for table in tables} == before


async def test_a_taken_away_table_makes_the_same_again_where_it_is_gone(registry: Running) -> None:
    house = await an_organisation(registry, name="Dom Kultury")
    table = (
        "klucz;nazwa;organizacja;wewnątrz;liczba miejsc;wyposażenie;bez schodów;koszt zł;koszt za\r\n"
        "v-2;Aula;DOM KULTURY;v-1;120 osób;rzutnik | ekran;tak;1 200,50 zł;dzień\r\n"
        "v-1;Budynek;Dom Kultury;;300;;nie;;\r\n"
    ).encode("cp1250")
    dry = await imported(registry, "venues", table, "dry_run=true")
    assert await registry.rows("venue") == []
    done = await imported(registry, "venues", table)
    assert results(dry) == results(done) == [(2, "imported"), (3, "imported")]
    hall, building = sorted(await registry.rows("venue"), key=lambda row: row.capacity)
    assert (hall.inside_venue_id, hall.organisation_id) == (building.id, house["id"])
    assert (hall.capacity, hall.step_free, hall.cost_pln, hall.cost_per) == (120, True, 1200.5, "day")
    told = await registry.outgoing(VenueRegistered)
    assert [one.ancestor_ids for one in told if isinstance(one, VenueRegistered)] == [(), (building.id,)]
    assert "v-2" in (await exported(registry, "venues.csv")).decode()
    assert results(await imported(registry, "venues", await exported(registry, "venues.csv"))) == [
        (2, "unchanged"),
        (3, "unchanged"),
    ]


async def test_the_same_table_again_changes_nothing_and_a_changed_row_its_thing_alone(registry: Running) -> None:
    await an_organisation(registry, name="Dom Kultury")
    table = "klucz,nazwa,organizacja,rodzaj,ilość\nr-1,Namiot,Dom Kultury,sprzęt,2\nr-2,Szachy,Dom Kultury,wiedza,1\n"
    await imported(registry, "resources", table)
    assert results(await imported(registry, "resources", table)) == [(2, "unchanged"), (3, "unchanged")]
    changed = table.replace("sprzęt,2", "sprzęt,3")
    dry = await imported(registry, "resources", changed, "dry_run=true")
    assert results(dry) == results(await imported(registry, "resources", changed)) == [(2, "updated"), (3, "unchanged")]
    assert sorted((row.quantity, row.version) for row in await registry.rows("resource")) == [(1, 1), (3, 2)]
    without = "klucz;nazwa\nr-1;Namiot duży\n"
    assert results(await imported(registry, "resources", without)) == [(2, "updated")]
    (tent,) = [row for row in await registry.rows("resource") if row.name == "Namiot duży"]
    assert (tent.quantity, tent.kind) == (3, "equipment")
    assert (await registry.client.get("/registry/api/v1/search?q=szach")).json()["items"]


async def test_an_organisation_is_named_by_id_key_number_or_whole_name(registry: Running) -> None:
    headers = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv"}
    by_key = "klucz;nazwa;nip\nk-7;Fundacja Zorza;\n;Szkoła nr 1;526-025-02-74\n;Szkoła nr 2;5260250274\n"
    first = await registry.client.post(f"{API}/imports", content=by_key.encode(), headers=headers)
    assert first.status_code == 200
    by_id = await an_organisation(registry, name="Klub")
    await an_organisation(registry, name="Rada")
    await an_organisation(registry, name="RADA")
    school = await an_organisation(registry, name="Szkoła nr 2", nip=SCHOOL_NIP)
    table = (
        "nazwa;nip organizacji;organizacja\n"
        f"a;{by_id['id']};\n"
        "b;k-7;\n"
        "c;526-025-02-74;szkola NR 2\n"
        "d;;Fundacja   zorza\n"
        "e;;Rada\n"
        "f;;Nieznana\n"
        "g;;\n"
    )
    report = await imported(registry, "venues", table)
    assert [result for _, result in results(report)] == ["imported"] * 4 + ["refused"] * 3
    named = {row.name: row.organisation_id for row in await registry.rows("venue")}
    assert (named["a"], named["c"], named["b"]) == (by_id["id"], school["id"], named["d"])
    reasons = [item["reason"] for item in report["items"][4:]]
    assert "More than one organisation" in reasons[0]
    assert "Nieznana" in reasons[1]
    assert "name the organisation" in reasons[2]


async def test_what_has_the_name_of_something_here_waits_for_a_decision(registry: Running) -> None:
    house = await an_organisation(registry, name="Dom Kultury")
    hall = await a_venue(registry, house["id"], name="Aula")
    table = "klucz;nazwa;organizacja;liczba miejsc\nv-1;AULA;Dom Kultury;80\nv-2;Aula;Dom Kultury;90\n"
    dry = await imported(registry, "venues", table, "dry_run=true")
    assert results(dry) == [(2, "candidate"), (3, "candidate")]
    assert dry["items"][0]["candidates"][0]["id"] == hall["id"]
    assert [one["line"] for one in dry["items"][1]["candidates"]] == [None, 2]
    done = await imported(registry, "venues", table, "choose=2:update&choose=3:add")
    assert results(done) == [(2, "updated"), (3, "imported")]
    assert sorted((row.capacity, row.name) for row in await registry.rows("venue")) == [(80, "AULA"), (90, "Aula")]
    assert len(await registry.outgoing(VenueChanged)) == 1


async def test_cells_that_cannot_be_read_are_told_and_change_nothing_that_is_kept(registry: Running) -> None:
    house = await an_organisation(registry, name="Dom Kultury")
    hall = await a_venue(registry, house["id"], name="Aula", capacity=80, latitude=50.1, longitude=19.9)
    table = (
        "klucz;nazwa;organizacja;liczba miejsc;szerokość;długość;godziny otwarcia;jedno naraz;koszt zł;wewnątrz;"
        "tematy\n"
        f"{hall['id']};Aula;Dom Kultury;dużo;tu;tam;kiedyś;czasem;12;Pałac;magia\n"
    )
    dry = await imported(registry, "venues", table, "dry_run=true")
    report = await imported(registry, "venues", table)
    assert results(dry) == results(report)
    (item,) = report["items"]
    told = {note["column"]: note["value"] for note in item["notes"]}
    assert told == {
        "liczba miejsc": "dużo",
        "szerokość": "tu tam",
        "godziny otwarcia": "kiedyś",
        "jedno naraz": "czasem",
        "koszt zł": "12",
        "wewnątrz": "Pałac",
        "tematy": "magia",
    }
    (row,) = await registry.rows("venue")
    assert (row.capacity, row.latitude, row.opening_hours, row.version) == (80, 50.1, "", 1)


async def test_needs_are_read_as_people_write_days_and_times(registry: Running) -> None:
    await an_organisation(registry, name="Szkoła")
    table = (
        "tytuł;organizacja;rodzaj;początek;koniec;dni tygodnia;do kiedy;pilność;ilość\n"
        "Gitara;Szkoła;umiejętność;30.06.2027 16:00;2027-06-30 18.00;pn-śr, pt;1.7.2027;pilne;2 szt.\n"
        "Sala;Szkoła;miejsce;31.02.2027;;kiedyś;;;\n"
        "Coś;Szkoła;cokolwiek;;;;;;\n"
    )
    report = await imported(registry, "needs", table)
    assert [result for _, result in results(report)] == ["imported", "repaired", "refused"]
    stated = {one.title: one for one in await registry.outgoing(NeedStated) if isinstance(one, NeedStated)}
    guitar = stated["Gitara"]
    assert (guitar.weekdays, guitar.urgency, guitar.quantity) == ((1, 2, 3, 5), "urgent", 2)
    assert (str(guitar.until_on), guitar.starts_at and guitar.starts_at.isoformat()) == (
        "2027-07-01",
        "2027-06-30T14:00:00+00:00",
    )
    assert [note["value"] for note in report["items"][1]["notes"]] == ["31.02.2027", "kiedyś"]
    assert "Say the kind" in report["items"][2]["reason"]


async def test_times_of_a_table_are_of_the_zone_that_is_set(sqlite_database_url: str, tmp_path: Path) -> None:
    settings = Settings(**quiet(database_url=sqlite_database_url, data=tmp_path, zone="America/New_York"))
    async with running(create_app, settings) as registry:
        await an_organisation(registry, name="Szkoła")
        table = (
            "tytuł;organizacja;rodzaj;początek;koniec\nGitara;Szkoła;umiejętność;30.06.2027 16:00;2027-06-30 18:00\n"
        )
        assert [result for _, result in results(await imported(registry, "needs", table))] == ["imported"]
        [guitar] = await registry.outgoing(NeedStated)
        assert isinstance(guitar, NeedStated)
        assert guitar.starts_at == datetime(2027, 6, 30, 20, tzinfo=UTC)
        written = await exported(registry, "needs.csv")
        assert "2027-06-30 16:00:00-04:00" in written.decode("utf-8-sig")
        assert [result for _, result in results(await imported(registry, "needs", written))] == ["unchanged"]


async def test_a_venue_in_itself_one_of_another_organisation_and_a_need_that_is_over_are_refused(
    registry: Running,
) -> None:
    house = await an_organisation(registry, name="Dom Kultury")
    await an_organisation(registry, name="Szkoła")
    hall = await a_venue(registry, house["id"], name="Aula")
    room = await a_venue(registry, house["id"], name="Kącik", inside_venue_id=hall["id"])
    table = (
        "klucz;nazwa;organizacja;wewnątrz\n"
        f"{hall['id']};Aula;Dom Kultury;{room['id']}\n"
        f"{room['id']};Kącik;Szkoła;{hall['id']}\n"
        "a;Raz;Szkoła;b\nb;Dwa;Szkoła;a\n"
    )
    report = await imported(registry, "venues", table)
    assert [result for _, result in results(report)] == ["refused"] * 4
    assert [row.version for row in await registry.rows("venue")] == [1, 1]
    over = "tytuł;organizacja;rodzaj;stan\nGłośnik;Szkoła;sprzęt;zaspokojona\n"
    assert results(await imported(registry, "needs", over)) == [(2, "refused")]
    assert await registry.rows("need") == []


async def test_who_may_not_export_gets_no_table_of_venues(registry: Running) -> None:
    answer = await registry.client.get(f"{API}/exports/venues.csv")
    assert answer.status_code == 401
    answer = await registry.client.get(f"{API}/exports/people.csv", headers=registry.headers(ADMINISTRATOR))
    assert answer.status_code == 422
