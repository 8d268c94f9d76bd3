"""A letter as people expect it: one press ends it, one conversation for each event, dates that go into a calendar."""

import re

import pytest

from shared.identifiers import new_id
from shared.messages import calendar
from shared.messages.registry import PersonErased
from tests.service.notifications.builders import AFTERNOON, a_conflict, a_person_of, an_event, the_same

ONE_CLICK = (
    {"data": {"List-Unsubscribe": "One-Click"}},
    {"files": {"List-Unsubscribe": (None, "One-Click")}},
)
"""As RFC 8058 lets mail programs send it: as a form, or in parts."""


def stop_address(letter):
    return re.fullmatch(r"<http://osiedle\.test(/notifications/unsubscribe\?key=.+)>", letter["List-Unsubscribe"])[1]


@pytest.fixture
async def told(service_running):
    told = a_person_of(new_id())
    await service_running.deliver(told, a_conflict(organisation_ids=(told.memberships[0].organisation_id,)))
    return told


@pytest.mark.parametrize("body", ONE_CLICK)
async def test_one_press_in_a_mail_program_ends_letters_without_signing_in(service_running, told, letters, body):
    [letter] = await letters()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    await service_running.deliver(a_conflict(organisation_ids=(told.memberships[0].organisation_id,)))

    answer = await service_running.client.post(stop_address(letter), **body)
    again = await service_running.client.post(stop_address(letter), **body)
    await service_running.deliver(a_conflict(organisation_ids=(told.memberships[0].organisation_id,)))

    assert [answer.status_code, again.status_code] == [200, 200]
    assert len(await letters()) == 1
    assert [row.state for row in await service_running.rows("delivery", order_by="id")] == ["sent", "overtaken"]
    [row] = await service_running.rows("history")
    assert (row.action, row.by_person_id) == ("stopped_letters", None)


async def test_following_the_link_changes_nothing_but_its_button_does(service_running, told, letters):
    [letter] = await letters()
    async with service_running.browser() as browser:
        page = await browser.get(stop_address(letter))
        assert await service_running.rows("wishes") == []
        action = re.search(r'action="(/notifications/unsubscribe[^"]+)"', page.text)[1]
        done = await browser.post(action)

    assert "Czy przestać wysyłać Ci listy o powiadomieniach?" in page.text
    assert "Nie będziesz już dostawać listów o powiadomieniach." in done.text
    assert [row.mail for row in await service_running.rows("wishes")] == [False]
    assert stop_address(letter) in letter.get_body(("plain",)).get_content()


async def test_a_key_that_is_none_or_of_somebody_erased_is_refused(service_running, told, letters):
    [letter] = await letters()
    address = stop_address(letter)
    other = address.replace(told.id, new_id())
    for wrong in ("/notifications/unsubscribe", address[:-3], other, address + "ż"):
        assert (await service_running.client.post(wrong)).status_code == 403, wrong
    await service_running.deliver(PersonErased(id=told.id, version=2))
    assert (await service_running.client.post(address)).status_code == 403
    assert await service_running.rows("wishes") == []


async def test_letters_about_one_event_are_one_conversation(service_running, letters):
    told = a_person_of(organisation_id := new_id())
    mine, other = an_event(host_ids=(organisation_id,)), an_event(host_ids=(new_id(),))
    conflict = a_conflict(event_ids=(other.id, mine.id), organisation_ids=(organisation_id,))
    await service_running.deliver(told, mine, other, conflict)
    await letters()
    blocking = the_same(conflict, calendar.ConflictChanged, severity="blocking")
    await service_running.deliver(blocking)
    await letters()
    await service_running.deliver(*(a_conflict(organisation_ids=(organisation_id,)) for _ in range(2)))

    first, second, third = await letters()

    assert first["References"] == second["References"] == f"<event-{mine.id}@example.org>"
    assert first["In-Reply-To"] == first["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert third["References"] is None


async def test_what_people_typed_stands_in_the_text_as_they_typed_it(service_running, letters):
    told = a_person_of(organisation_id := new_id(), name="Jan <O'Neil> & syn")
    await service_running.deliver(told, a_conflict(organisation_ids=(organisation_id,)))

    [letter] = await letters()

    assert "Jan <O'Neil> & syn" in letter.get_body(("plain",)).get_content()
    assert "Jan &lt;O&#39;Neil&gt; &amp; syn" in letter.get_body(("html",)).get_content()


async def test_an_agreed_date_comes_as_a_calendar_file(service_running, letters):
    told = a_person_of(organisation_id := new_id())
    event = an_event(host_ids=(organisation_id,), title="Bal; z tańcami, " + "żółć " * 20)
    agreed = calendar.BookingAnswered(
        id=new_id(),
        version=2,
        kind="venue",
        thing_id=new_id(),
        thing_name="Sala",
        owner_id=new_id(),
        event_id=event.id,
        event_title=event.title,
        host_ids=event.host_ids,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        url="/calendar/inbox",
        answer="accepted",
    )
    await service_running.deliver(told, event, agreed)

    [letter] = await letters()
    [file] = list(letter.iter_attachments())

    assert file.get_content_type() == "text/calendar"
    assert file["Content-Type"].params["method"] == "PUBLISH"
    content = file.get_content().replace("\r\n", "\n")
    assert max(len(line.encode()) for line in content.splitlines()) <= 75
    unfolded = content.replace("\n ", "")
    assert "SUMMARY:Bal\\; z tańcami\\, żółć" in unfolded
    assert f"DTSTART:{AFTERNOON:%Y%m%dT%H%M%SZ}" in unfolded
    assert f"URL:http://osiedle.test/calendar/events/{event.id}" in unfolded
