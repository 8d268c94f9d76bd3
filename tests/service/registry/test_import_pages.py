"""Importing on pages: a table is sent, looked at, put right and brought in, without JavaScript."""

import re
from datetime import timedelta

import httpx

from shared import clock
from shared.retention import forget
from tests.builders import a_coordinator, an_administrator
from tests.harness import Running
from tests.service.registry.builders import an_organisation

TABLE = "placówka;telefon;typ\nKlub Azory;12 634 00 00;knajpa\nDom Kultury;;ngo\n".encode("cp1250")


async def sent(browser: httpx.AsyncClient, data: bytes, status: int = 303) -> httpx.Response:
    answer = await browser.post("/registry/imports", files={"file": ("spis.csv", data, "text/csv")})
    assert answer.status_code == status, answer.text
    return answer


def form_of(page: str) -> dict[str, str]:
    """Read what a browser would send: hidden fields and what is selected."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    for name, inside in re.findall(r'<select id="[^"]+" name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside) or re.search(r'value="([^"]*)"', inside)
        found[name] = chosen[1] if chosen else ""
    return found


async def test_a_table_is_sent_mapped_looked_at_and_imported(registry: Running) -> None:
    async with registry.browser(an_administrator()) as browser:
        address = (await sent(browser, TABLE)).headers["location"]
        page = await browser.get(address)
        assert page.status_code == 422
        form = form_of(page.text)
        assert (form["heading-0"], form["field-0"]) == ("placówka", "-")
        mapped = {**form, "field-0": "name", "field-1": "phone", "field-2": "kind", "do": "look"}
        assert (await browser.post(address, data=mapped)).status_code == 303
        page = await browser.get(address)
        assert page.status_code == 200
        assert "knajpa" in page.text
        assert await registry.rows("organisation") == []
        await browser.post(address, data={**form_of(page.text), "do": "import"})
        assert len(await registry.rows("organisation")) == 2
        result = await browser.get(address)
        assert "Zaimportowano tabelę" in result.text
        assert [row.data for row in await registry.rows("import_draft")] == [b""]
        report = await browser.get(f"{address}/report.csv")
        assert "knajpa" in report.content.decode("utf-8-sig")
        await browser.post(address, data={"do": "import"})
        assert len(await registry.rows("organisation")) == 2


async def test_what_looks_like_somebody_is_decided_row_by_row(registry: Running) -> None:
    school = await an_organisation(registry, name="Szkoła Podstawowa nr 113", kind="school")
    async with registry.browser(an_administrator()) as browser:
        address = (await sent(browser, "nazwa;opis\nSP 113;szkoła na Azorach\n".encode())).headers["location"]
        page = await browser.get(address)
        assert f"/registry/organisations/{school['id']}" in page.text
        await browser.post(address, data={**form_of(page.text), "line-2": "update", "do": "import"})
    (row,) = await registry.rows("organisation")
    assert (row.name, row.description) == ("SP 113", "szkoła na Azorach")


async def test_of_what_nobody_decided_an_ended_import_says_that_it_was_left_out(registry: Running) -> None:
    await an_organisation(registry, name="Szkoła Podstawowa nr 113", kind="school")
    async with registry.browser(an_administrator()) as browser:
        address = (await sent(browser, "nazwa;opis\nSP 113;szkoła na Azorach\n".encode())).headers["location"]
        before = (await browser.get(address)).text
        await browser.post(address, data={**form_of(before), "do": "import"})
        after = (await browser.get(address)).text
    words = ("Czeka na twoją decyzję", "Pominięte: nikt nie podjął decyzji")
    assert [[word in page for word in words] for page in (before, after)] == [[True, False], [False, True]]


async def test_what_is_no_table_is_said_at_once_and_not_kept(registry: Running) -> None:
    async with registry.browser(an_administrator()) as browser:
        for data in (b"", b"\x00\x01", b"PK\x03\x04nothing"):
            page = await sent(browser, data, 422)
            assert "summary-of-errors" in page.text
    assert await registry.rows("import_draft") == []


async def test_a_file_is_seen_by_its_sender_alone_and_gone_after_two_hours(registry: Running) -> None:
    async with registry.browser(an_administrator()) as browser:
        address = (await sent(browser, b"nazwa\nKlub\n")).headers["location"]
        for other in (an_administrator(id="01900000-0000-7000-8000-0000000000ff"),):
            async with registry.browser(other) as stranger:
                assert (await stranger.get(address)).status_code == 404
        for _ in range(4):
            await sent(browser, b"nazwa\nKlub\n")
        assert len(await registry.rows("import_draft")) == 3
    later = clock.now() + timedelta(hours=3)
    state = registry.app.state
    await forget(state.database, state.forgetting, state.settings.keep, now=later)
    assert await registry.rows("import_draft") == []


async def test_only_who_may_import_sees_the_pages(registry: Running) -> None:
    async with registry.browser(a_coordinator("01900000-0000-7000-8000-000000000000")) as browser:
        assert (await browser.get("/registry/import")).status_code == 403
        await sent(browser, TABLE, 403)
