"""What is joined loses nothing and shows nobody more than before; what cannot be joined is refused and says why."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.calendar import commands, queries
from services.calendar.models import Event
from shared import clock
from shared.messages.calendar import OpportunityAccepted
from tests.builders import a_coordinator, a_person
from tests.service.calendar.builders import API, a_venue, an_event, an_organisation, hear_itself, next_monday
from tests.service.calendar.towns import ANNA, CLUB, JAN, SCHOOL, a_town

HOUSE = an_organisation(name="Dom kultury")
HALL = a_venue(HOUSE.id, name="Aula", needs_approval=True)
EVA = a_coordinator(HOUSE.id)


async def test_a_joint_event_is_read_by_those_alone_who_could_read_both(database_url):
    """Fails where joining publishes what was meant for partners; and where the old address leads strangers nowhere."""
    async with a_town(database_url) as town:
        await town.edit(town.feast["id"], ANNA, visibility="partners", description="Lista rodzin")
        await town.change("propose", JAN, keep_id=town.picnic["id"])
        assert (await town.change("accept", ANNA)).status_code == 200
        joint = await town.get(f"events/{town.picnic['id']}", JAN)
        assert (joint["visibility"], joint["description"]) == ("partners", "Lista rodzin")
        assert (await town.get(f"events/{town.picnic['id']}"))["status"] == 404
        partner = town.it.headers(a_person(roles={an_organisation().id: "member"}))
        for headers, events in (({}, 0), (partner, 2)):
            file = await town.it.client.get(f"/calendar/events/{town.feast['id']}.ics", headers=headers)
            assert file.text.count("BEGIN:VEVENT") == events


async def test_the_old_address_tells_strangers_that_it_is_off_and_leads_them_nowhere(sqlite_database_url):
    async with a_town(sqlite_database_url) as town:
        await town.change("propose", JAN)
        await town.change("accept", ANNA)
        await town.edit(town.feast["id"], ANNA, visibility="hosts")
        file = await town.it.client.get(f"/calendar/events/{town.picnic['id']}.ics")
        assert (file.status_code, file.text.count("STATUS:CANCELLED"), file.text.count("BEGIN:VEVENT")) == (200, 1, 1)
        page = await town.it.browser().get(f"/calendar/events/{town.picnic['id']}")
        assert page.status_code == 200
        assert (await town.it.browser(ANNA).get(f"/calendar/events/{town.picnic['id']}")).status_code == 307


async def test_an_owners_agreement_goes_on_with_the_joint_event(database_url):
    """Fails where the hall that was agreed to is given back, and asked for again."""
    async with a_town(database_url) as town:
        await town.it.deliver(HOUSE, HALL)
        await town.edit(town.picnic["id"], JAN, venue_id=HALL.id, audiences=["families"])
        [asked] = await town.it.rows("request")
        assert (await town.post(f"requests/{asked.id}/accept", EVA)).status_code == 200
        terms = {"time_of_id": town.picnic["id"], "place_of_id": town.picnic["id"]}
        assert (await town.change("propose", JAN, **terms)).status_code == 200
        assert (await town.change("accept", ANNA)).status_code == 200
        [request] = await town.it.rows("request")
        assert (request.event_id, request.state) == (town.feast["id"], "accepted")
        joint = await town.get(f"events/{town.feast['id']}")
        assert (joint["status"], joint["venue_id"]) == ("confirmed", HALL.id)


async def test_what_is_coordinated_with_either_is_coordinated_with_the_joint_event(database_url):
    async with a_town(database_url) as town:
        await town.it.deliver(HOUSE)
        concert = (await town.post("events", EVA, **an_event(next_monday(9), host_ids=[HOUSE.id]))).json()
        pair = {"event_ids": [concert["id"], town.picnic["id"]], "way": "coordinate"}
        found = (await town.post("opportunities", EVA, **pair)).json()
        assert (await town.post(f"opportunities/{found['id']}/accept", JAN)).status_code == 200
        await town.change("propose", JAN)
        await town.change("accept", ANNA)
        feast, concert = await town.get(f"events/{town.feast['id']}"), await town.get(f"events/{concert['id']}")
        assert (feast["related_ids"], concert["related_ids"]) == ([concert["id"]], [feast["id"]])
        await town.post(f"events/{concert['id']}/cancel", EVA)
        await hear_itself(town.it)
        feast, concert = await town.get(f"events/{feast['id']}"), await town.get(f"events/{concert['id']}")
        assert (feast["related_ids"], concert["related_ids"]) == ([], [])
        await town.post(f"events/{concert['id']}/restore", EVA)
        again = {"event_ids": [concert["id"], feast["id"]], "way": "coordinate"}
        assert (await town.post("opportunities", EVA, **again)).status_code == 201


async def test_what_ended_with_a_cancel_can_be_declined_or_proposed_anew(sqlite_database_url):
    """Fails where a pair that is coordinated no more still says who proposed it."""
    async with a_town(sqlite_database_url) as town:
        await town.change("propose", JAN, way="coordinate", message="Razem?")
        await town.change("accept", ANNA)
        await town.post(f"events/{town.feast['id']}/cancel", ANNA)
        await hear_itself(town.it)
        await town.post(f"events/{town.feast['id']}/restore", ANNA)
        await hear_itself(town.it)
        found = await town.get(f"opportunities/{town.chance['id']}", JAN)
        assert (found["state"], found["proposer_event_id"], found["message"]) == ("open", None, "")
        assert (await town.change("decline", JAN)).json()["state"] == "declined"


async def test_a_part_of_a_coordinated_series_is_coordinated_too(sqlite_database_url):
    async with a_town(sqlite_database_url, rrule="FREQ=WEEKLY;COUNT=4") as town:
        await town.change("propose", JAN, way="coordinate")
        await town.change("accept", ANNA)
        second = next_monday(16, 30, weeks=2).isoformat().replace("+", "%2B")
        headers = {**town.it.headers(JAN), "If-Match": '"2"'}
        path = f"{API}/events/{town.picnic['id']}/occurrences/{second}?scope=following"
        part = (await town.it.client.patch(path, json={"title": "Piknik dalej"}, headers=headers)).json()
        assert part["related_ids"] == [town.feast["id"]]
        assert (await town.get(f"events/{town.feast['id']}"))["related_ids"] == [town.picnic["id"], part["id"]]


async def test_a_meeting_brings_its_agenda_and_decisions_along(sqlite_database_url):
    async with a_town(sqlite_database_url) as town:
        await town.edit(town.picnic["id"], JAN, kind="meeting")
        refused = await town.change("propose", JAN)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/way")
        await town.edit(town.feast["id"], ANNA, kind="meeting")
        for event, by, agenda in ((town.feast, ANNA, "Plakat"), (town.picnic, JAN, "Zgoda na plac")):
            path = f"{API}/meetings/{event['id']}"
            headers = {**town.it.headers(by), "If-Match": '"0"'}
            assert (await town.it.client.patch(path, json={"agenda": [agenda]}, headers=headers)).status_code == 200
        await town.post(f"meetings/{town.picnic['id']}/decisions", JAN, text="Kupić farby")
        await town.change("propose", JAN)
        assert (await town.change("accept", ANNA)).status_code == 200
        meeting = await town.get(f"meetings/{town.feast['id']}")
        assert meeting["agenda"] == ["Plakat", "Zgoda na plac"]
        [decision] = (await town.get(f"meetings/{town.feast['id']}/decisions"))["items"]
        assert decision["text"] == "Kupić farby"


@pytest.mark.parametrize("has_both", [False, True])
async def test_a_printed_link_to_questions_asks_about_the_joint_event(sqlite_database_url, has_both):
    async with a_town(sqlite_database_url) as town:
        printed = [(town.picnic, JAN), (town.feast, ANNA)] if has_both else [(town.picnic, JAN)]
        for event, by in printed:
            await town.it.database.write(commands.open_link, by=by, event_id=event["id"])
        tokens = [row.token for row in await town.it.rows("satisfaction_link")]
        await town.change("propose", JAN)
        await town.change("accept", ANNA)
        for token in tokens:
            page = await town.it.browser().get(f"/calendar/satisfaction/{token}")
            assert page.status_code == 200
            assert "Święto rodzin" in page.text


async def test_everybody_is_told_when_the_joint_event_is(sqlite_database_url):
    async with a_town(sqlite_database_url) as town:
        start = next_monday(12)
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}
        await town.change("propose", JAN, **times)
        async with town.it.browser(ANNA) as hers:
            assert "12:00–15:00, Park" in (await hers.get("/calendar/inbox")).text
        await town.change("accept", ANNA)
        [told] = await town.it.outgoing(OpportunityAccepted)
        assert (told.starts_at, told.ends_at) == (start, start + timedelta(hours=3))


@pytest.mark.parametrize("changes", [{"starts_at": next_monday(9), "ends_at": next_monday(10)}, {"host_ids": None}])
async def test_a_proposal_is_about_the_events_as_they_were(database_url, changes):
    """Fails where who accepts gets another day, or other hosts, than was proposed."""
    async with a_town(database_url) as town:
        await town.it.deliver(HOUSE)
        await town.change("propose", JAN)
        both = a_person(roles={SCHOOL.id: "coordinator", HOUSE.id: "coordinator"})
        moved = {name: value.isoformat() if value else [HOUSE.id] for name, value in changes.items()}
        await town.edit(town.picnic["id"], both, **moved)
        refused = await town.change("accept", ANNA)
        assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (409, "proposal-outdated")
        by = JAN if "host_ids" not in changes else EVA
        assert (await town.change("withdraw", by)).status_code == 200
        assert (await town.change("propose", by)).status_code == 200
        assert (await town.change("accept", ANNA)).status_code == 200


async def test_a_word_in_the_title_does_not_make_a_proposal_void(sqlite_database_url):
    async with a_town(sqlite_database_url) as town:
        await town.change("propose", JAN)
        await town.edit(town.picnic["id"], JAN, title="Piknik rodzinny")
        assert (await town.change("accept", ANNA)).status_code == 200


async def test_what_has_begun_is_not_joined(sqlite_database_url):
    """Fails where past dates of a series are called off, or what came of them goes with the wrong hosts."""
    async with a_town(sqlite_database_url) as town:
        begun = next_monday(9) - timedelta(weeks=3)
        bodies = [(ANNA, CLUB, begun), (JAN, SCHOOL, next_monday(9))]
        made = [
            (await town.post("events", by, **an_event(at, host_ids=[host.id], rrule="FREQ=WEEKLY;COUNT=9"))).json()
            for by, host, at in bodies
        ]
        ids = [one["id"] for one in made]
        refused = await town.post("opportunities", JAN, event_ids=ids)
        assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (409, "event-begun")
        assert (await town.post("opportunities", JAN, event_ids=ids, way="coordinate")).status_code == 201


async def test_what_a_subscribed_calendar_tells_of_is_coordinated_and_not_joined(sqlite_database_url):
    """Fails where that is said only to those who accept."""
    async with a_town(sqlite_database_url) as town:
        foreign = update(Event).where(Event.id == town.picnic["id"]).values(source="source:1")
        await town.it.database.write(lambda session: session.execute(foreign) and None)
        refused = await town.change("propose", JAN)
        assert (refused.status_code, refused.json()["type"].rsplit(":")[-1]) == (409, "event-of-another")
        assert (await town.change("propose", JAN, way="coordinate")).status_code == 200


async def test_nobody_proposes_to_themselves(sqlite_database_url):
    async with a_town(sqlite_database_url) as town:
        both = a_person(roles={SCHOOL.id: "coordinator", CLUB.id: "coordinator"})
        await town.edit(town.picnic["id"], both, host_ids=[SCHOOL.id, CLUB.id])
        refused = await town.change("propose", JAN)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/event_ids")


async def test_only_what_somebody_may_see_is_proposed_to_them(sqlite_database_url):
    """Fails where proposing tells strangers that there is such an event, and when."""
    async with a_town(sqlite_database_url) as town:
        await town.it.deliver(HOUSE)
        body = an_event(host_ids=[HOUSE.id], visibility="hosts", title="Zespół")
        hidden = (await town.post("events", EVA, **body)).json()
        pair = [hidden["id"], town.feast["id"]]
        assert (await town.post("opportunities", ANNA, event_ids=pair)).status_code == 404
        own = (await town.post("events", JAN, **an_event(host_ids=[SCHOOL.id], visibility="hosts"))).json()
        both = a_person(roles={SCHOOL.id: "coordinator", HOUSE.id: "coordinator"})
        found = (await town.post("opportunities", both, event_ids=[hidden["id"], own["id"]])).json()
        for by, status in ((None, 404), (ANNA, 404), (EVA, 200)):
            headers = town.it.headers(by) if by else {}
            one = await town.it.client.get(f"{API}/opportunities/{found['id']}", headers=headers)
            assert one.status_code == status
            listed = [row["id"] for row in (await town.get("opportunities", by))["items"]]
            assert (found["id"] in listed) is (status == 200)


async def test_a_proposal_names_events_as_they_are_called_now(sqlite_database_url):
    """Fails where the title that an event had while it was hidden stands in a proposal for everybody."""
    async with a_town(sqlite_database_url) as town:
        await town.edit(town.feast["id"], ANNA, title="Tajne", visibility="partners")
        await hear_itself(town.it)
        await town.change("propose", JAN)
        await town.edit(town.feast["id"], ANNA, title="Święto", visibility="public")
        await hear_itself(town.it)
        assert "Tajne" not in str(await town.get(f"opportunities/{town.chance['id']}"))
        await town.change("withdraw", JAN)
        await town.edit(town.feast["id"], ANNA, title="Sekret", visibility="partners")
        await hear_itself(town.it)
        await town.edit(town.feast["id"], ANNA, themes=[], audiences=[], title="Ciche", venue_id=None)
        await hear_itself(town.it)
        await town.edit(town.feast["id"], ANNA, title="Odpust", visibility="public")
        await hear_itself(town.it)
        found = await town.get(f"opportunities/{town.chance['id']}")
        assert found["state"] == "gone"
        assert "Sekret" not in str(found)
        assert "Ciche" not in str(found)


async def test_no_thanks_holds_for_what_is_split_off_a_series(database_url):
    async with a_town(database_url, rrule="FREQ=WEEKLY;COUNT=4") as town:
        await town.change("decline", ANNA)
        second = next_monday(16, 30, weeks=2).isoformat().replace("+", "%2B")
        headers = {**town.it.headers(JAN), "If-Match": '"1"'}
        path = f"{API}/events/{town.picnic['id']}/occurrences/{second}?scope=following"
        part = (await town.it.client.patch(path, json={"title": "Piknik dalej"}, headers=headers)).json()
        assert part["follows_id"] == town.picnic["id"]
        await hear_itself(town.it)
        assert (await town.get("opportunities?state=open"))["items"] == []
        pair = {"event_ids": [part["id"], town.feast["id"]], "way": "coordinate"}
        assert (await town.post("opportunities", JAN, **pair)).json()["type"].endswith("no-thanks")
        assert (await town.post("opportunities", ANNA, **pair)).status_code == 201


async def test_of_two_who_accept_or_propose_at_once_one_does(database_url):
    async with a_town(database_url) as town:
        await town.it.deliver(HOUSE)
        concert = (await town.post("events", EVA, **an_event(next_monday(9), host_ids=[HOUSE.id]))).json()
        pair = [concert["id"], town.feast["id"]]
        answers = await asyncio.gather(*(town.post("opportunities", EVA, event_ids=pair) for _ in range(3)))
        assert sorted(one.status_code for one in answers) == [201, 409, 409]
        await town.change("propose", JAN)
        answers = await asyncio.gather(*(town.change("accept", ANNA) for _ in range(3)))
        assert sorted(one.status_code for one in answers) == [200, 409, 409]
        assert len(await town.it.outgoing(OpportunityAccepted)) == 1


async def test_what_is_accepted_and_called_off_at_once_is_one_of_them(database_url):
    async with a_town(database_url) as town:
        await town.change("propose", JAN)
        accepted, cancelled = await asyncio.gather(
            town.change("accept", ANNA), town.post(f"events/{town.feast['id']}/cancel", ANNA)
        )
        assert cancelled.status_code == 200
        picnic = await town.get(f"events/{town.picnic['id']}")
        assert (accepted.status_code, picnic["status"]) in ((200, "cancelled"), (409, "confirmed"))


async def test_what_is_over_waits_for_nobody(sqlite_database_url):
    """Fails where the inbox keeps proposals and suggestions about last week."""
    async with a_town(sqlite_database_url) as town:
        for verb in (None, "propose"):
            if verb:
                assert (await town.change(verb, JAN)).status_code == 200
            for later, waiting in ((timedelta(0), 1), (timedelta(weeks=3), 0)):
                cards = await town.it.database.read(
                    queries.opportunities_for, [CLUB.id], now=clock.now() + later, seen_by=ANNA
                )
                assert len(cards) == waiting


async def test_an_opportunity_tells_the_whole_time_of_what_goes_on_past_midnight(database_url):
    """Fails where it begins or ends at midnight in UTC, as claims do."""
    night = next_monday(23)
    times = {"starts_at": night.isoformat(), "ends_at": (night + timedelta(hours=5)).isoformat()}
    async with a_town(database_url, **times) as town:
        await town.edit(town.feast["id"], ANNA, description="Ciasto i lemoniada")
        await hear_itself(town.it)
        found = await town.get(f"opportunities/{town.chance['id']}")
        assert (found["starts_at"], found["ends_at"]) == (town.picnic["starts_at"], town.picnic["ends_at"])
