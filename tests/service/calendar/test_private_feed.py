"""The address under which somebody's own calendar program reads the events of their institutions, and nobody else's."""

import io
import logging

import pytest
from icalendar import Calendar
from sqlalchemy import event

from shared import clock
from shared.auth import key_parts, key_text
from shared.identifiers import new_id
from shared.messages.calendar import ApiKeyUsed
from shared.observability import Discreet
from tests.builders import a_feed, a_key, a_role, an_administrator, changed_key
from tests.service.calendar.builders import API, a_calendar, an_event, an_organisation


def address(secret):
    return f"/calendar/private/{secret}.ics"


async def planned(calendar, **values):
    headers = calendar.headers(an_administrator())
    answer = await calendar.client.post(f"{API}/events", json=an_event(**values), headers=headers)
    assert answer.status_code == 201, answer.text


def titles(answer):
    assert answer.status_code == 200, answer.text
    return sorted(str(one["SUMMARY"]) for one in Calendar.from_ical(answer.content).walk("VEVENT"))


async def test_it_holds_the_events_of_ones_institutions_tentative_ones_too_and_filters_choose(database_url):
    club, school, other = an_organisation(), an_organisation(name="Szkoła"), an_organisation(name="Dom kultury")
    feed, secret = a_feed(memberships=(a_role(club.id), a_role(school.id, "member")))
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, other, feed)
        await planned(calendar, title="Gimnastyka", host_ids=[club.id], audiences=["seniors"])
        await planned(calendar, title="Zebranie", host_ids=[school.id], status="tentative")
        await planned(calendar, title="Koncert", host_ids=[other.id])
        answer = await calendar.client.get(address(secret))
        assert titles(answer) == ["Gimnastyka", "Zebranie"]
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert titles(await calendar.client.get(f"{address(secret)}?organisation={school.id}")) == ["Zebranie"]
        assert titles(await calendar.client.get(f"{address(secret)}?organisation={other.id}")) == []
        assert titles(await calendar.client.get(f"{address(secret)}?audience=seniors")) == ["Gimnastyka"]


async def test_it_is_kept_by_nobody_on_the_way_and_names_its_own_secret_nowhere(database_url):
    feed, secret = a_feed()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(feed)
        answer = await calendar.client.get(address(secret))
        again = await calendar.client.get(address(secret), headers={"If-None-Match": answer.headers["etag"]})
        wrong = await calendar.client.get(address(a_feed()[1]))
        assert (answer.status_code, again.status_code, wrong.status_code) == (200, 304, 404)
        for one in (answer, again, wrong):
            assert one.headers["cache-control"] == "private, no-cache"
            assert one.headers["referrer-policy"] == "no-referrer"
        assert secret[-64:] not in answer.text + str(answer.headers) + wrong.text


async def test_every_wrong_address_is_answered_the_same(database_url):
    feed, secret = a_feed()
    ended, ended_secret = a_feed(revoked_at=clock.now())
    over, over_secret = a_feed(expires_at=clock.now())
    program, program_text = a_key()
    forged = key_text(feed.id, key_parts(a_feed()[1])[1])
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(feed, ended, over, program)
        wrong = [
            ended_secret,
            over_secret,
            program_text,
            forged,
            a_feed()[1],
            "osk_",
            "x",
            "a" * 300,
            "%00",
            secret[:-1],
        ]
        answers = [await calendar.client.get(address(one)) for one in wrong]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
        assert (await calendar.client.get(address(secret))).status_code == 200


async def test_it_follows_the_roles_of_its_person_and_ends_when_it_is_revoked(database_url):
    club, school = an_organisation(), an_organisation(name="Szkoła")
    feed, secret = a_feed(memberships=(a_role(club.id), a_role(school.id)))
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, school, feed)
        await planned(calendar, title="Gimnastyka", host_ids=[club.id])
        await planned(calendar, title="Zebranie", host_ids=[school.id])
        assert titles(await calendar.client.get(address(secret))) == ["Gimnastyka", "Zebranie"]
        fewer = changed_key(feed, memberships=(a_role(school.id),))
        await calendar.deliver(fewer)
        assert titles(await calendar.client.get(address(secret))) == ["Zebranie"]
        none = changed_key(fewer, memberships=())
        await calendar.deliver(none)
        assert titles(await calendar.client.get(address(secret))) == []
        await calendar.deliver(changed_key(none, revoked_at=clock.now()))
        assert (await calendar.client.get(address(secret))).status_code == 404


async def test_an_administrator_without_an_institution_has_an_empty_feed(database_url):
    club = an_organisation()
    feed, secret = a_feed(administrator=True)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, feed)
        await planned(calendar, title="Gimnastyka", host_ids=[club.id])
        assert titles(await calendar.client.get(address(secret))) == []


async def test_a_feed_opens_no_other_door(database_url):
    feed, secret = a_feed(administrator=True, scopes=("calendar:read", "calendar:write"))
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(feed)
        headers = {"Authorization": f"Bearer {secret}"}
        assert (await calendar.client.post(f"{API}/events", json=an_event(), headers=headers)).status_code == 401


async def test_guessing_addresses_costs_no_work_in_the_database(database_url):
    feed, secret = a_feed()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(feed)
        assert (await calendar.client.get(address(secret))).status_code == 200
        asked = []
        event.listen(calendar.database._reader, "before_cursor_execute", lambda *args: asked.append(args[2]))
        for _ in range(100):
            assert (await calendar.client.get(address(key_text(new_id(), "0" * 64)))).status_code == 404
        assert len([one for one in asked if "known_api_key" in one]) <= 1


async def test_the_registry_is_told_that_it_is_read_once_an_hour(database_url):
    feed, secret = a_feed()
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(feed)
        for _ in range(3):
            await calendar.client.get(address(secret))
        [told] = await calendar.outgoing(ApiKeyUsed)
        assert told.id == feed.id


@pytest.mark.parametrize("for_people", [False, True])
@pytest.mark.parametrize("what", ["message", "error"])
def test_a_log_line_hides_the_secret_of_an_address(what, for_people):
    secret = a_feed()[1]
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Discreet(for_people=for_people))
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        raise RuntimeError(address(secret))
    except RuntimeError:
        log.error("%s is broken", address(secret) if what == "message" else "it", exc_info=what == "error")
    assert "osk_" in written.getvalue()
    assert secret[-64:] not in written.getvalue()
