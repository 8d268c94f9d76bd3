"""How much people are told: quiet hours, summaries, changes that follow each other, and one letter too many."""

from datetime import time as of_day
from datetime import timedelta

import pytest

from services.notifications import commands, jobs
from services.notifications.domain.plans import QuietHours, WishPlan
from services.notifications.settings import Settings
from shared.identifiers import new_id
from shared.mail import ConsoleMail
from shared.messages import calendar
from tests.builders import a_coordinator
from tests.harness import quiet
from tests.service.notifications.builders import a_conflict, a_person_of, the_same

API = "/notifications/api/v1"
NIGHT = QuietHours(of_day(22), of_day(7), "Europe/Warsaw")
MONTH = timedelta(days=30)


@pytest.fixture
async def told(service_running, time):
    """Let somebody coordinate an organisation, and give what makes a conflict of it in a month."""
    person = a_person_of(organisation_id := new_id())
    await service_running.deliver(person)

    def conflict(**values):
        dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=2)}
        return a_conflict(**{"organisation_ids": (organisation_id,), **dates, **values})

    conflict.person = a_coordinator(organisation_id, id=person.id)
    return conflict


async def wish(service_running, person, **values):
    await service_running.database.write(commands.change_wishes, by=person, wish=WishPlan(**values))


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


async def test_a_conflict_in_quiet_hours_that_resolves_before_morning_is_never_sent(
    service_running, told, time, letters
):
    await wish(service_running, told.person, quiet=NIGHT)
    time.now = time.now.replace(hour=22, minute=30)
    await service_running.deliver(conflict := told())
    assert await letters() == []

    time.now = time.now.replace(minute=40)
    await service_running.deliver(the_same(conflict, calendar.ConflictResolved, resolved_by="moved"))
    time.now += timedelta(days=1)

    assert await letters() == []
    assert [row.state for row in await service_running.rows("delivery")] == ["overtaken"]


async def test_a_conflict_in_quiet_hours_that_stays_comes_in_the_morning(service_running, told, time, letters):
    await wish(service_running, told.person, quiet=NIGHT)
    time.now = time.now.replace(hour=22, minute=30)
    await service_running.deliver(told(), told())
    time.now = time.now.replace(hour=23, minute=59)
    assert await letters() == []

    time.now = (time.now + timedelta(days=1)).replace(hour=7, minute=0)
    [letter] = await letters()

    assert "Ta wiadomość czekała na koniec Twoich godzin ciszy." in text_of(letter)
    assert letter["Subject"].endswith("I jeszcze 1 powiadomienie")


async def test_what_blocks_an_event_breaks_through_quiet_hours_and_summaries(service_running, told, time, letters):
    await wish(service_running, told.person, quiet=NIGHT, rhythms={"conflict_detected": "weekly"})
    time.now = time.now.replace(hour=22, minute=30)
    await service_running.deliver(told(), told(severity="blocking"))

    [letter] = await letters()

    assert "powiadomieni" not in letter["Subject"]
    assert sorted(row.pace for row in await service_running.rows("delivery")) == ["blocking", "weekly"]


async def test_that_it_is_resolved_is_told_to_who_was_told_of_it(service_running, told, time, letters):
    await service_running.deliver(conflict := told())
    assert len(await letters()) == 1
    time.now += timedelta(hours=1)
    await service_running.deliver(the_same(conflict, calendar.ConflictResolved, resolved_by="moved"))

    assert len(await letters()) == 2


async def test_a_letter_that_is_leaving_at_this_moment_counts_as_told(service_running, told, time, letters):
    await service_running.deliver(conflict := told())
    await service_running.database.write(commands.take_due, now=time.now, lease=timedelta(minutes=2))
    await service_running.deliver(the_same(conflict, calendar.ConflictResolved, resolved_by="moved"))

    time.now += timedelta(minutes=5)
    [letter] = await letters()
    assert "Jedno z wydarzeń przeniesiono." in text_of(letter)


async def test_ten_changes_of_one_event_in_five_minutes_are_one_alert_and_one_letter(
    service_running, told, time, letters
):
    await service_running.deliver(conflict := told())
    assert len(await letters()) == 1
    time.now += timedelta(days=1)
    for number in range(10):
        time.now += timedelta(seconds=25)
        changed = {"version": 2 + number, "starts_at": conflict.starts_at + timedelta(hours=number)}
        await service_running.deliver(the_same(conflict, calendar.ConflictChanged, **changed))
        assert len(await letters()) == 1

    kinds = [row.kind for row in await service_running.rows("alert", order_by="id")]
    assert kinds == ["conflict_detected", "conflict_changed"]
    time.now += timedelta(seconds=75)
    [_, letter] = await letters()
    assert "21:00" in text_of(letter)
    assert "20:00" not in text_of(letter)


async def test_two_conflicts_of_one_event_within_five_minutes_leave_in_two_letters_and_no_more(
    service_running, told, time, letters
):
    event_id = new_id()
    await service_running.deliver(told(event_ids=(event_id, new_id())))
    assert len(await letters()) == 1
    for _ in range(3):
        time.now += timedelta(minutes=1)
        await service_running.deliver(told(event_ids=(event_id, new_id())))
        assert len(await letters()) == 1

    time.now += timedelta(minutes=2)
    [_, letter] = await letters()
    assert letter["Subject"].endswith("I jeszcze 2 powiadomienia")


async def test_a_summary_comes_in_the_morning_and_says_that_it_is_one(service_running, told, time, letters):
    await wish(service_running, told.person, rhythms={"conflict_detected": "daily"})
    await service_running.deliver(told(), told(), told())
    assert await letters() == []

    time.now = (time.now + timedelta(days=1)).replace(hour=7)
    [letter] = await letters()

    assert "To podsumowanie dnia." in text_of(letter)
    assert letter["Subject"].endswith("I jeszcze 2 powiadomienia")


async def test_one_letter_too_many_waits_for_a_summary_in_the_morning(service_running, told, time, tmp_path):
    settings = Settings(**quiet(data=tmp_path, letters_a_day=3))
    post = ConsoleMail(settings)

    async def sent():
        await jobs.send_due(settings, service_running.database, post)
        return sorted(path.read_text() for path in post.folder.glob("*.eml"))

    for number in range(3):
        await service_running.deliver(told())
        assert len(await sent()) == number + 1
        time.now += timedelta(minutes=10)
    await service_running.deliver(told(), told())
    assert len(await sent()) == 3
    await service_running.deliver(told(severity="blocking"))
    assert len(await sent()) == 4

    time.now = (time.now + timedelta(days=1)).replace(hour=7, minute=0)
    assert len(await sent()) == 5
    paces = [row.pace for row in await service_running.rows("delivery", order_by="id")]
    assert paces == ["at_once"] * 3 + ["capped"] * 2 + ["blocking"]


async def test_quiet_hours_are_chosen_by_programs(service_running):
    headers = service_running.headers(a_coordinator(new_id()))
    before = await service_running.client.get(f"{API}/quiet-hours", headers=headers)
    body = {"from": "21:30", "until": "06:00", "zone": "Europe/London"}
    put = await service_running.client.put(
        f"{API}/quiet-hours", json=body, headers=headers | {"If-Match": before.headers["etag"]}
    )
    after = await service_running.client.get(f"{API}/quiet-hours", headers=headers)

    assert before.json() == {"from": None, "until": None, "zone": "Europe/Warsaw"}
    assert (put.status_code, put.json(), put.headers["etag"]) == (200, body, '"1"')
    assert after.json() == body


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"from": "22:00", "until": "07:00", "zone": "Mars/Base"}, "/zone"),
        ({"from": "22:00", "zone": "UTC"}, "/until"),
        ({"from": "22:00", "until": "22:00", "zone": "UTC"}, "/until"),
        ({"from": "22:00:01", "until": "07:00", "zone": "UTC"}, "/from"),
    ],
)
async def test_quiet_hours_that_are_none_are_refused_with_what_is_wrong(service_running, body, pointer):
    headers = service_running.headers(a_coordinator(new_id())) | {"If-Match": '"0"'}
    answer = await service_running.client.put(f"{API}/quiet-hours", json=body, headers=headers)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_how_often_is_said_for_each_kind(service_running):
    headers = service_running.headers(a_coordinator(new_id()))
    address = f"{API}/subscriptions/match_suggested"
    body = {"on": True, "rhythm": "weekly"}
    put = await service_running.client.put(address, json=body, headers=headers | {"If-Match": '"0"'})
    off = await service_running.client.put(address, json={"on": False}, headers=headers | {"If-Match": '"1"'})

    assert put.json()["rhythm"] == "weekly"
    assert (off.json()["on"], off.json()["rhythm"]) == (False, "weekly")


async def test_quiet_hours_and_summaries_are_chosen_on_the_page(service_running):
    person = a_coordinator(new_id())
    form = {
        "mail": "true",
        "group": ["conflicts"],
        "rhythm": ["conflict_detected:daily", "match_suggested:at_once", "gossip:daily"],
        "quiet_from": "22:00",
        "quiet_until": "06:30",
        "zone": "Europe/Warsaw",
    }
    async with service_running.browser(person) as browser:
        answer = await browser.post("/notifications/settings", data=form)
        page = await browser.get(answer.headers["location"])

    [row] = await service_running.rows("wishes")
    assert row.rhythms == {"conflict_detected": "daily"}
    assert (row.quiet_from, row.quiet_until) == (of_day(22), of_day(6, 30))
    assert '<option value="conflict_detected:daily" selected>' in page.text
    assert '<option value="06:30" selected>' in page.text


async def test_a_zone_that_is_none_is_refused_on_the_page_with_what_was_typed(service_running):
    form = {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "Azory"}
    async with service_running.browser(a_coordinator(new_id())) as browser:
        page = await browser.post("/notifications/settings", data=form)

    assert page.status_code == 422
    assert "Nie ma takiej strefy czasowej." in page.text
    assert 'value="Azory"' in page.text
    assert '<a href="#zone">' in page.text
