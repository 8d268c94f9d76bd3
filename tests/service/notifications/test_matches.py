"""Both sides are told that a need and an offer fit, that one of them wants it, or why it does not."""

from typing import Any

from shared.identifiers import new_id
from shared.messages import registry
from tests.builders import an_administrator
from tests.service.notifications.builders import AFTERNOON, a_person_of, an_organisation

CLUB, SCHOOL = an_organisation(name="Klub"), an_organisation(name="Szkoła")
FACTS: dict[str, Any] = {
    "version": 1,
    "need_title": "Nagłośnienie na festyn",
    "need_organisation_id": CLUB.id,
    "need_organisation_name": "Klub",
    "resource_name": "Głośniki",
    "resource_organisation_id": SCHOOL.id,
    "resource_organisation_name": "Szkoła",
    "kind": "equipment",
    "score": 15,
    "reasons": ({"code": "match_words"}, {"code": "match_part", "values": {"offered": 1, "wanted": 2}}),
    "organisation_ids": (CLUB.id, SCHOOL.id),
    "stated_at": AFTERNOON,
}
BY_SCHOOL = {"version": 2, "by_organisation_id": SCHOOL.id}


def a_match(kind: type[registry.MatchFacts] = registry.MatchSuggested, **values: Any) -> Any:
    match_id = values.pop("id", new_id())
    url = f"/registry/matches/{match_id}"
    return kind(**{**FACTS, "id": match_id, "need_id": new_id(), "resource_id": new_id(), "url": url, **values})


async def test_both_sides_are_told_of_a_match_once_and_why_it_is_one(service_running, alerts):
    match = a_match()
    await service_running.deliver(CLUB, SCHOOL, match, match)
    found = await alerts(an_administrator(), kind="match_suggested")
    assert {one["organisation_id"] for one in found} == {CLUB.id, SCHOOL.id}
    assert len(found) == 2
    for one in found:
        assert one["url"] == f"/registry/matches/{match.id}"
        assert one["text"] == (
            "Znalazło się coś, co odpowiada potrzebie „Nagłośnienie na festyn”. „Głośniki” (Szkoła) może odpowiadać "
            "potrzebie „Nagłośnienie na festyn” (Klub). Potrzeba i oferta podobnie się nazywają. Jest część: 1 z 2."
        )


async def test_when_it_is_wanted_is_said_where_the_need_says_so(service_running, alerts):
    await service_running.deliver(CLUB, a_match(starts_at=AFTERNOON, ends_at=AFTERNOON.replace(hour=15)))
    found = await alerts(an_administrator(language="en"), kind="match_suggested")
    assert all("When: Thursday, 26 November 2026, 14:00–16:00." in one["text"] for one in found), found


async def test_both_sides_are_told_what_became_of_it_with_the_reason(service_running, alerts):
    match = a_match()
    same = {"id": match.id, "need_id": match.need_id, "resource_id": match.resource_id}
    accepted = a_match(registry.MatchAccepted, **same, **BY_SCHOOL)
    why = {"decline_reason": "too_far", "because": "To drugi koniec miasta", "version": 3}
    declined = a_match(registry.MatchDeclined, **{**same, **BY_SCHOOL, **why})
    await service_running.deliver(CLUB, SCHOOL, match, accepted, declined)
    for kind, said in (("match_accepted", "teraz uzgodnijcie resztę"), ("match_declined", "To drugi koniec miasta")):
        found = await alerts(an_administrator(), kind=kind)
        assert {one["organisation_id"] for one in found} == {CLUB.id, SCHOOL.id}
        assert all(said in one["text"] for one in found), found
    assert all("Jest za daleko." in one["text"] for one in found)


async def test_who_lends_hears_of_three_needs_a_week_and_who_lacks_of_each_answer(service_running, alerts):
    await service_running.deliver(CLUB, SCHOOL, *(a_match() for _ in range(5)))
    assert len(await alerts(an_administrator(), organisation_id=CLUB.id)) == 5
    assert len(await alerts(an_administrator(), organisation_id=SCHOOL.id)) == 3


async def test_a_letter_about_a_match_names_the_need_in_its_subject(service_running, letters):
    await service_running.deliver(CLUB, SCHOOL, a_person_of(CLUB.id), a_match())
    [letter] = await letters()
    assert "„Nagłośnienie na festyn”" in letter["Subject"]


async def test_whose_need_the_clock_closed_is_asked_what_came_of_it_and_who_withdrew_it_is_not(service_running, alerts):
    facts: dict[str, Any] = {
        "version": 3,
        "title": "Rzutnik",
        "organisation_id": CLUB.id,
        "kind": "equipment",
        "status": "closed",
        "url": "/registry/review#need-x",
    }
    past = registry.NeedClosed(**facts, id=new_id(), because="past", closed_at=AFTERNOON)
    withdrawn = registry.NeedClosed(**facts, id=new_id(), because="withdrawn")
    await service_running.deliver(CLUB, SCHOOL, past, past, withdrawn)
    (alert,) = await alerts(an_administrator(), kind="need_closed")
    assert (alert["organisation_id"], alert["url"]) == (CLUB.id, "/registry/review#need-x")
    assert alert["text"] == (
        "Minął termin Waszej potrzeby „Rzutnik”. Czy udało się ją zaspokoić? "
        "Napiszcie, jak się skończyło – wystarczy jeden przycisk."
    )
