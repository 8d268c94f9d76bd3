"""Who is told by their part in an event: hosts, whose things are taken, who is invited, who looks after everything."""

from datetime import timedelta

import pytest

from services.notifications import commands, queries
from services.notifications.domain.plans import QuietHours, WishPlan
from services.notifications.domain.topics import Topic
from services.notifications.schemas import alert_shown
from shared import i18n
from shared.identifiers import new_id
from shared.messages import calendar
from shared.paging import Paging
from tests.builders import a_coordinator, a_person
from tests.service.notifications.builders import a_conflict, a_person_of, an_event, an_organisation, the_same

MONTH = timedelta(days=30)


@pytest.fixture
async def parts(service_running, time):
    """Two hosts, an owner, an organisation and a person that are invited, and an event of theirs in a month."""
    people = {name: a_person_of(new_id()) for name in ("host", "co_host", "owner", "invited")}
    guest = a_person_of()
    people["guest"] = guest
    organisations = {name: one.memberships[0].organisation_id for name, one in people.items() if name != "guest"}
    await service_running.deliver(*(an_organisation(id=one) for one in organisations.values()), *people.values())

    def event(told, version, **values):
        facts = {
            "host_ids": (organisations["host"],),
            "owner_ids": (organisations["owner"],),
            "invited_ids": (organisations["invited"],),
            "invited_person_ids": (guest.id,),
            "by_person_id": people["host"].id,
            "starts_at": time.now + MONTH,
            "ends_at": time.now + MONTH + timedelta(hours=2),
            "title": "Narada",
            **values,
        }
        return an_event(told, id=event.id, version=version, **facts)

    event.id = new_id()
    event.organisations = organisations
    event.people = {
        name: a_coordinator(organisations[name], id=one.id, language="en")
        for name, one in people.items()
        if name in organisations
    }
    event.people["guest"] = a_person(id=guest.id, language="en")
    return event


@pytest.fixture
def alerts(service_running):
    """Give somebody's alerts in English; no token holds while a test says what time it is."""

    async def ask(person):
        return await service_running.database.read(_shown, person)

    return ask


def _shown(session, person):
    token = i18n.language.set("en")
    try:
        found = queries.alerts(session, Paging(limit=100), by=person, wanted=queries.WantedAlerts(on_my_page=True))
        return [alert_shown(one).model_dump() for one in found]
    finally:
        i18n.language.reset(token)


@pytest.fixture
def told(parts, alerts):
    """Give what each of them reads, the newest first."""

    async def told():
        return {name: [one["text"] for one in await alerts(person)] for name, person in parts.people.items()}

    return told


async def test_a_new_event_is_no_news_to_who_has_a_part_in_it(service_running, parts, told):
    await service_running.deliver(parts(calendar.EventPlanned, 1))

    assert not any((await told()).values())


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (calendar.EventMoved, "“Narada” is at another time or place now."),
        (calendar.EventCancelled, "“Narada” was cancelled."),
        (calendar.EventPlanned, "“Narada” is new on the calendar."),
    ],
)
async def test_owners_and_invited_are_told_once_what_happened_and_what_their_part_is(
    service_running, parts, told, message, said
):
    await service_running.deliver(happened := parts(message, 2), happened)

    heard = await told()

    assert heard["host"] == heard["co_host"] == []
    for name, part in {
        "owner": "It takes place at yours, or with what you lend.",
        "invited": "You are invited to it.",
        "guest": "You are invited to it.",
    }.items():
        [text] = heard[name]
        assert text.startswith(f"{said} {part} When: ")


async def test_hosts_of_one_event_are_told_what_another_host_did(service_running, parts, told):
    both = (parts.organisations["host"], parts.organisations["co_host"])
    await service_running.deliver(parts(calendar.EventMoved, 2, host_ids=both))

    heard = await told()

    assert heard["host"] == []
    assert heard["co_host"][0].startswith("“Narada” is at another time or place now. Your organisation hosts it.")


async def test_hosts_who_joined_their_events_are_not_told_that_the_old_one_ended(service_running, parts, told):
    both = (parts.organisations["host"], parts.organisations["co_host"])
    cancelled = parts(calendar.EventCancelled, 2, host_ids=both, joined_into_id=new_id(), status="cancelled")
    await service_running.deliver(cancelled)

    heard = await told()

    assert heard["host"] == heard["co_host"] == []
    assert len(heard["owner"]) == 1


async def test_a_meeting_that_is_not_public_is_named_to_who_is_invited_and_to_no_owner(service_running, parts, told):
    await service_running.deliver(parts(calendar.EventMoved, 2, visibility="hosts"))

    heard = await told()

    assert "“Narada”" in heard["invited"][0]
    assert "“Narada”" in heard["guest"][0]
    assert "“an event that is not public”" in heard["owner"][0]


async def test_who_is_invited_and_follows_it_hears_once(service_running, parts, told, alerts):
    await service_running.database.write(_follow, parts.people["guest"])
    await service_running.deliver(parts(calendar.EventMoved, 2))

    assert len((await told())["guest"]) == 1


def _follow(session, person):
    commands.follow(session, by=person, topic=Topic("kind", "feast"))


async def test_a_message_of_an_older_calendar_names_no_parts_and_tells_nobody_else(service_running, parts, told):
    body = parts(calendar.EventMoved, 2).model_dump(exclude={"owner_ids", "invited_ids", "invited_person_ids"})
    await service_running.deliver(calendar.EventMoved(**body))

    assert not any((await told()).values())


async def test_ten_moves_in_five_minutes_are_one_alert_and_one_letter(service_running, parts, time, told, letters):
    for version in range(2, 12):
        await service_running.deliver(parts(calendar.EventMoved, version))
        time.now += timedelta(seconds=20)

    assert await letters() == []
    assert len((await told())["owner"]) == 1
    time.now += timedelta(minutes=6)
    assert len([one for one in await letters() if "anna@example.org" in one["to"]]) == 3


async def test_who_never_heard_of_an_event_does_not_hear_that_it_is_cancelled(service_running, parts, time, letters):
    guest = parts.people["guest"]
    await service_running.database.write(_follow, guest)
    facts = {"invited_person_ids": (), "invited_ids": (), "owner_ids": ()}
    await service_running.deliver(parts(calendar.EventPlanned, 1, **facts))
    await service_running.deliver(parts(calendar.EventCancelled, 2, status="cancelled", **facts))
    time.now += timedelta(days=2)

    assert await letters() == []


async def test_who_knew_of_it_hears_that_it_is_cancelled_though_the_move_never_left(
    service_running, parts, time, letters
):
    facts = {"invited_ids": (), "owner_ids": ()}
    await service_running.deliver(parts(calendar.EventMoved, 2, **facts))
    await service_running.deliver(parts(calendar.EventCancelled, 3, status="cancelled", **facts))
    time.now += timedelta(minutes=10)

    [letter] = await letters()
    assert "odwołano" in letter["subject"].lower() or "odwołane" in letter["subject"].lower()


async def test_what_is_over_before_it_was_sent_stands_on_the_page_as_nothing_new(
    service_running, parts, time, letters, alerts
):
    person = parts.people["owner"]
    quiet = QuietHours(time.now.time(), (time.now + timedelta(hours=8)).time(), "Europe/Warsaw")
    await service_running.database.write(commands.change_wishes, by=person, wish=WishPlan(quiet=quiet))
    dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=1)}
    conflict = a_conflict(organisation_ids=(parts.organisations["owner"],), **dates)
    await service_running.deliver(conflict)
    before = await service_running.database.read(queries.unread_count, by=person)
    await service_running.deliver(the_same(conflict, calendar.ConflictResolved))
    after = await service_running.database.read(queries.unread_count, by=person)
    time.now += timedelta(days=1)

    assert await letters() == []
    assert (before, after) == (1, 0)
    assert [one["kind"] for one in await alerts(person)] == ["conflict_resolved", "conflict_detected"]


async def test_owners_hear_of_every_conflict_that_blocks_and_of_three_others_a_week(
    service_running, parts, time, alerts
):
    owner = parts.organisations["owner"]
    dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=1)}
    await service_running.deliver(
        *(a_conflict(owner_ids=(owner,), severity="warning", **dates) for _ in range(5)),
        *(a_conflict(owner_ids=(owner,), severity="blocking", **dates) for _ in range(2)),
    )

    heard = [one["severity"] for one in await alerts(parts.people["owner"])]

    assert sorted(heard) == ["blocking"] * 2 + ["warning"] * 3


@pytest.fixture
async def mayor(service_running, parts):
    """Somebody who looks after the whole neighbourhood."""
    told = a_person_of(neighbourhood_coordinator=True)
    await service_running.deliver(told)
    return a_person(id=told.id, language="en", neighbourhood_coordinator=True)


async def left_open(service_running):
    await service_running.run_job("tell of what is left open")


async def test_a_blocking_conflict_that_nobody_settles_in_a_day_is_told_to_who_looks_after_everything(
    service_running, parts, time, mayor, alerts
):
    dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=1)}
    blocks = a_conflict(severity="blocking", **dates)
    settled, warns = a_conflict(severity="blocking", **dates), a_conflict(severity="warning", **dates)
    soon = a_conflict(severity="blocking", starts_at=time.now, ends_at=time.now + timedelta(hours=3))
    await service_running.deliver(blocks, settled, warns, soon)
    time.now += timedelta(hours=20)
    await service_running.deliver(the_same(settled, calendar.ConflictAccepted))
    await service_running.deliver(again := the_same(blocks, calendar.ConflictChanged))
    await left_open(service_running)
    early = await alerts(mayor)
    time.now += timedelta(hours=5)
    await left_open(service_running)
    await left_open(service_running)

    [alert] = await alerts(mayor)
    await service_running.deliver(the_same(again, calendar.ConflictResolved))

    assert early == []
    assert alert["kind"] == "left_open"
    assert alert["organisation_id"] is None
    assert alert["text"].startswith("For a day nobody has settled what blocks “Festyn”.")
    assert [one["kind"] for one in await alerts(mayor)] == ["conflict_resolved", "left_open"]
    assert await service_running.rows("left_open") == []


async def test_what_no_host_answers_is_told_to_who_looks_after_everything(service_running, parts, time, mayor, alerts):
    dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=1), "zone": "Europe/Warsaw"}
    facts = {
        "event_ids": (new_id(), new_id()),
        "event_titles": ("Festyn", "Koncert"),
        "organisation_ids": tuple(parts.organisations[one] for one in ("host", "co_host")),
        "proposer_ids": (parts.organisations["host"],),
        "reason": {"code": "proposed_together", "values": {"one": "Festyn", "other": "Koncert"}},
        "url": "/calendar/inbox",
        **dates,
    }
    unanswered = calendar.OpportunityProposed(id=new_id(), version=2, **facts)
    answered = calendar.OpportunityProposed(id=new_id(), version=2, **facts)
    yes = calendar.OpportunityAccepted(id=answered.id, version=3, **facts)
    asked = {"kind": "venue", "thing_id": new_id(), "thing_name": "Sala", "owner_id": parts.organisations["owner"]}
    asked |= {"event_id": new_id(), "event_title": "Kurs", "host_ids": (), "url": "/calendar/inbox", **dates}
    expired = calendar.BookingAnswered(id=new_id(), version=2, answer="expired", **asked)
    await service_running.deliver(unanswered, answered, yes, expired)
    time.now += timedelta(days=3, minutes=1)
    await left_open(service_running)

    heard = await alerts(mayor)

    assert {one["kind"] for one in heard} == {"left_unanswered"}
    assert len(heard) == 2
    assert {one["text"].split(".")[0] for one in heard} == {
        "Nobody has answered about “Festyn”",
        "Nobody has answered about “Kurs”",
    }
