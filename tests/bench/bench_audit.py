"""The audit log: what it costs that a look at people is written down before the answer leaves.

The peer is the same look in the same run without a note: a page with as many contacts that everybody may see, and the
same query read alone. On the disk of this machine, with SQLite as it is run (`synchronous=FULL`).
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from services.registry import commands, queries
from services.registry.app import create_app
from services.registry.settings import Settings
from shared.identifiers import new_id
from shared.paging import Paging
from shared.people import Person
from tests.bench import figures
from tests.builders import a_coordinator
from tests.harness import Running, quiet, running
from tests.service.registry.builders import a_registered_person, an_organisation

PEOPLE, PAGES, ROUNDS, AT_ONCE = 10, 40, 5, 16


def main() -> None:
    """Measure, print and write `build/bench/audit.json`."""
    with tempfile.TemporaryDirectory() as folder:
        figures.write("audit", list(asyncio.run(_measured(Path(folder)))))


async def _measured(folder: Path) -> list[dict[str, Any]]:
    settings = Settings(**quiet(data=folder, database_url=f"sqlite:///{folder}/registry.sqlite"))
    async with running(create_app, settings) as it:
        partners, public = [await _organisation(it, level) for level in ("partners", "public")]
        viewer = a_coordinator(new_id())
        return [one async for one in _figures(it, viewer, partners, public)]


async def _organisation(it: Running, visibility: str) -> str:
    """Register an organisation whose people can be reached by whoever is on this level; give its id."""
    one = (await an_organisation(it, name=f"Klub {visibility}"))["id"]
    for number in range(PEOPLE):
        contacts = [{"kind": "phone", "value": f"+48 600 000 {number:03}", "visibility": visibility}]
        await a_registered_person(it, one, name=f"Osoba {number}", contacts=contacts)
    return str(one)


async def _figures(it: Running, viewer: Person, partners: str, public: str) -> Any:
    async with it.browser(viewer) as browser:

        async def page(organisation_id: str) -> None:
            answer = await browser.get(f"/registry/organisations/{organisation_id}")
            assert answer.text.count("+48 600") >= PEOPLE, answer.status_code

        ours, peer = await figures.in_turns(lambda: page(partners), lambda: page(public), PAGES, ROUNDS)
        name = f"audit: an institution's page, {PEOPLE} people noted"
        yield figures.row(name, ours, "ms", peer, "≤ 2 × not noted", 2.0)
        together = AT_ONCE * PAGES // 10

        async def pages(organisation_id: str) -> None:
            await asyncio.gather(*(page(organisation_id) for _ in range(together)))

        ours, peer = await figures.in_turns(lambda: pages(partners), lambda: pages(public), 1, ROUNDS)
        name = f"audit: {together} such pages at once"
        yield figures.row(name, ours, "ms", peer, "≤ 2 × not noted", 2.0)

    wanted: dict[str, Any] = {"viewer": viewer, "paging": Paging(limit=200), "organisation_id": partners}

    async def noted() -> None:
        await commands.disclose(it.database, viewer, "bench", queries.people, **wanted)

    async def alone() -> None:
        await it.database.read(queries.people, **wanted)

    ours, peer = await figures.in_turns(noted, alone, PAGES, ROUNDS)
    yield figures.row(f"audit: the list of {PEOPLE} people, query alone", ours, "ms", peer, "for information", None)


if __name__ == "__main__":
    main()
