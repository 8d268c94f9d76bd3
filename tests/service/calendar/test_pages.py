"""What is on, as people see it: agenda, month, board, home and paper."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import event as listening
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.domain.plans import EventPlan
from tests.builders import an_administrator
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_venue,
    an_organisation,
    hear_itself,
    next_monday,
)
from tests.service.calendar.test_looking import planned

MONDAY = next_monday(0)
FROM = f"from={MONDAY:%Y-%m-%d}"
MONTH = f"{MONDAY:%Y-%m}"


async def seen(browser, address, status=200):
    answer = await browser.get(address)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def titles(html):
    return [re.sub("<[^>]+>", "", title) for title in re.findall(r'<h3><a class="whole"[^>]*>(.*?)</a></h3>', html)]


@pytest.fixture
def club():
    return an_organisation(name="Klub")


async def test_the_agenda_shows_what_is_looked_for_and_keeps_it_while_one_turns_pages(database_url, club):
    school = an_organisation(name="Szkoła")
    hall = a_venue(club.id, name="Aula")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, hall)
        values = {"audiences": ["families"], "themes": ["Zieleń"], "kind": "feast", "venue_id": hall.id}
        await planned(calendar, title="Święto Łąki", host_ids=[club.id, school.id], **values)
        await planned(calendar, title="Joga", host_ids=[school.id])
        async with calendar.browser() as browser:
            assert titles(await seen(browser, f"/calendar/?{FROM}")) == ["Święto Łąki", "Joga"]
            for chosen in (
                {"q": "swieto laki"},
                {"organisation": club.id},
                {"venue": hall.id},
                {"audience": "families"},
                {"theme": "zieleń"},
                {"kind": "feast"},
            ):
                html = await seen(browser, f"/calendar/?{FROM}&{urlencode(chosen)}")
                assert titles(html) == ["Święto Łąki"], chosen
                for turn in re.findall(r'<a rel="(?:prev|next)" href="([^"]*)"', html):
                    assert urlencode(chosen) in turn.replace("&amp;", "&")
                [feed] = re.findall(r'href="(webcal:[^"]*)"', html)
                assert ("q" in chosen or "kind" in chosen) or urlencode(chosen) in feed
            html = await seen(browser, f"/calendar/?{FROM}&kind=feast")
            assert "Klub, Szkoła" in html
            assert "Wspólne działanie" in html
            for nothing in ("venue=nope", "organisation=%00", "audience=", "q=nieznane", f"venue={club.id}"):
                found = titles(await seen(browser, f"/calendar/?{FROM}&{nothing}"))
                assert len(found) == (2 if nothing == "audience=" else 0)
            empty = await seen(browser, f"/calendar/?{FROM}&audience=youth&days=1&lang=en")
            assert "Nothing on these days fits the filters." in empty
            earlier = await seen(browser, "/calendar/?when=today&lang=en")
            assert "The next one is on" in earlier
            assert "Święto Łąki" in earlier


async def test_what_lasts_days_what_is_off_and_what_is_far_away_stand_where_they_belong(database_url, club):
    async with a_calendar(database_url, horizon_days=60) as calendar:
        await calendar.deliver(club)
        await planned(calendar, MONDAY + timedelta(hours=16), hours=46, title="Kiermasz", host_ids=[club.id])
        await planned(calendar, MONDAY, hours=24, all_day=True, title="Dzień sąsiada", host_ids=[club.id])
        await planned(calendar, MONDAY + timedelta(hours=9), title="Kawa", host_ids=[club.id], rrule="FREQ=WEEKLY")
        off = await planned(calendar, MONDAY + timedelta(hours=18), title="Koncert", host_ids=[club.id])
        headers = {**calendar.headers(an_administrator()), "If-Match": f'"{off["version"]}"'}
        cancelled = await calendar.client.post(f"{API}/events/{off['id']}/cancel", json={}, headers=headers)
        assert cancelled.status_code == 200, cancelled.text
        async with calendar.browser() as browser:
            html = await seen(browser, f"/calendar/?{FROM}&days=3")
            assert titles(html) == ["Dzień sąsiada", "Kawa", "Kiermasz", "Koncert", "Kiermasz", "Kiermasz"]
            day_before = (MONDAY - timedelta(days=1)).date()
            nothing = await seen(browser, f"/calendar/?from={day_before}&days=1&q=koncert&lang=en")
            assert "The next one is on" not in nothing
            for words in (
                "cały dzień",
                "od 16:00",
                "dzień 1 z 3",
                "do 14:00",
                "dzień 3 z 3",
                "<s>Koncert</s>",
                "Odwołane",
            ):
                assert words in html, words
            far = (MONDAY + timedelta(days=7 * 520)).date()
            assert titles(await seen(browser, f"/calendar/?from={far}&days=7")) == ["Kawa"]
            assert titles(await seen(browser, f"/calendar/?from={far}&days=1")) == ["Kawa"]
            assert titles(await seen(browser, f"/calendar/?from={far + timedelta(days=1)}&days=6")) == []


async def test_a_month_is_a_table_of_weeks_that_begin_on_monday(sqlite_database_url, club):
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club)
        for number in range(6):
            await planned(calendar, MONDAY + timedelta(hours=9 + number), title=f"Nr {number}", host_ids=[club.id])
        async with calendar.browser() as browser:
            html = await seen(browser, f"/calendar/month?month={MONTH}&organisation={club.id}&lang=en")
            heads = re.findall(r'<th scope="col">.*?<span class="long">(.*?)</span></th>', html)
            assert heads == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
            rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]
            assert all(row.count("<td") == 7 for row in rows)
            [cell] = [cell for row in rows for cell in row.split("<td")[1:] if "Nr 0" in cell]
            assert [row.split("<td")[1:].index(cell) for row in rows if cell in row] == [0]
            assert f"organisation={club.id}&amp;from={MONDAY:%Y-%m-%d}&amp;days=1" in cell
            assert re.search(r'class="count">6<span class="hidden"> events', cell)
            assert "2 more" in cell
            christmas = await seen(browser, "/calendar/month?month=2026-12&lang=pl")
            assert "grudzień 2026" in christmas
            assert "Boże Narodzenie" in christmas
            assert 'href="/calendar/month?month=2027-01"' in christmas
            for odd in ("month=2026-13", "month=x", "month=9999-12"):
                await seen(browser, f"/calendar/month?{odd}")


async def test_the_board_shows_what_is_taken_what_is_free_and_what_meets(database_url, club):
    house = a_venue(club.id, name="Dom")
    room = a_venue(club.id, name="Pokój", inside_venue_id=house.id, ancestor_ids=(house.id,), set_up_minutes=30)
    square = a_venue(club.id, name="Plac", one_at_a_time=False)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, house, room, square)
        await planned(calendar, MONDAY + timedelta(hours=10), title="Joga", host_ids=[club.id], venue_id=room.id)
        for title in ("Warsztaty", "Wymiana"):
            crowd = {"venue_id": square.id, "expected_participants": 40, "audiences": ["families"]}
            await planned(calendar, MONDAY + timedelta(hours=12), title=title, host_ids=[club.id], **crowd)
        await planned(
            calendar,
            MONDAY + timedelta(hours=16),
            title="Tajne",
            host_ids=[club.id],
            venue_id=room.id,
            visibility="hosts",
        )
        await hear_itself(calendar)
        async with calendar.browser(an_administrator()) as browser:
            html = await seen(browser, f"/calendar/board?{FROM}&days=1&lang=en")
            rows = dict(re.findall(r'<th scope="row" class="depth-\d">([^<]*)(.*?)</tr>', html, re.DOTALL))
            assert list(rows) == ["Dom", "Pokój", "Plac"]
            assert 'class="depth-1">Pokój' in html
            for place in ("Dom", "Pokój"):
                assert "Joga" in rows[place]
                assert "being set up from 09:30" in rows[place]
                assert "Taken" in rows[place]
            assert ("in: Pokój" in rows["Dom"], "in: Pokój" in rows["Pokój"]) == (True, False)
            free = re.findall(r'href="/calendar/plan\?([^"]*)"', rows["Pokój"])
            assert free[0] == f"on={MONDAY:%Y-%m-%d}&amp;venue={room.id}&amp;begins=08:00&amp;ends=09:30"
            assert rows["Plac"].count("Conflict") == 2
            assert "Tajne" not in html
            week = {"venue_id": square.id, "set_up_minutes": 7 * 24 * 60, "host_ids": [club.id]}
            await planned(calendar, MONDAY + timedelta(days=6, hours=12), title="Cyrk", **week)
            assert "Cyrk" in await seen(browser, f"/calendar/board?{FROM}&days=1&lang=en")
            only = await seen(browser, f"/calendar/board?{FROM}&venue={house.id}")
            assert re.findall(r'<th scope="row"[^>]*>([^<]*)', only) == ["Dom", "Pokój"]
        async with calendar.browser() as stranger:
            html = await seen(stranger, f"/calendar/board?{FROM}")
            assert "/calendar/plan?on=" not in html


async def test_what_is_not_for_everybody_is_on_no_page_for_everybody(sqlite_database_url, club):
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club)
        for visibility in ("hosts", "partners"):
            secret = await planned(
                calendar, MONDAY, title="Narada skryta", host_ids=[club.id], visibility=visibility, rrule="FREQ=DAILY"
            )
            async with calendar.browser() as browser:
                for address in (
                    "/",
                    f"/calendar/?{FROM}",
                    "/calendar/?from=2600-01-01",
                    "/calendar/?q=narada",
                    f"/calendar/month?month={MONTH}",
                    f"/calendar/print?{FROM}",
                ):
                    assert "skryta" not in await seen(browser, address), address
                await seen(browser, f"/calendar/events/{secret['id']}/poster", status=404)


async def test_paper_has_the_size_that_was_chosen_and_leads_back(sqlite_database_url, club):
    hall = a_venue(club.id, name="Aula", address="ul. Jasna 1", step_free=True)
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(club, hall)
        tuesday = MONDAY + timedelta(days=1, hours=17)
        one = await planned(
            calendar, tuesday, hours=1, title="Joga <b>", host_ids=[club.id], venue_id=hall.id, rrule="FREQ=WEEKLY"
        )
        page = f"/calendar/events/{one['id']}"
        async with calendar.browser() as browser:
            for size in ("a4", "a3"):
                html = await seen(browser, f"{page}/poster?size={size}&lang=pl")
                assert f'class="poster paper {size}"' in html
                for words in ("co wtorek 17:00–18:00", "Aula", "ul. Jasna 1", "Zaprasza:", "Wejście bez schodów"):
                    assert words in html, words
                assert f"osiedle.test{page}" in html
                assert '<svg aria-hidden="true"' in html
                assert "Joga &lt;b&gt;" in html
            assert "every Tuesday 17:00–18:00" in await seen(browser, f"{page}/poster?lang=en")
            html = await seen(browser, f"/calendar/print?{FROM}&to={tuesday:%Y-%m-%d}&size=a3&lang=pl")
            assert 'class="notice paper a3"' in html
            assert "17:00–18:00" in html
            assert "Joga" not in await seen(browser, f"/calendar/print?{FROM}&to={MONDAY:%Y-%m-%d}&lang=pl")
            html = await seen(browser, page)
            assert "co wtorek 17:00–18:00" in html
            assert f'href="webcal://osiedle.test{page}.ics"' in html
            await seen(browser, "/calendar/events/01912345-0000-7000-8000-00000000dead/poster", status=404)


def plan_a_dense_year(session: Session, hosts: list[str], venues: list[str], *, events: int) -> None:
    """Plan so many events, every tenth of them a weekly series, each at its own hour of the coming weeks."""
    for number in range(events):
        start = MONDAY + timedelta(days=number % 28, hours=8 + number // 28)
        plan = EventPlan(
            title=f"Wydarzenie {number}",
            starts_at=start,
            ends_at=start + timedelta(minutes=45),
            zone="Europe/Warsaw",
            rrule="FREQ=WEEKLY" if number % 10 == 0 else None,
            host_ids=(hosts[number % len(hosts)],),
            venue_id=venues[number % len(venues)],
        )
        commands.plan_event(session, by=an_administrator(), plan=plan, horizon_days=366)


async def test_pages_of_a_dense_year_ask_no_more_questions_than_those_of_a_quiet_one(sqlite_database_url):
    clubs = [an_organisation(name=f"Klub {number}") for number in range(10)]
    halls = [a_venue(clubs[0].id, name=f"Sala {number}", one_at_a_time=False) for number in range(10)]
    most = {"/": 3, f"/calendar/?{FROM}": 5, f"/calendar/month?month={MONTH}": 5, f"/calendar/board?{FROM}": 6,
            f"/calendar/print?{FROM}": 5}  # fmt: skip
    async with a_calendar(sqlite_database_url) as calendar:
        await calendar.deliver(*clubs, *halls)
        asked: list[str] = []
        listening.listen(calendar.database._reader, "before_cursor_execute", lambda *args: asked.append(args[2]))
        counts: list[dict[str, int]] = []
        async with calendar.browser() as browser:
            for events in (3, 300):
                ids = [one.id for one in clubs], [one.id for one in halls]
                await calendar.database.write(plan_a_dense_year, *ids, events=events)
                counts.append({})
                for address in most:
                    asked.clear()
                    html = await seen(browser, address)
                    counts[-1][address] = sum(one.startswith("SELECT") for one in asked)
                    assert "Wydarzenie" in html or address == "/"
        quiet, dense = counts
        assert dense == quiet
        assert all(number <= most[address] for address, number in dense.items()), dense
