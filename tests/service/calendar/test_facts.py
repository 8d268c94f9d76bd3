"""Municipal systems: closures and city events meet events near them, and let go when withdrawn."""

from datetime import timedelta

from shared.messages.calendar import ConflictChanged, ConflictDetected, ConflictResolved, FactAnnounced, FactWithdrawn
from shared.messages.municipal import (
    ClosureAnnounced,
    ClosureWithdrawn,
    MunicipalEventCancelled,
    MunicipalEventPlanned,
)
from tests.builders import an_administrator
from tests.service.calendar.builders import (
    API,
    HOME,
    a_calendar,
    a_venue,
    an_event,
    an_organisation,
    hear_itself,
    next_monday,
)


def a_closure(**values):
    start = next_monday(8)
    defaults = {
        "id": "krowoderska-7",
        "version": 1,
        "title": {"pl": "Zamknięta ulica", "en": "A street is closed"},
        "starts_at": start,
        "ends_at": start + timedelta(hours=12),
        "latitude": HOME[0],
        "longitude": HOME[1],
        "radius_m": 300,
    }
    return ClosureAnnounced(**{**defaults, **values})


async def told_by(calendar, message, message_id, partner="roads"):
    await calendar.deliver(message, source=partner, message_id=message_id)
    await hear_itself(calendar)


async def test_a_closure_meets_the_events_near_it_and_only_those(database_url):
    club = an_organisation()
    near, far = a_venue(club.id), a_venue(club.id, latitude=HOME[0] + 0.02)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, near, far)
        headers = calendar.headers(an_administrator())
        for venue in (near, far):
            body = an_event(venue_id=venue.id, host_ids=[club.id])
            assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201
        later = an_event(next_monday(weeks=2), venue_id=near.id, host_ids=[club.id])
        await calendar.client.post(f"{API}/events", json=later, headers=headers)
        await hear_itself(calendar)
        await told_by(calendar, a_closure(), "m1")

        [fact] = await calendar.outgoing(FactAnnounced)
        assert (fact.partner, fact.kind) == ("roads", "closure")
        [found] = await calendar.outgoing(ConflictDetected)
        assert (found.kind, found.severity, found.organisation_ids) == ("municipal", "warning", (club.id,))
        assert len(found.event_ids) == 1
        english = await calendar.client.get(f"{API}/conflicts", headers={"Accept-Language": "en"})
        assert "A street is closed" in english.json()["items"][0]["reason"]
        polish = await calendar.client.get(f"{API}/conflicts", headers={"Accept-Language": "pl"})
        assert "Zamknięta ulica" in polish.json()["items"][0]["reason"]
        assert [one["title"]["en"] for one in (await calendar.client.get(f"{API}/facts")).json()["items"]] == [
            "A street is closed"
        ]

        await told_by(calendar, ClosureWithdrawn(id="krowoderska-7", version=2), "m2")
        assert len(await calendar.outgoing(FactWithdrawn)) == 1
        [gone] = await calendar.outgoing(ConflictResolved)
        assert (gone.id, gone.resolved_by) == (found.id, "withdrawn")


async def test_an_event_planned_into_a_closure_is_warned_and_may_be_saved(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        await told_by(calendar, a_closure(), "m1")
        headers = calendar.headers(an_administrator())
        body = an_event(venue_id=hall.id, host_ids=[club.id])
        checked = (await calendar.client.post(f"{API}/events/check", json=body, headers=headers)).json()
        assert [(one["kind"], one["severity"]) for one in checked["conflicts"]] == [("municipal", "warning")]
        assert (await calendar.client.post(f"{API}/events", json=body, headers=headers)).status_code == 201
        await hear_itself(calendar)
        assert [one.kind for one in await calendar.outgoing(ConflictDetected)] == ["municipal"]


async def test_a_moved_closure_changes_its_conflict_and_a_repeat_or_an_old_version_does_nothing(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        headers = calendar.headers(an_administrator())
        await calendar.client.post(
            f"{API}/events", json=an_event(venue_id=hall.id, host_ids=[club.id]), headers=headers
        )
        await hear_itself(calendar)
        await told_by(calendar, a_closure(version=2), "m1")
        await told_by(calendar, a_closure(version=2), "m1")
        await told_by(calendar, a_closure(version=1, radius_m=1), "m0")
        assert len(await calendar.outgoing(FactAnnounced)) == 1
        await told_by(calendar, a_closure(version=3, starts_at=next_monday(15)), "m3")
        assert len(await calendar.outgoing(ConflictDetected)) == 1
        [changed] = await calendar.outgoing(ConflictChanged)
        assert changed.starts_at == next_monday(15)


async def test_two_partners_may_use_the_same_id(database_url):
    async with a_calendar(database_url) as calendar:
        await told_by(calendar, a_closure(), "m1", partner="roads")
        event = MunicipalEventPlanned(
            id="krowoderska-7",
            version=1,
            title={"pl": "Koncert"},
            starts_at=next_monday(),
            ends_at=next_monday(16),
            latitude=HOME[0],
            longitude=HOME[1],
        )
        await told_by(calendar, event, "m1", partner="culture")
        facts = await calendar.outgoing(FactAnnounced)
        assert [(one.partner, one.kind) for one in facts] == [("roads", "closure"), ("culture", "event")]
        assert facts[0].id != facts[1].id
        await told_by(calendar, MunicipalEventCancelled(id="krowoderska-7"), "m2", partner="culture")
        assert [one["partner"] for one in (await calendar.client.get(f"{API}/facts")).json()["items"]] == ["roads"]
