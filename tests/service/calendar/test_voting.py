"""Voting by link without an account: thirty people and twenty dates, twice, too late, by a forged link, for a group."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from shared import clock
from shared.messages.registry import PersonErased
from tests.aging import counts, forget
from tests.builders import a_person
from tests.service.calendar.builders import API, a_calendar
from tests.service.calendar.calling import DAY, Neighbourhood, a_neighbourhood, form_of

POLISH = {"Accept-Language": "pl"}
ANSWERS = ("yes", "if_needed", "no")


@pytest_asyncio.fixture
async def town(database_url: str) -> AsyncIterator[Neighbourhood]:
    async with a_calendar(database_url, answers_per_minute=0) as service:
        yield await a_neighbourhood(service)


async def sent(town: Neighbourhood, link: str, answers: dict[str, str], **more: str) -> httpx.Response:
    async with town.it.browser() as phone:
        return await phone.post(link, data=form_of(answers, **more), headers=POLISH)


async def looked(town: Neighbourhood, link: str) -> httpx.Response:
    async with town.it.browser() as phone:
        return await phone.get(link, headers=POLISH)


async def test_thirty_people_vote_on_twenty_dates_by_their_links_alone(town: Neighbourhood):
    guests = [{"name": f"Osoba {number}", "required": number == 3} for number in range(30)]
    poll = await town.poll(number=20, invited=guests, venue_id=None)
    dates = [one["id"] for one in poll["dates"]]
    links = await town.links(poll["id"])
    assert len(set(links.values())) == 30
    expected = [[0, 0, 0] for _ in dates]
    for number, link in enumerate(links.values()):
        said = {date: (number * 7 + place * 5) % 3 for place, date in enumerate(dates)}
        for place, date in enumerate(dates):
            expected[place][said[date]] += 1
        answer = await sent(town, link, {date: ANSWERS[one] for date, one in said.items()})
        assert answer.status_code == 303
    seen = await town.seen(poll["id"])
    assert [[one["yes"], one["if_needed"], one["no"]] for one in seen["dates"]] == expected
    assert (seen["answered"], seen["asked"]) == (30, 30)
    assert sum(one["suggested"] for one in seen["dates"]) == 1
    assert len(await town.it.rows("poll_vote")) == 600


async def test_the_page_of_a_link_names_its_owner_and_asks_for_each_date_downwards(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}])
    [link] = (await town.links(poll["id"])).values()
    page = await looked(town, link)
    assert page.status_code == 200
    assert "Jan Nowak" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in page.headers["cache-control"]
    places = [page.text.index(f'id="date_{one["id"]}"') for one in poll["dates"]]
    assert places == sorted(places)
    assert len(re.findall(r'type="radio"', page.text)) == 9
    assert "checked" not in page.text


async def test_who_votes_twice_replaces_their_answers_and_is_told_so(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}])
    first, second, _ = (one["id"] for one in poll["dates"])
    [link] = (await town.links(poll["id"])).values()
    once = await sent(town, link, {first: "yes", second: "no"})
    assert once.headers["location"] == f"{link}?notice=voted"
    again = await sent(town, link, {first: "no"})
    page = await looked(town, again.headers["location"])
    assert "Głos był już oddany wcześniej" in page.text
    assert re.search(rf'name="date_{first}" value="no"\s+checked', page.text)
    [vote] = await town.it.rows("poll_vote")
    assert (vote.event_id, vote.answer) == (first, "no")
    assert (await town.seen(poll["id"]))["answered"] == 1


async def test_a_late_vote_is_refused_with_a_clear_word_and_counts_nowhere(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}])
    date = poll["dates"][0]["id"]
    [link] = (await town.links(poll["id"])).values()
    await town.past_closing(poll["id"])
    late = await sent(town, link, {date: "yes"})
    assert late.status_code == 409
    assert "Odpowiedzi przyszły za późno" in late.text
    by_program = await town.it.client.post(
        link.replace("/calendar/polls/", f"{API}/ballots/"), json={"answers": {date: "yes"}}
    )
    assert (by_program.status_code, by_program.json()["type"]) == (409, "urn:osiedle:problem:poll-closed")
    assert "Ankieta jest zamknięta" in (await looked(town, link)).text
    assert await town.it.rows("poll_vote") == []


async def test_a_settled_poll_takes_no_vote_and_its_links_say_the_date(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}])
    date = poll["dates"][1]["id"]
    [link] = (await town.links(poll["id"])).values()
    await sent(town, link, {date: "yes"})
    await town.posted(f"polls/{poll['id']}/settle", date_id=date)
    assert (await sent(town, link, {date: "no"})).status_code == 409
    page = await looked(town, link)
    assert "Spotkanie odbędzie się w terminie" in page.text
    assert [vote.answer for vote in await town.it.rows("poll_vote")] == ["yes"]


async def test_a_forged_link_leads_to_a_page_that_says_what_to_do(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}, {"name": "Ewa Nowa"}])
    first, second = (await town.links(poll["id"])).values()
    mixed = first[:-64] + second[-64:]
    turned = first[:-1] + ("0" if first[-1] != "0" else "1")
    for forged in (mixed, turned, first[:-1], "/calendar/polls/x", f"/calendar/polls/{poll['id']}"):
        for page in (await looked(town, forged), await sent(town, forged, {poll["dates"][0]["id"]: "yes"})):
            assert page.status_code == 404
            assert "Ten odnośnik nie prowadzi do żadnej ankiety" in page.text
            assert "poprosić o nowy odnośnik" in page.text
    assert await town.it.rows("poll_vote") == []
    stored = str(await town.it.rows("poll_link"))
    assert first[-64:] not in stored


async def test_an_answer_for_nothing_or_for_another_poll_is_asked_again(town: Neighbourhood):
    poll, other = await town.poll(invited=[{"name": "Jan Nowak"}]), await town.poll(venue_id=None)
    [link] = (await town.links(poll["id"])).values()
    assert (await sent(town, link, {})).status_code == 422
    assert (await sent(town, link, {poll["dates"][0]["id"]: "maybe"})).status_code == 422
    ballot = link.replace("/calendar/polls/", f"{API}/ballots/")
    foreign = await town.it.client.post(ballot, json={"answers": {other["dates"][0]["id"]: "yes"}})
    assert foreign.status_code == 422
    assert await town.it.rows("poll_vote") == []


async def test_a_group_takes_part_by_one_link_each_under_their_name(town: Neighbourhood):
    poll = await town.poll(invited=[])
    date = poll["dates"][0]["id"]
    [link] = (await town.links(poll["id"], open=True)).values()
    nameless = await sent(town, link, {date: "yes"})
    assert nameless.status_code == 422
    assert 'href="#name"' in nameless.text
    own = []
    for name in ("Jan", "Ewa"):
        joined = await sent(town, link, {date: "yes"}, name=name)
        own.append(joined.headers["location"].partition("?")[0])
        assert "tylko Państwa" in (await looked(town, joined.headers["location"])).text
    assert len({link, *own}) == 3
    await sent(town, own[0], {date: "no"})
    seen = await town.seen(poll["id"])
    assert (seen["dates"][0]["yes"], seen["dates"][0]["no"]) == (1, 1)
    assert {one["name"] for one in seen["invited"]} == {"Jan", "Ewa"}


async def test_a_new_link_ends_the_one_before(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}])
    [(invitation_id, first)] = (await town.links(poll["id"])).items()
    assert await town.links(poll["id"]) == {}
    [second] = (await town.links(poll["id"], invitation_id=invitation_id)).values()
    assert [(await looked(town, link)).status_code for link in (first, second)] == [404, 200]


async def test_a_link_is_told_once_also_when_the_request_is_repeated(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak"}])
    headers = {**town.it.headers(town.by), "Idempotency-Key": "a"}
    answers = [await town.it.client.post(f"{API}/polls/{poll['id']}/links", json={}, headers=headers) for _ in range(2)]
    assert [bool(one.json()["items"][0]["url"]) for one in answers] == [True, False]
    assert answers[0].json()["items"][0]["url"][-64:] not in str(await town.it.rows("idempotency_key"))


async def test_somebody_of_an_invited_organisation_votes_for_it_and_others_do_not(town: Neighbourhood):
    poll = await town.poll()
    mine = next(one for one in poll["invited"] if one["organisation_id"] == town.invited_ids[1])
    member = a_person(roles={town.invited_ids[1]: "member"})
    path = f"/calendar/meetings/polls/{poll['id']}/vote"
    async with town.it.browser(member) as browser:
        led = await browser.post(path, data={"invitation_id": mine["id"]})
        assert led.status_code == 303
        other = next(one["id"] for one in poll["invited"] if one["organisation_id"] == town.invited_ids[0])
        assert (await browser.post(path, data={"invitation_id": other})).status_code == 403
    assert "Organizacja 2" in (await looked(town, led.headers["location"])).text


async def test_one_address_votes_so_often_in_a_minute(database_url: str):
    async with a_calendar(database_url, answers_per_minute=3) as service:
        town = await a_neighbourhood(service)
        poll = await town.poll(invited=[{"name": "Jan Nowak"}])
        [link] = (await town.links(poll["id"])).values()
        statuses = [(await sent(town, link, {poll["dates"][0]["id"]: "yes"})).status_code for _ in range(4)]
        assert statuses == [303, 303, 303, 429]


async def test_guests_are_named_no_more_some_time_after_the_meeting(town: Neighbourhood):
    poll = await town.poll(invited=[{"name": "Jan Nowak", "mail": "jan@example.org"}])
    date = poll["dates"][0]["id"]
    [link] = (await town.links(poll["id"])).values()
    await sent(town, link, {date: "yes"})
    ends_at = clock.now() + 3 * DAY
    assert counts(await forget(town.it, ends_at + 80 * DAY)) == {}
    assert counts(await forget(town.it, ends_at + 100 * DAY)) == {"guests": 1}
    [row] = await town.it.rows("invitation")
    assert (row.name, row.mail) == ("", None)
    assert len(await town.it.rows("poll_vote")) == 1
    assert (await looked(town, link)).status_code == 404


@pytest.mark.parametrize("whose", ["invitation", "poll"])
async def test_an_erased_person_is_in_no_poll_any_more(town: Neighbourhood, whose: str):
    guest_id = a_person().id
    await town.poll(invited=[{"person_id": guest_id, "name": "Jan Nowak", "mail": "jan@example.org"}])
    erased_id = guest_id if whose == "invitation" else town.by.id
    await town.it.deliver(PersonErased(id=erased_id, version=9))
    assert erased_id not in str([await town.it.rows("invitation"), await town.it.rows("poll")])
    if whose == "invitation":
        assert "Nowak" not in str(await town.it.rows("invitation"))
