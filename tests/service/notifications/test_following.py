"""Following the calendar: who hears of an event because of what it is about."""

import re
from datetime import timedelta

import pytest

from services.notifications import commands
from services.notifications.domain.topics import Topic
from shared import clock
from shared.identifiers import new_id
from shared.messages import calendar, registry
from shared.messages.registry import PersonErased
from tests.builders import a_coordinator, a_person
from tests.service.notifications.builders import a_person_of, an_event, an_organisation

API = "/notifications/api/v1"
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def planned(told=calendar.EventPlanned, **values):
    """An event in a month."""
    starts_at = clock.now() + timedelta(days=30)
    dates = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    return told(**{**an_event(told).model_dump(), **dates, **values})


@pytest.fixture
def follow(service_running):
    async def follow(person, kind, value):
        headers = service_running.headers(person) | {"Accept-Language": "en"}
        return await service_running.client.post(f"{API}/topics", json={"kind": kind, "value": value}, headers=headers)

    return follow


@pytest.fixture
async def things(service_running):
    """One of each that others tell us of."""
    venue = registry.VenueRegistered(
        id=new_id(), version=1, name="Dom Kultury", organisation_id=new_id(), url="/registry/venues/v"
    )
    theme = registry.ThemeChanged(
        id=new_id(), version=1, code="sport", name_pl="Sport", name_en="Sports", url="/registry/themes"
    )
    organisation = an_organisation(name="Klub Seniora")
    await service_running.deliver(venue, theme, organisation)
    return {
        "venue": venue.id,
        "theme": "sport",
        "organisation": organisation.id,
        "audience": "seniors",
        "kind": "feast",
    }


def about(kind, value):
    return {
        "venue": {"venue_id": value},
        "theme": {"themes": ("music", value)},
        "organisation": {"host_ids": (new_id(), value)},
        "audience": {"audiences": ("families", value)},
        "kind": {"kind": value},
    }[kind]


@pytest.mark.parametrize("kind", ["venue", "theme", "organisation", "audience", "kind"])
async def test_who_follows_something_hears_of_events_about_it_and_of_no_others(
    service_running, things, follow, alerts, kind
):
    person = a_person()
    assert (await follow(person, kind, things[kind])).status_code == 201
    wanted = planned(title="Wanted", **{"kind": "course", **about(kind, things[kind])})
    await service_running.deliver(wanted, planned(title="Other", kind="course", audiences=("youth",)))

    [alert] = await alerts(person)

    assert (alert["kind"], alert["event_ids"], alert["organisation_id"]) == ("event_planned", [wanted.id], None)
    assert "Wanted" in alert["text"]
    assert await alerts(a_person()) == []


async def test_what_happens_to_it_is_told_too_and_each_thing_once(service_running, things, follow, alerts):
    person = a_person()
    await follow(person, "audience", "seniors")
    await follow(person, "kind", "feast")
    event = planned(audiences=("seniors",))
    moved = calendar.EventMoved(**{**event.model_dump(), "version": 2})
    cancelled = calendar.EventCancelled(**{**event.model_dump(), "version": 3, "status": "cancelled"})
    await service_running.deliver(event, event, moved, moved, cancelled)

    assert [one["kind"] for one in await alerts(person)] == ["event_cancelled", "event_moved", "event_planned"]


async def test_hosts_are_not_told_of_their_own_event(service_running, things, follow, alerts):
    told = a_person_of(organisation_id := new_id())
    person = a_coordinator(organisation_id, id=told.id)
    await follow(person, "audience", "seniors")
    await service_running.deliver(told, planned(audiences=("seniors",), host_ids=(organisation_id,)))

    assert await alerts(person) == []


@pytest.mark.parametrize("values", [{"visibility": "partners"}, {"visibility": "hosts"}, {"is_past": True}])
async def test_what_is_not_public_or_past_is_told_to_nobody(service_running, things, follow, alerts, values):
    person = a_person()
    await follow(person, "audience", "seniors")
    if values.pop("is_past", False):
        values["starts_at"] = clock.now() - timedelta(hours=3)
        values["ends_at"] = clock.now() - timedelta(hours=1)
    await service_running.deliver(planned(audiences=("seniors",), **values))

    assert await alerts(person) == []


async def test_nobody_learns_what_somebody_follows(service_running, things, follow, alerts):
    host = a_coordinator(organisation_id := new_id())
    await follow(person := a_person(), "audience", "seniors")
    await service_running.deliver(planned(audiences=("seniors",), host_ids=(organisation_id,)))

    assert len(await alerts(person)) == 1
    assert await alerts(host) == []
    assert [message.type for message in await service_running.outgoing()] == []


async def test_new_events_come_in_a_daily_letter_with_their_dates(service_running, things, follow, time, letters):
    now = time.now
    await service_running.deliver(told := a_person_of(new_id()))
    await service_running.database.write(_follow_feasts, told.id)
    dates = {"starts_at": now + timedelta(days=9), "ends_at": now + timedelta(days=9, hours=2)}
    await service_running.deliver(*(planned(title=f"Festyn {number}", **dates) for number in range(3)))
    assert await letters() == []

    time.now = now + timedelta(days=1)
    [letter] = await letters()

    assert "To podsumowanie dnia." in letter.get_body(("plain",)).get_content()
    [file] = list(letter.iter_attachments())
    assert file.get_content().count("BEGIN:VEVENT") == 3


def _follow_feasts(session, person_id):
    commands.follow(session, by=a_person(id=person_id), topic=Topic("kind", "feast"))


async def test_what_one_follows_is_listed_by_name_followed_once_and_left(service_running, things, follow):
    person = a_person()
    first = await follow(person, "theme", "sport")
    again = await follow(person, "theme", "sport")
    await follow(person, "audience", "seniors")
    headers = service_running.headers(person) | {"Accept-Language": "en"}
    listed = (await service_running.client.get(f"{API}/topics", headers=headers)).json()["items"]
    address = first.headers["location"]
    stranger = await service_running.client.delete(address, headers=service_running.headers(a_person()))
    gone = await service_running.client.delete(address, headers=headers)
    left = (await service_running.client.get(f"{API}/topics", headers=headers)).json()["items"]

    assert first.json()["id"] == again.json()["id"]
    assert [one["name"] for one in listed] == ["Sports", "Seniors"]
    assert (stranger.status_code, gone.status_code) == (404, 204)
    assert [one["value"] for one in left] == ["seniors"]


@pytest.mark.parametrize(("kind", "value"), [("audience", "martians"), ("venue", UNKNOWN), ("theme", "gossip")])
async def test_what_there_is_not_cannot_be_followed(service_running, things, follow, kind, value):
    assert (await follow(a_person(), kind, value)).status_code == 404


async def test_topics_are_chosen_and_left_on_a_page(service_running, things):
    async with service_running.browser(a_person()) as browser:
        before = await browser.get("/notifications/topics")
        await browser.post("/notifications/topics", data={"topic": f"venue:{things['venue']}"})
        after = await browser.get("/notifications/topics")
        action = re.search(r'action="(/notifications/topics/[^"]+/remove)"', after.text)[1]
        await browser.post(action)
        left = await browser.get("/notifications/topics")
        wrong = await browser.post("/notifications/topics", data={"topic": "moon:full"})

    assert "Jeszcze niczego nie obserwujesz." in before.text
    assert '<optgroup label="Odbiorcy">' in before.text
    assert "Dom Kultury" in after.text
    assert "Jeszcze niczego nie obserwujesz." in left.text
    assert wrong.status_code == 404


async def test_what_somebody_followed_goes_when_they_are_erased(service_running, things, follow):
    told = a_person_of(new_id())
    await service_running.deliver(told)
    await follow(a_person(id=told.id), "audience", "seniors")
    await service_running.deliver(PersonErased(id=told.id, version=2))

    assert await service_running.rows("followed_topic") == []
