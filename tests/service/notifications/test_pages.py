"""The pages of notifications, without JavaScript."""

import re

import pytest

from services.notifications.domain.groups import GROUPS
from shared.identifiers import new_id
from shared.messages import calendar
from tests.builders import a_coordinator, an_administrator
from tests.service.notifications.builders import a_conflict, a_person_of, the_same


async def test_who_is_not_known_is_asked_to_sign_in(service_running):
    async with service_running.browser() as browser:
        page = await browser.get("/notifications/")

    assert page.status_code == 200
    assert "/registry/sign-in?next=%2Fnotifications%2F" in page.text
    assert "Moje powiadomienia" in page.text


async def test_my_alerts_are_shown_and_read_with_a_button(service_running):
    organisation_id = new_id()
    told = a_person_of(organisation_id)
    person = a_coordinator(organisation_id, id=told.id)
    await service_running.deliver(told, a_conflict(organisation_ids=(organisation_id,)))

    async with service_running.browser(person) as browser:
        page = await browser.get("/notifications/")
        action = re.findall(r'action="(/notifications/alerts/[^"]+)"', page.text)[0]
        answer = await browser.post(action)
        after = await browser.get("/notifications/")

    assert "1 nowe powiadomienie" in page.text
    assert "Nowa kolizja" in page.text
    assert 'data-live="/notifications/api/v1/stream"' in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications/")
    assert "Brak nowych powiadomień" in after.text


async def test_an_administrator_sees_everybodys_alerts_and_none_as_new(service_running):
    await service_running.deliver(a_conflict(organisation_ids=(new_id(), new_id())))

    async with service_running.browser(an_administrator()) as browser:
        page = await browser.get("/notifications/")

    assert page.text.count('id="alert-') == 2
    assert "Brak nowych powiadomień" in page.text
    assert "/read" not in page.text


async def test_all_alerts_are_read_at_once_and_only_mine(service_running):
    mine, theirs = a_coordinator(new_id()), a_coordinator(new_id())
    for _ in range(2):
        await service_running.deliver(a_conflict(organisation_ids=(*mine.roles, *theirs.roles)))

    async with service_running.browser(mine) as browser:
        await browser.post("/notifications/read")
        after = await browser.get("/notifications/")
    async with service_running.browser(theirs) as browser:
        untouched = await browser.get("/notifications/")

    assert "Brak nowych powiadomień" in after.text
    assert "2 nowe powiadomienia" in untouched.text


async def test_the_frame_asks_how_many_are_new_and_only_for_who_is_signed_in(service_running):
    mine, theirs = a_coordinator(new_id()), a_coordinator(new_id())
    for _ in range(2):
        await service_running.deliver(a_conflict(organisation_ids=tuple(mine.roles)))

    async def count(person, language="pl"):
        headers = service_running.headers(person) | {"Accept-Language": language}
        return await service_running.client.get("/notifications/api/v1/unread", headers=headers)

    async with service_running.browser(mine) as browser:
        page = await browser.get("/notifications/")
    async with service_running.browser() as browser:
        nobodys = await browser.get("/notifications/")
    told = await count(mine)
    stranger = await service_running.client.get("/notifications/api/v1/unread")

    assert page.text.count("data-unread") == 2
    assert "data-unread" not in nobodys.text
    assert told.json() == {"unread": 2, "text": "2 nowe powiadomienia"}
    assert (await count(theirs, "en")).json() == {"unread": 0, "text": "No new alerts"}
    assert told.headers["cache-control"] == "private, max-age=30"
    assert "Cookie" in told.headers["vary"]
    assert "Accept-Language" in told.headers["vary"]
    assert stranger.status_code == 401


async def test_alerts_are_narrowed_to_new_ones_and_to_a_kind(service_running):
    mine = a_coordinator(new_id())
    conflict = a_conflict(organisation_ids=tuple(mine.roles))
    await service_running.deliver(conflict, the_same(conflict, calendar.ConflictResolved))

    async with service_running.browser(mine) as browser:
        every = await browser.get("/notifications/")
        of_a_kind = await browser.get("/notifications/?kind=conflict_resolved&unread=true")
        of_another = await browser.get("/notifications/?kind=match_declined")
        await browser.post("/notifications/read")
        none_new = await browser.get("/notifications/?unread=true")
        wrong = await browser.get("/notifications/?kind=gossip")

    assert every.text.count('id="alert-') == 2
    assert re.findall(r'<option value="(\w+)"', every.text) == ["conflict_detected", "conflict_resolved"]
    assert of_a_kind.text.count('id="alert-') == 1
    assert "Nie ma takich powiadomień." in of_another.text
    assert "wszystkie są już przeczytane" in none_new.text
    assert wrong.status_code == 422


async def test_a_form_sent_from_another_site_is_refused(service_running):
    async with service_running.browser(a_coordinator(new_id())) as browser:
        answer = await browser.post("/notifications/read", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


async def test_wishes_are_chosen_by_ticking_boxes(service_running):
    person = a_coordinator(new_id())
    async with service_running.browser(person) as browser:
        before = await browser.get("/notifications/settings")
        answer = await browser.post("/notifications/settings", data={"group": ["conflicts"]})
        after = await browser.get(answer.headers["location"])

    assert before.text.count(" checked") == len(GROUPS) + 1
    assert after.text.count(" checked") == 1
    assert "Twój wybór został zapisany." in after.text


@pytest.mark.parametrize("address", ["/status", "/notifications/status"])
async def test_the_status_page_says_in_plain_words_that_the_bus_is_away(service_running, address):
    async with service_running.browser() as browser:
        page = await browser.get(address)

    assert page.status_code == 200
    assert "W tej chwili nie wszystko działa." in page.text
    assert "Zmiany są zapisane" in page.text
