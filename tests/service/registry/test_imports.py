"""Tables of organisations as offices send them: over HTTP and from the command line."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from shared.messages.registry import OrganisationChanged, OrganisationRegistered
from tests.builders import a_coordinator
from tests.harness import Running
from tests.service.registry.builders import ADMINISTRATOR, API

ROOT = Path(__file__).resolve().parents[3]
TABLE = (
    "\ufeffidentyfikator;nazwa;rodzaj;adres;szerokość;długość;telefon;widoczność\r\n"
    "k-1;Szkoła Podstawowa nr 113;szkoła;ul. Stachiewicza 33;50,0881;19,9105;12 000 00 10;publiczne\r\n"
    "k-2;Stowarzyszenie „Sąsiedzi”;stowarzyszenie;;19,911;50,089;;\r\n"
    ";;szkoła;;;;;\r\n"
    "k-1;Ta sama;szkoła;;;;;\r\n"
    "k-3;Bank Osiedlowy;bank;;;;600 000 000;\r\n"
)


async def imported(registry: Running, data: bytes, **headers: str) -> dict[str, Any]:
    """Import a table that must be read, and give the report."""
    sent = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv", "Accept-Language": "en", **headers}
    answer = await registry.client.post(f"{API}/imports", content=data, headers=sent)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def test_each_row_is_imported_repaired_or_refused_with_line_and_reason(registry: Running) -> None:
    report = await imported(registry, TABLE.encode())
    told = [(item["line"], item["uid"], item["result"]) for item in report["items"]]
    assert told == [
        (2, "k-1", "imported"),
        (3, "k-2", "repaired"),
        (4, "", "refused"),
        (5, "k-1", "refused"),
        (6, "k-3", "repaired"),
    ]
    assert [item["reason"] is None for item in report["items"]] == [True, False, False, False, False]
    assert "line 2" in report["items"][3]["reason"]
    counts = {name: report[name] for name in ("imported", "updated", "unchanged", "repaired", "refused")}
    assert counts == {"imported": 1, "updated": 0, "unchanged": 0, "repaired": 2, "refused": 2}
    listed = (await registry.client.get(f"{API}/organisations")).json()["items"]
    school = next(one for one in listed if one["kind"] == "school")
    assert (school["latitude"], school["longitude"]) == (50.0881, 19.9105)
    assert {one["latitude"] for one in listed} == {50.0881, 50.089, None}


async def test_importing_again_changes_nothing(registry: Running) -> None:
    await imported(registry, TABLE.encode())
    before = len(await registry.rows("outbox")), len(await registry.rows("contact"))
    report = await imported(registry, TABLE.encode())
    assert (report["unchanged"], report["refused"]) == (3, 2)
    assert (len(await registry.rows("outbox")), len(await registry.rows("contact"))) == before


async def test_the_same_table_in_cp1250_is_the_same_table(registry: Running) -> None:
    await imported(registry, TABLE.encode())
    report = await imported(registry, TABLE.removeprefix("\ufeff").encode("cp1250"))
    assert report["unchanged"] == 3


async def test_a_changed_row_updates_and_keeps_what_people_have_hidden(registry: Running) -> None:
    await imported(registry, TABLE.encode())
    changed = TABLE.replace("ul. Stachiewicza 33", "ul. Stachiewicza 35").replace("00 10;", "00 11;")
    report = await imported(registry, changed.encode())
    assert (report["updated"], report["unchanged"]) == (1, 2)
    (told,) = await registry.outgoing(OrganisationChanged)
    assert isinstance(told, OrganisationChanged)
    assert told.address == "ul. Stachiewicza 35"
    contacts = {row.value: row.visibility for row in await registry.rows("contact")}
    assert contacts == {"+48 12 000 00 11": "public", "+48 600 000 000": "private"}


async def test_importing_again_leaves_alone_what_people_have_edited_since(registry: Running) -> None:
    await imported(registry, TABLE.encode())
    listed = (await registry.client.get(f"{API}/organisations?q=bank")).json()["items"]
    headers = {**registry.headers(ADMINISTRATOR), "If-Match": '"1"'}
    await registry.client.patch(f"{API}/organisations/{listed[0]['id']}", json={"kind": "company"}, headers=headers)
    assert (await imported(registry, TABLE.encode()))["unchanged"] == 3
    assert (await registry.client.get(f"{API}/organisations/{listed[0]['id']}")).json()["kind"] == "company"


async def test_a_file_without_names_is_refused_as_a_whole(registry: Running) -> None:
    headers = {**registry.headers(ADMINISTRATOR), "Content-Type": "text/csv"}
    for data in (b"", b"a;b\n1;2\n", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00"):
        answer = await registry.client.post(f"{API}/imports", content=data, headers=headers)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
    assert await registry.outgoing(OrganisationRegistered) == []


async def test_only_administrators_import(registry: Running) -> None:
    headers = registry.headers(a_coordinator("01900000-0000-7000-8000-000000000000"))
    assert (await registry.client.post(f"{API}/imports", content=TABLE.encode(), headers=headers)).status_code == 403


async def test_an_import_is_repeated_by_its_key_with_the_same_answer(registry: Running) -> None:
    first = await imported(registry, TABLE.encode(), **{"Idempotency-Key": "file-1"})
    assert await imported(registry, TABLE.encode(), **{"Idempotency-Key": "file-1"}) == first


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the registry's command line on this data folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OSIEDLE_")}
    return subprocess.run(
        [sys.executable, "-m", "services.registry", *arguments],
        cwd=ROOT,
        env={**environment, "DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_operator_imports_a_file_and_reads_what_became_of_each_row(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(TABLE.encode("cp1250", errors="ignore"))
    first = run(tmp_path, "import", str(file))
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "imported 1, updated 0, unchanged 0, repaired 2, refused 2"
    again = run(tmp_path, "import", str(file))
    assert again.stdout.splitlines()[-1] == "imported 0, updated 0, unchanged 3, repaired 0, refused 2"
    missing = run(tmp_path, "import", str(tmp_path / "nothing.csv"))
    assert (missing.returncode, missing.stdout, len(missing.stderr.splitlines())) == (1, "", 1)


def test_the_operator_gets_a_token_and_nothing_else(tmp_path: Path) -> None:
    answer = run(tmp_path, "token", "--role", "administrator")
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    (token,) = answer.stdout.splitlines()
    head, claims, _signature = token.split(".")
    assert json.loads(_decoded(claims))["adm"] is True
    again = run(tmp_path, "token", "--role", "administrator").stdout
    assert json.loads(_decoded(again.split(".")[0]))["kid"] == json.loads(_decoded(head))["kid"]
    nobody = run(tmp_path, "token", "--role", "coordinator")
    assert (nobody.returncode, nobody.stdout, len(nobody.stderr.splitlines())) == (1, "", 1)
    link = run(tmp_path, "sign-in-link", "--person", "administrator").stdout
    assert link.startswith("http://127.0.0.1:8000/registry/sign-in?link=")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
