"""The two pages that the law asks for: said by the operator in one file, and honest about what is not said."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.registry import commands
from services.registry.domain.statements import Accessibility, statements_of
from services.registry.pages.about import OCCASIONAL_IDS, REQUIRED_IDS
from services.registry.pages.kept import class_titles, cookies
from services.registry.settings import Settings
from shared import auth
from shared.kept import CLASSES
from shared.web.requests import ANSWERED_COOKIE
from tests.builders import a_coordinator, an_administrator
from tests.harness import Running, quiet
from tests.service.registry.builders import a_registered_person, an_organisation

EXAMPLE = (Path(__file__).resolve().parents[3] / "deploy" / "statements.example.toml").read_text()
IDS = re.compile(r'id="(a11y-[\w-]+)"')
HEADINGS = re.compile(r"<h([23])>([^<]+)</h")


async def page_of(registry: Running, path: str, language: str = "pl", by: Any = None) -> str:
    async with registry.browser(by) as browser:
        answer = await browser.get(path, params={"lang": language})
    assert answer.status_code == 200
    return answer.text


def say(registry: Running, text: str) -> Path:
    """Write the operator's file."""
    file: Path = registry.app.state.settings.statements_file
    file.write_text(text)
    return file


def example(**changes: str) -> str:
    """Give the example with some lines written differently, each as the TOML after its name."""
    text = EXAMPLE
    for name, value in changes.items():
        line = re.compile(rf"^{name} = (\[\n(?:.*\n)*?\]|.*)$", re.MULTILINE)
        assert line.search(text), name
        text = line.sub(f"{name} = {value}", text)
    return text


@pytest.mark.parametrize("language", ["pl", "en"])
async def test_the_example_gives_a_statement_with_every_id_once(registry_on_sqlite: Running, language: str) -> None:
    say(registry_on_sqlite, EXAMPLE)
    page = await page_of(registry_on_sqlite, "/accessibility", language)
    ids = IDS.findall(page)
    assert sorted(ids) == sorted({*REQUIRED_IDS, "a11y-data-przeglad"})
    assert await page_of(registry_on_sqlite, "/registry/accessibility", language)


async def test_what_is_needed_at_times_has_its_id_then(registry_on_sqlite: Running) -> None:
    text = example(
        too_costly='["Napisy do starych filmów"]',
        mobile_apps='["Aplikacja Przykład"]',
        architecture_page='"https://example.org/budynek"',
    )
    say(registry_on_sqlite, text)
    ids = IDS.findall(await page_of(registry_on_sqlite, "/accessibility"))
    assert sorted(ids) == sorted({*REQUIRED_IDS, *OCCASIONAL_IDS})


async def test_the_polish_statement_has_the_ministrys_headings_in_their_order(
    registry_on_sqlite: Running,
) -> None:
    say(
        registry_on_sqlite,
        example(mobile_apps='["Aplikacja Przykład"]', too_costly='["Filmy"]', not_covered='["Mapy"]'),
    )
    page = await page_of(registry_on_sqlite, "/accessibility")
    assert "<h1>Deklaracja dostępności</h1>" in page
    assert [text for _, text in HEADINGS.findall(page)] == [
        "Stan dostępności cyfrowej",
        "Niedostępne treści",
        "Niezgodność z załącznikiem",
        "Treści nieobjęte przepisami",
        "Nadmierne koszty",
        "Przygotowanie deklaracji dostępności",
        "Udogodnienia, ograniczenia i inne informacje",
        "Skróty klawiszowe",
        "Informacje zwrotne i dane kontaktowe",
        "Obsługa wniosków i skarg związanych z dostępnością",
        "Pozostałe informacje",
        "Aplikacje mobilne",
        "Dostępność architektoniczna",
        "Dostępność komunikacyjno-informacyjna",
    ]


async def test_dates_are_days_for_machines_and_words_for_people(registry_on_sqlite: Running) -> None:
    say(registry_on_sqlite, EXAMPLE)
    page = await page_of(registry_on_sqlite, "/accessibility")
    assert '<time id="a11y-data-publikacja" datetime="2027-01-15">15 stycznia 2027 r.</time>' in page
    for id in ("a11y-data-aktualizacja", "a11y-data-sporzadzenie", "a11y-data-przeglad"):
        assert re.search(rf'<time id="{id}" datetime="\d{{4}}-\d\d-\d\d">', page), id


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("compliant", "Strona internetowa jest w pełni zgodna z załącznikiem do ustawy"),
        ("partially_compliant", "Strona internetowa jest częściowo zgodna z załącznikiem do ustawy"),
        ("not_compliant", "Strona internetowa jest niezgodna z załącznikiem do ustawy"),
    ],
)
async def test_the_state_is_one_of_three_sentences(registry_on_sqlite: Running, status: str, words: str) -> None:
    say(registry_on_sqlite, example(status=f'"{status}"'))
    page = await page_of(registry_on_sqlite, "/accessibility")
    assert f'<p id="a11y-status">{words}' in page
    assert page.count("załącznikiem do ustawy") == 1


async def test_without_a_file_both_pages_say_that_the_statement_is_missing(registry_on_sqlite: Running) -> None:
    page = await page_of(registry_on_sqlite, "/accessibility")
    assert "To jeszcze nie jest deklaracja, której wymaga ustawa" in page
    for id in {*REQUIRED_IDS} - {"a11y-wstep", "a11y-url", "a11y-procedura"}:
        assert f'id="{id}"' not in page, id
    assert "WCAG 2.1" in page
    assert "<code>entity</code>" in page
    page = await page_of(registry_on_sqlite, "/privacy")
    assert "Brakuje tu informacji, których wymaga prawo" in page
    assert "<code>legal_bases.alerts</code>" in page


async def test_a_complete_file_leaves_nothing_missing(registry_on_sqlite: Running) -> None:
    say(registry_on_sqlite, EXAMPLE)
    for path in ("/accessibility", "/privacy"):
        page = await page_of(registry_on_sqlite, path, by=an_administrator())
        assert "jeszcze tego nie podał" not in page
        assert "statements.toml" not in page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[accessibility\n", "It is not TOML"),
        (example(email='"nobody"'), "accessibility.email: "),
        (example(published_on='"yesterday"'), "accessibility.published_on: "),
        (EXAMPLE.replace("entity =", "entiti ="), "accessibility.entiti: Extra inputs are not permitted."),
        (EXAMPLE + "\n[privcy]\n", "There is no part [privcy]."),
    ],
)
async def test_a_wrong_file_stops_nothing_and_is_told_to_administrators_alone(
    registry_on_sqlite: Running, caplog: pytest.LogCaptureFixture, text: str, fault: str
) -> None:
    file = say(registry_on_sqlite, text)
    for path in ("/accessibility", "/privacy"):
        assert fault in (await page_of(registry_on_sqlite, path, by=an_administrator())).replace("&#39;", "'")
        for other in (None, a_coordinator("0190b3a0-0000-7000-8000-000000000001")):
            seen = await page_of(registry_on_sqlite, path, by=other)
            assert fault not in seen
            assert str(file) not in seen
    await registry_on_sqlite.run_job("look at the statements")
    assert fault in caplog.text


async def test_one_wrong_part_leaves_the_other(registry_on_sqlite: Running) -> None:
    say(registry_on_sqlite, example(status='"perfect"'))
    assert "Jan Przykładowy" in await page_of(registry_on_sqlite, "/privacy")
    assert 'id="a11y-status"' not in await page_of(registry_on_sqlite, "/accessibility")


async def test_a_folder_in_the_place_of_the_file_stops_nothing(registry_on_sqlite: Running) -> None:
    registry_on_sqlite.app.state.settings.statements_file.mkdir()
    assert "Nie można" not in await page_of(registry_on_sqlite, "/accessibility")
    assert "It cannot be read" in await page_of(registry_on_sqlite, "/accessibility", by=an_administrator())


async def test_a_forgotten_review_is_told_to_administrators_and_in_the_log(
    registry_on_sqlite: Running, caplog: pytest.LogCaptureFixture
) -> None:
    say(registry_on_sqlite, example(made_on="2019-05-01", reviewed_on="2020-01-01"))
    words = "przeglądać co roku do 31 marca"
    assert words in await page_of(registry_on_sqlite, "/accessibility", by=an_administrator())
    assert words not in await page_of(registry_on_sqlite, "/accessibility")
    await registry_on_sqlite.run_job("look at the statements")
    assert "since 2021-03-31" in caplog.text
    caplog.clear()
    tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 -- the review is a day, not an instant
    say(registry_on_sqlite, example(reviewed_on=tomorrow))
    assert words not in await page_of(registry_on_sqlite, "/accessibility", by=an_administrator())
    await registry_on_sqlite.run_job("look at the statements")
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("made_on", "reviewed_on", "due_on"),
    [
        (date(2026, 11, 23), None, date(2027, 3, 31)),
        (date(2026, 11, 23), date(2027, 1, 5), date(2028, 3, 31)),
        (date(2027, 3, 31), None, date(2028, 3, 31)),
        (None, None, None),
    ],
)
def test_a_review_is_due_by_the_end_of_march_of_the_next_year(made_on, reviewed_on, due_on) -> None:
    said = Accessibility(made_on=made_on, reviewed_on=reviewed_on)
    assert said.review_due_on == due_on
    if due_on is not None:
        assert not said.is_overdue(due_on)
        assert said.is_overdue(due_on + timedelta(days=1))


async def test_an_english_page_marks_what_is_said_in_polish_alone(registry_on_sqlite: Running) -> None:
    say(registry_on_sqlite, EXAMPLE)
    page = await page_of(registry_on_sqlite, "/privacy", "en")
    assert "Hosting Przykładowy, who run the machine" in page
    page = await page_of(registry_on_sqlite, "/accessibility", "en")
    assert '<span lang="pl">Można napisać, zadzwonić' in page
    assert "<span>Można napisać, zadzwonić" in await page_of(registry_on_sqlite, "/accessibility", "pl")


async def test_what_an_operator_writes_is_text_and_no_markup(registry_on_sqlite: Running) -> None:
    say(registry_on_sqlite, example(entity='"<b>MOP</b> 100%"'))
    assert "&lt;b&gt;MOP&lt;/b&gt; 100%" in await page_of(registry_on_sqlite, "/accessibility")


async def test_privacy_tells_the_days_that_are_set_here(registry_on_sqlite: Running) -> None:
    page = await page_of(registry_on_sqlite, "/privacy")
    days = registry_on_sqlite.app.state.settings.keep
    for name, title in class_titles().items():
        row = re.search(rf'<th scope="row">{re.escape(title)}</th><td>([^<]+)</td>', page)
        assert row is not None, title
        if days.get(name):
            assert row[1].split()[0] == str(days[name])


def test_every_class_of_data_has_a_name_for_people() -> None:
    assert list(class_titles()) == list(CLASSES)


async def test_privacy_leads_to_ones_own_data_and_to_the_supervisor(registry_on_sqlite: Running) -> None:
    page = await page_of(registry_on_sqlite, "/privacy")
    assert 'href="/registry/own-data"' in page
    assert 'href="https://uodo.gov.pl/"' in page


def test_the_example_says_everything() -> None:
    said = statements_of(EXAMPLE)
    assert (said.fault, said.accessibility.missing, said.privacy.missing) == ("", (), ())


async def test_privacy_names_every_cookie_that_is_really_set(registry_on_sqlite: Running) -> None:
    registry = registry_on_sqlite
    one = await an_organisation(registry)
    person = await a_registered_person(registry, one["id"])
    link = await registry.database.write(commands.make_sign_in_link, person_id=person["id"])
    set_here: set[str] = set()

    def note(answer: Any) -> None:
        set_here.update(line.partition("=")[0] for line in answer.headers.get_list("set-cookie"))

    async with registry.browser() as browser:
        for path in ("/registry/", "/privacy", "/registry/sign-in"):
            note(await browser.get(path))
        assert set_here == set()
        note(await browser.get("/privacy", params={"lang": "pl"}))
        note(await browser.post("/registry/sign-in", data={"address": "nobody@example.org"}))
        note(await browser.post("/registry/sign-in", data={"link": link}))
        note(await browser.get("/registry/session", params={"next": "/privacy"}))
        note(await browser.get("/registry/own-data"))
        note(await browser.post("/registry/sign-out"))
    told = re.findall(r"<dt><code>([\w-]+)</code></dt>", await page_of(registry, "/privacy"))
    # the last one is the calendar's: tests/service/calendar/test_satisfaction.py
    assert set(told) == set_here | {ANSWERED_COOKIE}


def test_over_https_the_cookies_have_the_names_that_they_have_there() -> None:
    settings = Settings(**quiet(address="https://osiedle.test"))
    names = [name for name, _ in cookies(settings)]
    assert f"__Host-{auth.SESSION_COOKIE}" in names
    assert auth.SESSION_COOKIE not in names
