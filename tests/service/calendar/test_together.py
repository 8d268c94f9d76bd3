"""Two events of different hosts: proposed, declined for good, joined into one, or coordinated."""

from datetime import timedelta

import pytest

from shared.messages.calendar import (
    EventCancelled,
    EventMoved,
    OpportunityAccepted,
    OpportunityDeclined,
    OpportunityFound,
    OpportunityProposed,
    OpportunityWithdrawn,
)
from tests.service.calendar.builders import API, an_event, hear_itself, next_monday
from tests.service.calendar.towns import ANNA, CLUB, JAN, PARK, SCHOOL, TENT, YARD, a_town


async def test_two_feasts_become_one_with_two_hosts(database_url):
    async with a_town(database_url) as town:
        proposed = await town.change("propose", JAN, message="Zróbmy to razem")
        assert proposed.status_code == 200, proposed.text
        assert (proposed.json()["state"], proposed.json()["way"]) == ("proposed", "join")
        assert (await town.get(f"opportunities/{town.chance['id']}"))["message"] == ""
        assert (await town.change("accept", JAN)).status_code == 403
        accepted = await town.change("accept", ANNA)
        assert accepted.status_code == 200, accepted.text
        assert accepted.json()["joint_event_id"] == town.feast["id"]

        joint, old = [await town.get(f"events/{one['id']}", JAN) for one in (town.feast, town.picnic)]
        assert joint["host_ids"] == [CLUB.id, SCHOOL.id]
        assert joint["funding"] == [
            {"source": "Miasto", "amount": 500, "organisation_id": CLUB.id},
            {"source": "Rada rodziców", "amount": 200, "organisation_id": SCHOOL.id},
        ]
        assert (joint["expected_participants"], joint["themes"]) == (100, ["muzyka", "sport"])
        assert joint["borrowed"] == [{"resource_id": TENT.id, "quantity": 1}]
        assert (joint["starts_at"], joint["venue_id"]) == (town.feast["starts_at"], PARK.id)
        assert (old["status"], old["joined_into_id"]) == ("cancelled", joint["id"])
        assert [one.joined_into_id for one in await town.it.outgoing(EventCancelled)] == [joint["id"]]
        [told] = await town.it.outgoing(OpportunityAccepted)
        assert (set(told.organisation_ids), told.proposer_ids) == ({CLUB.id, SCHOOL.id}, (SCHOOL.id,))
        assert (await town.change("accept", ANNA)).json()["type"].endswith("opportunity-settled")

        again = await town.it.client.patch(
            f"{API}/events/{old['id']}", json={"status": "confirmed"},
            headers={**town.it.headers(JAN), "If-Match": f'"{old["version"]}"'},
        )  # fmt: skip
        assert again.json()["type"].endswith("event-joined")
        page = await town.it.browser().get(f"/calendar/events/{old['id']}")
        assert (page.status_code, page.headers["location"]) == (307, f"/calendar/events/{joint['id']}?notice=joined")
        file = (await town.it.client.get(f"/calendar/events/{old['id']}.ics")).text.replace("\r\n ", "")
        assert file.count("BEGIN:VEVENT") == 2
        assert f"RELATED-TO;RELTYPE=SIBLING:{joint['uid']}" in file
        await hear_itself(town.it)
        assert (await town.get("opportunities?state=open"))["items"] == []


@pytest.mark.parametrize(
    ("terms", "starts_with_picnic", "venue"),
    [
        ({"keep_id": "picnic"}, True, YARD),
        ({"time_of_id": "picnic"}, True, PARK),
        ({"place_of_id": "picnic"}, False, YARD),
        ({"venue_id": YARD.id}, False, YARD),
    ],
)
async def test_the_proposal_says_which_event_goes_on_and_when_and_where(
    sqlite_database_url, terms, starts_with_picnic, venue
):
    async with a_town(sqlite_database_url) as town:
        named = {name: town.picnic["id"] if one == "picnic" else one for name, one in terms.items()}
        assert (await town.change("propose", ANNA, **named)).status_code == 200
        accepted = (await town.change("accept", JAN)).json()
        joint = await town.get(f"events/{accepted['joint_event_id']}")
        assert joint["id"] == named.get("keep_id", town.feast["id"])
        assert joint["starts_at"] == (town.picnic if starts_with_picnic else town.feast)["starts_at"]
        assert joint["venue_id"] == venue.id
        assert set(joint["host_ids"]) == {CLUB.id, SCHOOL.id}


async def test_a_joint_event_cannot_take_what_is_taken_and_then_nothing_is_changed(database_url):
    async with a_town(database_url) as town:
        later = next_monday(14) + timedelta(days=1)
        times = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=2)).isoformat()}
        await town.post("events", ANNA, **an_event(later, host_ids=[CLUB.id], venue_id=PARK.id))
        assert (await town.change("propose", JAN, **times)).status_code == 200
        refused = await town.change("accept", ANNA)
        assert refused.status_code == 409
        assert refused.json()["conflicts"][0]["kind"] == "venue"
        assert (await town.get(f"events/{town.picnic['id']}"))["status"] == "confirmed"
        assert (await town.get(f"opportunities/{town.chance['id']}"))["state"] == "proposed"
        assert await town.it.outgoing(EventCancelled, EventMoved, OpportunityAccepted) == []


async def test_no_thanks_is_remembered_whatever_is_checked_again(database_url):
    async with a_town(database_url) as town:
        declined = await town.change("decline", ANNA, because="Mamy inny plan")
        assert declined.json()["state"] == "declined"
        assert (await town.change("propose", JAN)).json()["type"].endswith("no-thanks")
        for event, by in ((town.feast, ANNA), (town.picnic, JAN)):
            headers = {**town.it.headers(by), "If-Match": '"1"'}
            await town.it.client.patch(f"{API}/events/{event['id']}", json={"themes": ["muzyka"]}, headers=headers)
        await hear_itself(town.it)
        assert len(await town.it.outgoing(OpportunityFound)) == 1
        assert (await town.get("opportunities?state=open"))["items"] == []
        pair = {"event_ids": [town.picnic["id"], town.feast["id"]], "way": "coordinate"}
        assert (await town.post("opportunities", JAN, **pair)).status_code == 409
        assert (await town.post("opportunities", ANNA, **pair)).json()["state"] == "proposed"


async def test_coordinated_events_name_each_other_and_stay_two(database_url):
    async with a_town(database_url) as town:
        coffee = (await town.post("events", JAN, **an_event(next_monday(9), host_ids=[SCHOOL.id]))).json()
        pair = {"event_ids": [coffee["id"], town.feast["id"]], "way": "coordinate"}
        unfound = (await town.post("opportunities", JAN, **pair)).json()
        taken_back = await town.post(f"opportunities/{unfound['id']}/withdraw", JAN)
        assert taken_back.json()["state"] == "gone"
        await town.change("propose", ANNA, way="coordinate")
        assert (await town.change("accept", JAN)).status_code == 200
        feast, picnic = await town.get(f"events/{town.feast['id']}"), await town.get(f"events/{town.picnic['id']}")
        assert (feast["related_ids"], picnic["related_ids"]) == ([picnic["id"]], [feast["id"]])
        assert {feast["status"], picnic["status"]} == {"confirmed"}
        for event_id, other in ((feast["id"], "Piknik"), (picnic["id"], "Święto rodzin")):
            assert f">{other}</a>" in (await town.it.browser().get(f"/calendar/events/{event_id}")).text


async def test_a_proposal_is_declined_withdrawn_or_ends_with_its_event(database_url):
    async with a_town(database_url) as town:
        assert (await town.change("withdraw", JAN)).status_code == 409
        await town.change("propose", JAN, message="Razem?")
        assert (await town.change("withdraw", ANNA)).status_code == 403
        back = (await town.change("withdraw", JAN)).json()
        assert (back["state"], back["way"], back["message"]) == ("open", None, "")
        await town.change("propose", JAN)
        assert (await town.change("decline", JAN)).status_code == 403
        await town.post(f"events/{town.feast['id']}/cancel", ANNA)
        assert (await town.change("accept", ANNA)).status_code == 409
        await hear_itself(town.it)
        assert (await town.get(f"opportunities/{town.chance['id']}"))["state"] == "gone"
        assert len(await town.it.outgoing(OpportunityWithdrawn)) == 2
        assert len(await town.it.outgoing(OpportunityProposed)) == 2
        assert await town.it.outgoing(OpportunityDeclined) == []


async def test_what_repeats_and_what_does_not_can_only_be_coordinated(sqlite_database_url):
    async with a_town(sqlite_database_url, rrule="FREQ=WEEKLY;COUNT=4") as town:
        refused = await town.change("propose", JAN)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/way")
        assert (await town.change("propose", JAN, way="coordinate")).status_code == 200
