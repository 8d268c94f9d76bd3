"""Buttons in letters: they ask before they do, work without signing in, do one thing, and end."""

import re
from datetime import date, timedelta

import pytest

from services.notifications.domain import links
from services.notifications.domain.buttons import purpose_of
from shared.identifiers import new_id
from shared.messages import calendar
from shared.messages.calendar import ActionAnswered
from shared.messages.notifications import ActionAsked, FinishAsked
from shared.messages.registry import Membership, PersonErased
from tests.service.notifications.builders import a_conflict, a_person_of, an_organisation, the_same

IN_TEXT = re.compile(r"http://osiedle\.test(/notifications/act/([a-z_]+)\?press=\S+)")


def buttons_of(letter):
    """Give the address of each button, by what it does, as the text and the HTML part have them."""
    text = {action: where for where, action in IN_TEXT.findall(letter.get_body(("plain",)).get_content())}
    html = letter.get_body(("html",)).get_content()
    assert all(where in html for where in text.values())
    return text


@pytest.fixture
async def told(service_running):
    organisation = an_organisation()
    told = a_person_of(organisation.id)
    await service_running.deliver(organisation, told)
    return told


@pytest.fixture
async def conflict(service_running, told):
    conflict = a_conflict(version=3, organisation_ids=(told.memberships[0].organisation_id,))
    await service_running.deliver(conflict)
    return conflict


async def test_a_letter_has_at_most_three_buttons_for_each_alert(letters, conflict):
    [letter] = await letters()
    assert list(buttons_of(letter)) == ["accept_conflict", "mark_read"]
    text = letter.get_body(("plain",)).get_content()
    assert "Wiemy o tym, niech zostanie: http" in text


async def test_following_a_button_changes_nothing_but_pressing_it_asks_the_calendar(
    service_running, time, letters, told, conflict
):
    [letter] = await letters()
    where = buttons_of(letter)["accept_conflict"]
    async with service_running.browser() as browser:
        page = await browser.get(where)
        assert await service_running.outgoing(ActionAsked) == []
        pressed = await browser.post(where, data={"because": "Zmieścimy\nsię."})
        after = await browser.get(pressed.headers["location"])

    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "Czy ta kolizja może zostać?" in page.text
    assert 'name="because"' in page.text
    [asked] = await service_running.outgoing(ActionAsked)
    assert asked == ActionAsked(
        id=asked.id,
        version=1,
        action="accept_conflict",
        subject_id=conflict.id,
        subject_version=3,
        person_id=told.id,
        organisation_id=told.memberships[0].organisation_id,
        role="coordinator",
        because="Zmieścimy się.",
        asked_at=time.now,
    )
    assert pressed.status_code == 303
    assert "To już w drodze." in after.text
    assert "<textarea" not in after.text
    [alert] = await service_running.rows("alert")
    assert alert.read_at is not None


@pytest.mark.parametrize(
    ("outcome", "words", "again"),
    [
        ("done", "Zrobione.", False),
        ("settled", "ktoś już odpowiedział", False),
        ("changed", "jest inaczej", False),
        ("blocked", "zderzyłoby się", True),
        ("not_allowed", "nie możesz tego zrobić", True),
        ("gone", "już nie istnieje", False),
        ("refused", "nie da się tego zrobić", True),
    ],
)
async def test_what_came_of_it_is_said_and_is_not_asked_twice(
    service_running, letters, conflict, outcome, words, again
):
    [letter] = await letters()
    where = buttons_of(letter)["accept_conflict"]
    async with service_running.browser() as browser:
        await browser.post(where, data={"because": "Tak."})
        await browser.post(where, data={"because": "Jeszcze raz."})
        [asked] = await service_running.outgoing(ActionAsked)
        await service_running.deliver(ActionAnswered(id=asked.id, version=1, outcome=outcome))
        page = await browser.get(where)
        await browser.post(where, data={"because": "Po odpowiedzi."})

    assert words in page.text
    assert len(await service_running.outgoing(ActionAsked)) == (2 if again else 1)


async def test_a_reason_that_is_owed_must_be_given(service_running, letters, conflict):
    [letter] = await letters()
    async with service_running.browser() as browser:
        empty = await browser.post(buttons_of(letter)["accept_conflict"], data={"because": "  "})

    assert empty.status_code == 422
    assert "Napisz, dlaczego" in empty.text
    assert await service_running.outgoing(ActionAsked) == []


async def test_a_button_does_one_thing_for_one_alert(service_running, letters, told, conflict):
    [letter] = await letters()
    where = buttons_of(letter)["accept_conflict"]
    action, key = where.rpartition("/")[2].split("?press=")
    other_subject = key.replace(key.split(".")[0], new_id())
    longer = key.replace(key.split(".")[1], str(int(key.split(".")[1]) + 1000))
    base = "/notifications/act"
    wrong = [
        f"{base}/refuse_request?press={key}",
        f"{base}/nothing?press={key}",
        f"{base}/{action}?press={other_subject}",
        f"{base}/{action}?press={longer}",
        f"{base}/{action}?press={key[:-2]}",
        f"{base}/{action}?press={key}ż",
        f"{base}/{action}",
        f"/notifications/unsubscribe?key={key}",
    ]
    async with service_running.browser() as browser:
        for address in wrong:
            assert (await browser.get(address)).status_code == 403, address
            assert (await browser.post(address, data={"because": "x"})).status_code == 403, address
    assert await service_running.outgoing(ActionAsked) == []
    assert await service_running.rows("wishes") == []


async def test_a_button_ends_with_what_it_is_about_and_says_so(service_running, time, letters, conflict):
    [letter] = await letters()
    buttons = buttons_of(letter)
    time.now = conflict.ends_at + timedelta(minutes=1)
    async with service_running.browser() as browser:
        over = await browser.post(buttons["accept_conflict"], data={"because": "x"})
        read = await browser.post(buttons["mark_read"])
    time.now += timedelta(days=15)
    async with service_running.browser() as browser:
        late = await browser.get(buttons["mark_read"])

    assert over.status_code == 410
    assert "Ten odnośnik już nie działa" in over.text
    assert read.status_code == 303
    assert "Zrobione." in late.text  # what was done in time is still said
    assert await service_running.outgoing(ActionAsked) == []


async def test_who_may_not_speak_for_the_institution_any_more_is_refused(service_running, letters, told, conflict):
    [letter] = await letters()
    role = {"organisation_id": told.memberships[0].organisation_id, "role": "member"}
    await service_running.deliver(
        told.model_copy(update={"version": 2, "memberships": ()}).model_validate(
            {**told.model_dump(), "version": 2, "memberships": [role]}
        )
    )
    async with service_running.browser() as browser:
        answer = await browser.post(buttons_of(letter)["accept_conflict"], data={"because": "x"})

    assert answer.status_code == 403
    assert await service_running.outgoing(ActionAsked) == []


async def test_a_member_gets_no_button_that_they_may_not_press(service_running, letters):
    organisation_id = new_id()
    member = a_person_of(memberships=[{"organisation_id": organisation_id, "role": "member"}])
    await service_running.deliver(member, a_conflict(organisation_ids=(organisation_id,)))
    [letter] = await letters()
    assert list(buttons_of(letter)) == ["mark_read"]


async def test_of_somebody_erased_no_button_works_and_nothing_is_kept(service_running, letters, told, conflict):
    [letter] = await letters()
    where = buttons_of(letter)["accept_conflict"]
    async with service_running.browser() as browser:
        await browser.post(where, data={"because": "x"})
        await service_running.deliver(PersonErased(id=told.id, version=2))
        answer = await browser.get(where)
    assert answer.status_code == 403
    assert await service_running.rows("link_press") == []


async def test_each_kind_that_asks_something_has_its_buttons(service_running, letters, told):
    organisation_id = told.memberships[0].organisation_id
    conflict = a_conflict(organisation_ids=(organisation_id,))
    facts = conflict.model_dump(include={"event_titles", "starts_at", "ends_at", "zone"})
    opportunity = {
        **facts,
        "version": 2,
        "kind": "same_site",
        "reason": {"code": "proposed_together", "values": {"one": "Festyn", "other": "Koncert"}},
        "organisation_ids": (organisation_id,),
        "url": "/calendar/inbox",
    }
    booking = {
        "version": 1,
        "kind": "venue",
        "thing_id": new_id(),
        "thing_name": "Sala",
        "event_title": "Bal",
        **{name: facts[name] for name in ("starts_at", "ends_at", "zone")},
        "url": "/calendar/inbox",
    }
    asked = calendar.BookingRequested(
        **booking, id=new_id(), event_id=new_id(), owner_id=organisation_id, host_ids=(new_id(),)
    )
    countered = calendar.BookingAnswered(
        **{**booking, "version": 2},
        id=new_id(),
        event_id=new_id(),
        owner_id=new_id(),
        host_ids=(organisation_id,),
        answer="countered",
    )
    proposed = calendar.OpportunityProposed(
        **opportunity, id=new_id(), event_ids=(new_id(), new_id()), proposer_ids=(new_id(),), way="join"
    )
    found = []
    for message in (proposed, asked, countered):
        await service_running.deliver(message)
        found.append(list(buttons_of((await letters())[-1])))

    assert found == [
        ["accept_proposal", "decline_opportunity"],
        ["accept_request", "refuse_request"],
        ["accept_request", "mark_read"],
    ]


async def test_letters_from_before_links_had_an_end_still_end_letters_for_a_year(service_running, time, told):
    [row] = await service_running.rows("link_secret")
    old = f"{told.id}.{links._signature(row.secret, links.NO_LETTERS, told.id)}"
    new = links.link_key(row.secret, links.NO_LETTERS, told.id, time.now + links.NO_LETTERS_FOR)
    foreign = links.link_key(row.secret, purpose_of("mark_read"), told.id, time.now + links.NO_LETTERS_FOR)
    address = "/notifications/unsubscribe?key="
    ask = service_running.client.get
    assert [(await ask(address + key)).status_code for key in (old, new, foreign)] == [200, 200, 403]
    time.now = row.undated_until + timedelta(seconds=1)
    assert (await ask(address + old)).status_code == 410
    time.now += timedelta(days=366)
    assert (await ask(address + new)).status_code == 410


async def test_newer_news_makes_an_older_button_answerable_by_its_own_version(service_running, letters, told, conflict):
    [first] = await letters()
    await service_running.deliver(the_same(conflict, calendar.ConflictChanged, severity="blocking"))
    async with service_running.browser() as browser:
        await browser.post(buttons_of(first)["accept_conflict"], data={"because": "x"})
    [asked] = await service_running.outgoing(ActionAsked)
    assert asked.subject_version == conflict.version  # the calendar answers that it has changed since


def a_task(**values):
    facts = {
        "id": new_id(),
        "version": 4,
        "event_id": new_id(),
        "title": "Spotkanie liderów",
        "due_on": date(2026, 11, 20),
        "zone": "Europe/Warsaw",
        "stage": "overdue",
        "url": "/calendar/events/x#tasks",
    }
    return calendar.TaskDue(**{**facts, **values})


@pytest.mark.parametrize("is_own", [True, False])
async def test_that_a_task_is_done_is_said_from_the_letter_after_its_day_too(service_running, letters, told, is_own):
    organisation_id = told.memberships[0].organisation_id
    task = a_task(**({"owner_person_id": told.id} if is_own else {"owner_id": organisation_id}))
    await service_running.deliver(task)
    [letter] = await letters()
    where = buttons_of(letter)["finish_task"]
    async with service_running.browser() as browser:
        page = await browser.get(where)
        assert await service_running.outgoing(FinishAsked) == []
        await browser.post(where)
        await browser.post(where)
        [asked] = await service_running.outgoing(FinishAsked)
        await service_running.deliver(ActionAnswered(id=asked.id, version=1, outcome="done"))
        after = await browser.get(where)

    assert "Czy to zadanie jest zrobione?" in page.text
    assert 'name="because"' not in page.text
    assert (asked.subject_id, asked.subject_version, asked.person_id) == (task.id, 4, told.id)
    speaks = (None, None) if is_own else (organisation_id, "coordinator")
    assert (asked.organisation_id, asked.role) == speaks
    assert "Zrobione." in after.text


async def test_who_does_not_speak_for_an_organisation_cannot_say_that_its_task_is_done(service_running, letters, told):
    organisation_id = told.memberships[0].organisation_id
    member = {"organisation_id": organisation_id, "role": "member"}
    await service_running.deliver(told.model_copy(update={"version": 2, "memberships": (Membership(**member),)}))
    await service_running.deliver(a_task(owner_id=organisation_id))
    [letter] = await letters()
    assert list(buttons_of(letter)) == ["mark_read"]
