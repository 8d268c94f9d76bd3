"""Messages to other networks: gathered, held back and kept for the morning as letters are, and tried again by hand."""

from datetime import timedelta

import pytest

from services.notifications import commands
from services.notifications.app import create_app
from services.notifications.domain.plans import PushPlan, WishPlan
from services.notifications.domain.pushing import WAITS
from services.notifications.jobs.pushing import push_due
from services.notifications.problems import NoSuchDelivery
from services.notifications.settings import Settings
from shared.identifiers import new_id
from shared.messages import calendar
from shared.problems import NotAllowed
from tests.builders import a_coordinator, an_administrator
from tests.harness import quiet, running
from tests.service.notifications.builders import a_conflict, a_person_of, the_same
from tests.service.notifications.test_pacing import MONTH, NIGHT
from tests.service.notifications.test_pushing import TOPIC, Recording

SCHEMES = {"ntfys"}


@pytest.fixture
async def service_running(database_url, tmp_path):
    values = quiet(database_url=database_url, data=tmp_path, apprise_schemes="ntfys", letters_a_day=2)
    async with running(create_app, Settings(**values)) as service:
        yield service


@pytest.fixture
async def anna(service_running):
    """Let somebody coordinate an organisation and be reached by another network alone."""
    told = a_person_of(organisation_id := new_id())
    await service_running.deliver(told)
    person = a_coordinator(organisation_id, id=told.id)
    await service_running.database.write(commands.change_wishes, by=person, wish=WishPlan(mail=False))
    plan = PushPlan(TOPIC, "pl")
    await service_running.database.write(commands.add_push_address, by=person, plan=plan, schemes=SCHEMES)
    return person


@pytest.fixture
def conflict(anna, time):
    def conflict(**values):
        dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=2)}
        return a_conflict(**{"organisation_ids": tuple(anna.roles), **dates, **values})

    return conflict


@pytest.fixture
def pushed(service_running):
    """Send what is due, and give what was sent then."""

    async def pushed(*errors):
        pushers = Recording(*errors)
        await push_due(service_running.app.state.settings, service_running.database, pushers)
        return pushers.sent

    return pushed


async def states(service):
    return [(row.state, row.pace) for row in await service.rows("push_delivery", order_by="id")]


async def test_what_waited_for_the_end_of_quiet_hours_comes_in_one_message(
    service_running, anna, conflict, time, pushed
):
    await service_running.database.write(commands.change_wishes, by=anna, wish=WishPlan(quiet=NIGHT))
    time.now = time.now.replace(hour=22, minute=30)
    for _ in range(7):
        await service_running.deliver(conflict())
    assert await pushed() == []

    time.now += timedelta(days=1)
    [(_, title, text)] = await pushed()

    assert title.endswith("I jeszcze 6 powiadomień")
    assert text.count("/calendar/conflicts/c") == 5
    assert text.endswith("/notifications/")
    assert await states(service_running) == [("sent", "quiet")] * 7


async def test_what_is_over_before_anybody_heard_of_it_is_not_sent(service_running, anna, conflict, time, pushed):
    await service_running.database.write(commands.change_wishes, by=anna, wish=WishPlan(quiet=NIGHT))
    time.now = time.now.replace(hour=22, minute=30)
    await service_running.deliver(one := conflict())
    await service_running.deliver(the_same(one, calendar.ConflictResolved, resolved_by="moved"))
    time.now += timedelta(days=1)

    assert await pushed() == []
    assert await states(service_running) == [("overtaken", "quiet")]


async def test_who_heard_that_it_began_hears_that_it_is_over(service_running, anna, conflict, pushed):
    await service_running.deliver(one := conflict())
    assert len(await pushed()) == 1
    await service_running.deliver(the_same(one, calendar.ConflictResolved, resolved_by="moved"))
    assert len(await states(service_running)) == 2


async def test_changes_that_follow_each_other_come_once(service_running, anna, conflict, time, pushed):
    await service_running.deliver(one := conflict())
    assert len(await pushed()) == 1
    for _ in range(3):
        one = the_same(one, calendar.ConflictChanged, reason=one.reason)
        await service_running.deliver(one)
        time.now += timedelta(seconds=30)
    assert await pushed() == []

    time.now += timedelta(minutes=6)
    assert len(await pushed()) == 1


async def test_one_message_too_many_comes_in_the_morning_with_all_else_but_not_what_blocks(
    service_running, anna, conflict, time, pushed
):
    time.now = time.now.replace(hour=12)
    for _ in range(2):
        await service_running.deliver(conflict())
        assert len(await pushed()) == 1
        time.now += timedelta(minutes=1)
    for _ in range(3):
        await service_running.deliver(conflict())
        assert await pushed() == []
    await service_running.deliver(conflict(severity="blocking"))
    assert len(await pushed()) == 1

    time.now += timedelta(days=1)
    [(_, title, _)] = await pushed()
    assert title.endswith("I jeszcze 2 powiadomienia")
    assert [pace for _, pace in await states(service_running)].count("capped") == 3


async def test_what_was_given_up_is_shown_with_its_reason_and_tried_again_by_the_operator(
    service_running, anna, conflict, time, pushed, monkeypatch
):
    await service_running.deliver(conflict())
    for wait in (*WAITS, timedelta(0)):
        assert len(await pushed("the network is away")) == 1
        time.now += wait * 1.3
    [dead] = await service_running.rows("push_delivery")
    assert dead.state == "given_up"
    operator = an_administrator()
    monkeypatch.undo()  # whoever signs in does so now
    async with service_running.browser(operator) as browser:
        page = await browser.get("/notifications/deliveries?channel=push")
        assert "the network is away" in page.text
        address = f"/notifications/deliveries/push/{dead.id}/retry"
        assert f'action="{address}"' in page.text
        assert (await browser.post(address)).status_code == 303

    assert len(await pushed()) == 1
    [row] = await service_running.rows("push_delivery")
    assert (row.state, row.attempts, row.error) == ("sent", 1, None)
    [where] = await service_running.rows("push_address")
    assert (where.active, where.off_because) == (True, None)
    with pytest.raises(NotAllowed):
        await service_running.database.write(commands.retry_push, by=anna, push_id=dead.id)
    with pytest.raises(NoSuchDelivery):
        await service_running.database.write(commands.retry_push, by=operator, push_id=new_id())
