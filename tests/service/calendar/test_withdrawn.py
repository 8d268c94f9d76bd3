"""What an owner offers no more is chosen no more, and a merged organisation stands behind the one that was kept."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from shared.identifiers import new_id
from shared.messages.registry import OrganisationChanged, ResourceChanged, VenueChanged
from tests.builders import a_coordinator, an_administrator
from tests.harness import Running
from tests.service.calendar.builders import (
    API,
    a_calendar,
    a_resource,
    a_venue,
    an_event,
    an_organisation,
    next_monday,
)

SENTENCES = {
    "/venue_id": {
        "en": "This venue is not offered any more; choose another",
        "pl": "To miejsce nie jest już udostępniane; wybierz inne",
    },
    "/borrowed/0/resource_id": {
        "en": "This resource is not lent any more; choose another",
        "pl": "Ten zasób nie jest już wypożyczany; wybierz inny",
    },
}


def told_anew(changed: Any, message: Any, **values: Any) -> Any:
    """The next version of what the registry told."""
    return changed(**{**message.model_dump(exclude={"type"}), "version": message.version + 1, **values})


def withdrawn(message: Any) -> Any:
    """The owner withdraws it."""
    kind = VenueChanged if hasattr(message, "capacity") else ResourceChanged
    return told_anew(kind, message, status="withdrawn")


async def sent(calendar: Running, method: str, path: str, body: Any, language: str = "en", version: int = 0) -> Any:
    """Ask as an administrator, in a language."""
    every = {**calendar.headers(an_administrator()), "Accept-Language": language}
    if version:
        every["If-Match"] = f'"{version}"'
    return await calendar.client.request(method, f"{API}/{path}", json=body, headers=every)


@pytest.mark.parametrize("path", ["events", "events/check"])
async def test_nobody_plans_at_what_is_withdrawn_and_both_languages_say_so(database_url, path):
    club = an_organisation()
    hall, chairs = a_venue(club.id), a_resource(club.id)
    chosen = {
        "/venue_id": {"venue_id": hall.id},
        "/borrowed/0/resource_id": {"borrowed": [{"resource_id": chairs.id, "quantity": 1}]},
    }
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall, chairs, withdrawn(hall), withdrawn(chairs))
        for pointer, values in chosen.items():
            for language, sentence in SENTENCES[pointer].items():
                answer = await sent(calendar, "POST", path, an_event(host_ids=[club.id], **values), language)
                assert answer.status_code == 422, answer.text
                assert [(one["pointer"], one["detail"]) for one in answer.json()["errors"]] == [(pointer, sentence)]
        await calendar.deliver(told_anew(VenueChanged, hall, version=3))
        again = await sent(calendar, "POST", path, an_event(host_ids=[club.id], venue_id=hall.id))
        assert again.is_success, again.text


async def test_what_was_promised_stays_also_when_the_event_is_edited_moved_or_split(database_url):
    club = an_organisation()
    hall, old, chairs, tables = a_venue(club.id), a_venue(club.id), a_resource(club.id), a_resource(club.id)
    lent = [{"resource_id": chairs.id, "quantity": 2}]
    body = an_event(host_ids=[club.id], venue_id=hall.id, borrowed=lent, rrule="FREQ=WEEKLY;COUNT=6")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall, old, chairs, tables)
        made = (await sent(calendar, "POST", "events", body)).json()
        path = f"events/{made['id']}"
        await calendar.deliver(*(withdrawn(one) for one in (hall, old, chairs, tables)))
        later = next_monday() + timedelta(hours=3)
        times = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=2)).isoformat()}
        for version, changes in enumerate(({"title": "Festyn"}, times), 1):
            answer = await sent(calendar, "PATCH", path, changes, version=version)
            assert answer.status_code == 200, answer.text
        checked = await sent(calendar, "POST", f"events/check?event_id={made['id']}", body)
        assert checked.status_code == 200, checked.text
        for pointer, changes in (
            ("/venue_id", {"venue_id": old.id}),
            ("/borrowed/1/resource_id", {"borrowed": [*lent, {"resource_id": tables.id, "quantity": 1}]}),
        ):
            answer = await sent(calendar, "PATCH", path, changes, version=3)
            assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
        third = quote((later + timedelta(weeks=2)).isoformat())
        address = f"{path}/occurrences/{third}?scope=following"
        part = await sent(calendar, "PATCH", address, {"title": "Piknik"}, version=3)
        assert part.status_code == 200, part.text
        assert part.json()["id"] != made["id"]
        assert (part.json()["venue_id"], part.json()["borrowed"]) == (hall.id, lent)


async def test_free_times_and_the_forms_do_not_offer_what_is_withdrawn(database_url):
    club = an_organisation()
    hall, gone = a_venue(club.id, name="Sala jasna"), a_venue(club.id, name="Sala zamknięta")
    chairs, tents = a_resource(club.id, name="Krzesła"), a_resource(club.id, name="Namioty")
    monday = next_monday()
    question = {
        "organisation_ids": [club.id],
        "minutes": 60,
        "from": monday.isoformat(),
        "to": (monday + timedelta(days=2)).isoformat(),
    }
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall, gone, chairs, tents, withdrawn(gone), withdrawn(tents))
        found = await sent(calendar, "POST", "slots/search", {**question, "venue_needs": {}})
        assert {one["venue_id"] for one in found.json()["items"]} == {hall.id}
        refused = await sent(calendar, "POST", "slots/search", {**question, "venue_id": gone.id})
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/venue_id"]
        browser = calendar.browser(a_coordinator(club.id))
        form = (await browser.get("/calendar/plan")).text
        assert "Sala jasna" in form
        assert "Krzesła" in form
        for page in (form, (await browser.get("/calendar/slots")).text):
            assert "Sala zamknięta" not in page
            assert "Namioty" not in page


async def test_the_form_of_an_event_still_names_the_withdrawn_place_it_has(database_url):
    club = an_organisation()
    hall = a_venue(club.id, name="Sala zamknięta")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        made = (await sent(calendar, "POST", "events", an_event(host_ids=[club.id], venue_id=hall.id))).json()
        await calendar.deliver(withdrawn(hall))
        form = (await calendar.browser(a_coordinator(club.id)).get(f"/calendar/events/{made['id']}/move")).text
        assert f'<option value="{hall.id}" selected' in form


async def test_a_merged_organisation_is_not_offered_and_its_events_are_found_under_the_kept_one(database_url):
    kept, twin = an_organisation(name="Klub Seniora"), an_organisation(name="Klub Seniorów")
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(kept, twin)
        made = (await sent(calendar, "POST", "events", an_event(host_ids=[twin.id], title="Brydż"))).json()
        await calendar.deliver(told_anew(OrganisationChanged, twin, merged_into_id=kept.id))
        browser = calendar.browser(a_coordinator(kept.id, twin.id))
        for page in ("/calendar/plan", "/calendar/slots", "/calendar/"):
            text = (await browser.get(page)).text
            assert f'value="{kept.id}"' in text, page
            assert f'value="{twin.id}"' not in text, page
        shown = (await browser.get(f"/calendar/events/{made['id']}")).text
        assert "Klub Seniora" in shown
        assert "Klub Seniorów" not in shown
        event = (await calendar.client.get(f"{API}/events/{made['id']}")).json()
        assert event["host_ids"] == [twin.id]
        for host, number in ((kept.id, 1), (new_id(), 0)):
            listed = await calendar.client.get(f"{API}/events?organisation={host}")
            assert len(listed.json()["items"]) == number
        await calendar.deliver(told_anew(OrganisationChanged, twin, version=3))
        assert f'value="{twin.id}"' in (await browser.get("/calendar/plan")).text
