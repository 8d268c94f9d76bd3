"""What people want to be told, and how."""

import pytest

from services.notifications.domain.groups import GROUPS
from services.notifications.domain.plans import KINDS
from shared.identifiers import new_id
from tests.builders import a_coordinator, a_person
from tests.service.notifications.builders import a_conflict, a_person_of

API = "/notifications/api/v1"


async def test_who_never_said_wants_everything_by_mail(service_running):
    headers = service_running.headers(a_person(language="en")) | {"Accept-Language": "en"}
    channels = await service_running.client.get(f"{API}/channels", headers=headers)
    kinds = await service_running.client.get(f"{API}/subscriptions", headers=headers)

    assert channels.json()["items"] == [{"id": "mail", "name": "E-mail", "on": True}]
    assert channels.headers["etag"] == '"0"'
    assert all(kind["on"] for kind in kinds.json()["items"])
    assert kinds.json()["items"][0]["name"] == "New conflict"


@pytest.mark.parametrize("address", [f"{API}/channels/mail", f"{API}/subscriptions/conflict_detected"])
async def test_who_turned_it_off_gets_no_letter_but_an_alert(service_running, alerts, letters, address):
    organisation_id = new_id()
    told = a_person_of(organisation_id)
    person = a_coordinator(organisation_id, id=told.id)
    headers = service_running.headers(person) | {"If-Match": '"0"'}

    answer = await service_running.client.put(address, json={"on": False}, headers=headers)
    await service_running.deliver(told, a_conflict(organisation_ids=(organisation_id,)))

    assert (answer.status_code, answer.json()["on"], answer.headers["etag"]) == (200, False, '"1"')
    assert await letters() == []
    assert len(await alerts(person)) == 1


async def test_a_stale_version_is_refused(service_running):
    headers = service_running.headers(a_person())
    address = f"{API}/channels/mail"
    body = {"on": False}

    missing = await service_running.client.put(address, json=body, headers=headers)
    first = await service_running.client.put(address, json=body, headers=headers | {"If-Match": '"0"'})
    stale = await service_running.client.put(address, json=body, headers=headers | {"If-Match": '"0"'})

    assert [missing.status_code, first.status_code, stale.status_code] == [428, 200, 412]


async def test_turning_on_what_was_off_leaves_the_rest(service_running):
    headers = service_running.headers(a_person())
    for number, (kind, on) in enumerate(
        [("conflict_changed", False), ("opportunity_found", False), ("conflict_changed", True)]
    ):
        answer = await service_running.client.put(
            f"{API}/subscriptions/{kind}", json={"on": on}, headers=headers | {"If-Match": f'"{number}"'}
        )
        assert answer.status_code == 200

    kinds = (await service_running.client.get(f"{API}/subscriptions", headers=headers)).json()["items"]
    assert [kind["id"] for kind in kinds if not kind["on"]] == ["opportunity_found"]
    assert [row.version for row in await service_running.rows("history", order_by="position")] == [1, 2, 3]


@pytest.mark.parametrize("address", ["channels/pigeon", "subscriptions/gossip"])
async def test_what_there_is_not_cannot_be_turned_off(service_running, address):
    headers = service_running.headers(a_person()) | {"If-Match": '"0"'}
    answer = await service_running.client.put(f"{API}/{address}", json={"on": False}, headers=headers)

    assert answer.status_code == 404


async def test_a_group_is_one_switch_and_its_kinds_can_be_left_out_one_by_one(service_running):
    form = {"mail": "true", "group": ["meetings", "needs"], "rhythm": ["task_due:never", "minutes_published:weekly"]}
    async with service_running.browser(a_coordinator(new_id(), language="en")) as browser:
        await browser.post("/notifications/settings", data=form)
        page = (await browser.get("/notifications/settings")).text

    [row] = await service_running.rows("wishes")
    wanted = {*KINDS} - {*row.muted_kinds}
    kinds = {group.id: group.kinds for group in GROUPS}
    assert wanted == {*kinds["meetings"], *kinds["needs"]} - {"task_due"}
    assert row.rhythms == {"minutes_published": "weekly"}
    assert 'name="group" value="meetings" checked' in page
    assert 'name="group" value="events">' in page
    assert '<option value="task_due:never" selected>' in page
    assert '<option value="event_planned:daily" selected>' in page, "a group that is off comes as usual when turned on"


async def test_a_group_of_which_nothing_is_wanted_is_off_and_comes_whole_when_it_is_turned_on(service_running):
    nothing = [f"{kind}:never" for kind in ("booking_requested", "booking_answered")]
    async with service_running.browser(a_coordinator(new_id())) as browser:
        await browser.post("/notifications/settings", data={"group": ["lending"], "rhythm": nothing})
        off = (await browser.get("/notifications/settings")).text

    assert 'name="group" value="lending">' in off
    assert '<option value="booking_requested:at_once" selected>' in off
