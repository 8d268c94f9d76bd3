"""An import that was started on a page: one watches it, stops it, and it goes on after the service was stopped."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from services.registry import commands, queries
from services.registry.commands.import_steps import ROWS_A_UNIT
from services.registry.jobs.imports import bring_in, go_on_with_imports
from services.registry.models import ImportDraft, Person
from shared import clock
from shared.database import Database
from shared.people import Person as Somebody
from tests.harness import Running
from tests.service.registry.builders import a_registered_person

ZONE = "Europe/Warsaw"
ROWS = 3 * ROWS_A_UNIT - 50
TABLE = "klucz;nazwa\n" + "".join(f"k-{number};Klub numer {number}\n" for number in range(ROWS))


@pytest.fixture
async def importer(registry: Running) -> Somebody:
    """Register an administrator: whoever goes on with an import asks which roles its sender has."""
    person = await a_registered_person(registry, administrator=True)
    return await registry.database.read(queries.importer, person["id"])


async def a_started_import(registry: Running, by: Somebody, table: str = TABLE) -> str:
    """Keep a file and let it be brought in, but by nobody yet."""
    draft = await registry.database.write(commands.keep_draft, by=by, file_name="kluby.csv", data=table.encode())
    how: dict[str, Any] = {"by": by, "draft_id": draft.id, "choices": commands.Choices("add"), "language": "pl"}
    assert await registry.database.write(commands.start_import, **how)
    return draft.id


class Ending:
    """A database of a service that is stopped after its first transaction."""

    def __init__(self, database: Database) -> None:
        self.database, self.read, self.is_over = database, database.read, False

    async def write(self, command: Any, **how: Any) -> Any:
        if self.is_over:
            raise asyncio.CancelledError
        self.is_over = True
        return await self.database.write(command, **how)


async def interrupted(registry: Running, by: Somebody, draft_id: str) -> int:
    """Begin to bring it in, and end that after the first rows as a stop of the service would; gives how many."""
    with pytest.raises(asyncio.CancelledError):
        await bring_in(cast(Database, Ending(registry.database)), by, draft_id, ZONE)
    return len(await registry.rows("organisation"))


def _long_ago(session: Session) -> None:
    session.execute(update(ImportDraft).values(moved_at=clock.now() - timedelta(minutes=3)))


async def test_a_page_shows_how_far_an_import_is_without_javascript(registry: Running, importer: Somebody) -> None:
    draft_id = await a_started_import(registry, importer)
    async with registry.browser(importer) as browser:
        page = await browser.get(f"/registry/import/{draft_id}")
        assert "Plik jest odczytywany" in page.text
        done = await interrupted(registry, importer, draft_id)
        assert done == ROWS_A_UNIT
        page = await browser.get(f"/registry/import/{draft_id}")
        assert page.status_code == 200
        assert f"{done} z {ROWS}" in page.text
        assert '<noscript><meta http-equiv="refresh"' in page.text
        await bring_in(registry.database, importer, draft_id, ZONE)
        page = await browser.get(f"/registry/import/{draft_id}")
        assert "Zaimportowano tabelę" in page.text
        assert 'http-equiv="refresh"' not in page.text


async def test_an_interrupted_import_goes_on_where_it_was_and_tells_each_row_once(
    registry: Running, importer: Somebody
) -> None:
    draft_id = await a_started_import(registry, importer)
    assert await interrupted(registry, importer, draft_id) < ROWS
    await go_on_with_imports(registry.database, ZONE)
    assert len(await registry.rows("organisation")) < ROWS, "it is not silent for long enough yet"
    await registry.database.write(_long_ago)
    await go_on_with_imports(registry.database, ZONE)
    assert len(await registry.rows("organisation")) == ROWS
    draft = await registry.database.read(queries.import_draft, draft_id, viewer=importer)
    assert (draft.state, draft.done, draft.total, draft.data) == ("done", ROWS, ROWS, b"")
    assert draft.report is not None
    assert draft.report["imported"] == len(draft.report["items"]) == ROWS
    assert [item["line"] for item in draft.report["items"]] == list(range(2, ROWS + 2))
    assert await registry.rows("import_part") == []


async def test_two_that_go_on_with_one_import_bring_nothing_in_twice(registry: Running, importer: Somebody) -> None:
    draft_id = await a_started_import(registry, importer)
    await asyncio.gather(*(bring_in(registry.database, importer, draft_id, ZONE) for _ in range(2)))
    assert len(await registry.rows("organisation")) == ROWS
    draft = await registry.database.read(queries.import_draft, draft_id, viewer=importer)
    assert draft.report is not None
    assert draft.report["imported"] == len(draft.report["items"]) == ROWS


async def test_a_stopped_import_keeps_what_is_in_and_the_same_file_brings_in_the_rest(
    registry: Running, importer: Somebody
) -> None:
    draft_id = await a_started_import(registry, importer)
    done = await interrupted(registry, importer, draft_id)
    async with registry.browser(importer) as browser:
        await browser.post(f"/registry/import/{draft_id}", data={"do": "stop"})
        await bring_in(registry.database, importer, draft_id, ZONE)
        page = await browser.get(f"/registry/import/{draft_id}")
        assert "Nie wszystko zostało wczytane" in page.text
        report = await browser.get(f"/registry/import/{draft_id}/report.csv")
        assert len(report.text.splitlines()) == 1 + done
    assert len(await registry.rows("organisation")) == done
    again = await a_started_import(registry, importer)
    await bring_in(registry.database, importer, again, ZONE)
    draft = await registry.database.read(queries.import_draft, again, viewer=importer)
    assert draft.report is not None
    assert (draft.report["imported"], draft.report["unchanged"]) == (ROWS - done, done)


async def test_whoever_may_not_import_any_more_brings_in_nothing_more(registry: Running, importer: Somebody) -> None:
    draft_id = await a_started_import(registry, importer)
    done = await interrupted(registry, importer, draft_id)

    def take_role(session: Session) -> None:
        _long_ago(session)
        session.execute(update(Person).where(Person.id == importer.id).values(administrator=False))

    await registry.database.write(take_role)
    await go_on_with_imports(registry.database, ZONE)
    assert len(await registry.rows("organisation")) == done
    (draft,) = await registry.rows("import_draft")
    assert (draft.state, draft.data) == ("failed", b"")
    await registry.database.write(lambda session: session.execute(delete(ImportDraft)))
    assert await registry.rows("import_part") == []


async def test_a_page_brings_in_venues_when_these_were_chosen_first(registry: Running, importer: Somebody) -> None:
    async with registry.browser(importer) as browser:
        page = await browser.get("/registry/import?table=venues")
        assert 'value="venues" checked' in page.text
        files = {"file": ("sale.csv", b"nazwa;organizacja\nAula;Dom Kultury\n", "text/csv")}
        sent = await browser.post("/registry/imports", data={"table": "venues"}, files=files)
        assert sent.status_code == 303, sent.text
        page = await browser.get(sent.headers["location"])
        assert "Dom Kultury" in page.text
        assert '<option value="inside">' in page.text
        assert '<option value="phone">' not in page.text
