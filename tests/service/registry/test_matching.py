"""A need is stated, matched once for each two, answered by a side with a reason, and closed with what came of it."""

from datetime import timedelta
from typing import Any

from services.registry import commands
from services.registry.models import LIVE
from shared import clock
from shared.identifiers import new_id
from shared.messages.registry import (
    MatchAccepted,
    MatchDeclined,
    MatchSuggested,
    NeedClosed,
    NeedMatched,
    NeedMet,
    NeedStated,
)
from shared.people import Person
from tests.builders import a_coordinator, a_person
from tests.harness import Running
from tests.service.registry.builders import (
    ADMINISTRATOR,
    API,
    a_need,
    a_resource,
    a_venue,
    an_organisation,
    hear_itself,
)

SOUND = {"name": "Nagłośnienie z mikrofonem", "quantity": 2}
LOUD = {"title": "Nagłośnienie na festyn"}


async def a_club_and_a_school(registry: Running) -> tuple[dict[str, Any], dict[str, Any]]:
    return await an_organisation(registry), await an_organisation(registry, name="Szkoła", kind="school")


async def a_match(registry: Running) -> tuple[dict[str, Any], dict[str, Any], MatchSuggested]:
    """The club lacks what the school has, and both were told."""
    club, school = await a_club_and_a_school(registry)
    await a_resource(registry, school["id"], **SOUND)
    await a_need(registry, club["id"], **LOUD)
    await hear_itself(registry)
    [suggested] = await registry.outgoing(MatchSuggested)
    assert isinstance(suggested, MatchSuggested)
    return club, school, suggested


async def answered(registry: Running, path: str, by: Person, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await registry.client.post(f"{API}/{path}", json=body, headers=registry.headers(by))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def a_list(registry: Running, address: str) -> list[dict[str, Any]]:
    answer = await registry.client.get(f"{API}/{address}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_need_is_stated_matched_accepted_and_met(registry: Running) -> None:
    club, school, suggested = await a_match(registry)
    assert suggested.organisation_ids == (club["id"], school["id"])
    assert (suggested.need_title, suggested.resource_name) == (LOUD["title"], SOUND["name"])
    assert [reason.code for reason in suggested.reasons] == ["match_words"]
    accepted = await answered(registry, f"matches/{suggested.id}/accept", a_coordinator(school["id"]))
    assert (accepted["state"], accepted["by_organisation_id"]) == ("accepted", school["id"])
    [told] = await registry.outgoing(MatchAccepted)
    assert isinstance(told, MatchAccepted)
    [matched] = await registry.outgoing(NeedMatched)
    assert isinstance(matched, NeedMatched)
    assert (matched.status, matched.resource_id, matched.version) == ("matched", told.resource_id, 2)
    body = {"status": "met", "outcome": "Wszyscy słyszeli.", "met_by_resource_id": suggested.resource_id}
    met = await answered(registry, f"needs/{suggested.need_id}/close", a_coordinator(club["id"]), body)
    assert (met["status"], met["met_by_organisation_id"], met["met_quantity"]) == ("met", school["id"], 1)
    [over] = await registry.outgoing(NeedMet)
    assert isinstance(over, NeedMet)
    assert (over.outcome, over.met_by_organisation_id) == ("Wszyscy słyszeli.", school["id"])
    assert (over.organisation_ids, over.severity) == ((school["id"],), "information")
    assert over.summary is not None
    assert LOUD["title"] in over.summary.en
    assert over.summary.pl.startswith("Potrzeba ")
    [row] = await a_list(registry, "matches?state=over")
    assert [one["id"] for one in row["matches"]] == [suggested.id]
    history = [row.action for row in await registry.rows("history", "position") if row.aggregate == "need"]
    assert history == ["stated", "matched", "met"]


async def test_both_sides_are_told_once_however_often_the_two_are_matched(registry: Running) -> None:
    _, _, suggested = await a_match(registry)
    for _ in range(2):
        await registry.database.write(commands.match_need, suggested.need_id, zone="Europe/Warsaw")
        await registry.database.write(commands.match_offer, "equipment", suggested.resource_id, zone="Europe/Warsaw")
    assert len(await registry.outgoing(MatchSuggested)) == 1
    assert len(await registry.rows("match")) == 1


async def test_an_offer_that_comes_later_finds_the_needs_that_wait(registry: Running) -> None:
    club, school = await a_club_and_a_school(registry)
    need = await a_need(registry, club["id"], **LOUD)
    await a_need(registry, club["id"], title="Rzutnik")
    await hear_itself(registry)
    assert await registry.outgoing(MatchSuggested) == []
    await a_resource(registry, school["id"], **SOUND)
    room = await a_need(registry, club["id"], title="Miejsce prób", kind="space")
    hall = await a_venue(registry, school["id"], name="Aula")
    await hear_itself(registry)
    found = {(one.need_id, one.resource_name) for one in await registry.outgoing(MatchSuggested)}  # type: ignore[attr-defined]
    assert found == {(need["id"], SOUND["name"]), (room["id"], hall["name"])}


async def test_what_does_not_fit_any_more_is_over_and_fits_again_without_a_word(registry: Running) -> None:
    _, school, suggested = await a_match(registry)
    address = f"{API}/resources/{suggested.resource_id}"
    headers = registry.headers(a_coordinator(school["id"]))
    for version, name, state in ((1, "Namiot", "over"), (2, SOUND["name"], "suggested")):
        answer = await registry.client.patch(
            address, json={"name": name}, headers={**headers, "If-Match": f'"{version}"'}
        )
        assert answer.status_code == 200, answer.text
        await hear_itself(registry)
        [row] = await registry.rows("match")
        assert row.state == state
    assert len(await registry.outgoing(MatchSuggested)) == 1


async def test_a_declined_match_is_told_with_its_reason_and_never_suggested_again(registry: Running) -> None:
    club, school, suggested = await a_match(registry)
    body = {"decline_reason": "not_available", "because": "Wypożyczone do maja"}
    declined = await answered(registry, f"matches/{suggested.id}/decline", a_coordinator(school["id"]), body)
    assert (declined["state"], declined["decline_reason"]) == ("declined", "not_available")
    [told] = await registry.outgoing(MatchDeclined)
    assert isinstance(told, MatchDeclined)
    assert (told.by_organisation_id, told.because) == (school["id"], "Wypożyczone do maja")
    await hear_itself(registry)
    assert len(await registry.outgoing(MatchSuggested)) == 1
    [need] = await a_list(registry, f"matches?organisation_id={club['id']}")
    assert need["matches"] == []
    [theirs] = await a_list(registry, f"matches?organisation_id={school['id']}&state=declined")
    assert theirs["need_id"] == suggested.need_id


async def test_what_was_declined_counts_against_alike_matches(registry: Running) -> None:
    club, school, suggested = await a_match(registry)
    body = {"decline_reason": "wrong_kind"}
    await answered(registry, f"matches/{suggested.id}/decline", a_coordinator(club["id"]), body)
    await a_need(registry, club["id"], title="Nagłośnienie do szkolenia", quantity=9)
    await a_need(registry, (await an_organisation(registry, name="Parafia"))["id"], title="Nagłośnienie")
    await hear_itself(registry)
    scores = [one.score for one in await registry.outgoing(MatchSuggested)]  # type: ignore[attr-defined]
    assert scores == [15, 2, 7]
    assert school["id"]


async def test_declining_what_was_accepted_opens_the_need_again(registry: Running) -> None:
    club, school, suggested = await a_match(registry)
    by = a_coordinator(club["id"])
    await answered(registry, f"matches/{suggested.id}/accept", by)
    await answered(registry, f"matches/{suggested.id}/accept", by)
    assert len(await registry.outgoing(MatchAccepted)) == 1
    await answered(registry, f"matches/{suggested.id}/decline", by, {"decline_reason": "other"})
    *_, again = await registry.outgoing(NeedStated)
    assert isinstance(again, NeedStated)
    assert (again.status, again.version) == ("open", 3)
    assert school["id"]


async def test_only_the_two_sides_answer_and_only_the_one_that_lacks_it_closes(registry: Running) -> None:
    club, school, suggested = await a_match(registry)
    others = a_coordinator((await an_organisation(registry, name="Parafia"))["id"])
    for by in (others, a_person(roles={club["id"]: "member"})):
        await answered(registry, f"matches/{suggested.id}/accept", by, status=403)
        await answered(registry, f"matches/{suggested.id}/decline", by, {"decline_reason": "other"}, status=403)
    close = f"needs/{suggested.need_id}/close"
    await answered(registry, close, a_coordinator(school["id"]), {"status": "closed"}, status=403)
    closed = await answered(registry, close, a_coordinator(club["id"]), {"status": "closed", "outcome": "Odwołane"})
    assert (closed["status"], closed["closed_because"]) == ("closed", "withdrawn")
    for by in (a_coordinator(club["id"]), ADMINISTRATOR):
        refused = await answered(registry, f"matches/{suggested.id}/accept", by, status=409)
        assert refused["type"].endswith("match-over")
        refused = await answered(registry, close, by, {"status": "met"}, status=409)
        assert refused["type"].endswith("need-over")
    await answered(registry, f"matches/{new_id()}/accept", ADMINISTRATOR, status=404)


async def test_a_need_whose_last_day_is_past_is_closed_and_said_to_be_so(registry: Running) -> None:
    club, _, suggested = await a_match(registry)
    today = clock.now().date()
    past = await a_need(registry, club["id"], title="Rzutnik", until_on=str(today - timedelta(days=2)))
    gone = {"starts_at": "2020-01-01T10:00:00+01:00", "ends_at": "2020-01-01T12:00:00+01:00"}
    window = await a_need(registry, club["id"], title="Rzutnik", **gone)
    kept = await a_need(registry, club["id"], title="Rzutnik", until_on=str(today + timedelta(days=1)), **gone)
    await registry.run_job("close past needs")
    closed = await registry.outgoing(NeedClosed)
    assert {(one.id, one.because) for one in closed} == {(past["id"], "past"), (window["id"], "past")}  # type: ignore[attr-defined]
    standing = {one["id"] for status in LIVE for one in await a_list(registry, f"needs?status={status}")}
    assert standing == {suggested.need_id, kept["id"]}
    await registry.run_job("close past needs")
    assert len(await registry.outgoing(NeedClosed)) == 2


async def test_of_a_need_that_the_clock_closed_one_says_later_what_came_of_it_once(registry: Running) -> None:
    club, _ = await a_club_and_a_school(registry)
    past = str(clock.now().date() - timedelta(days=2))
    needs = [await a_need(registry, club["id"], title=f"Rzutnik {number}", until_on=past) for number in (1, 2)]
    await registry.run_job("close past needs")
    closed = [one for one in await registry.outgoing(NeedClosed) if isinstance(one, NeedClosed)]
    assert {one.url for one in closed} == {f"/registry/review#need-{one['id']}" for one in needs}
    by = a_coordinator(club["id"])
    async with registry.browser(by) as browser:
        page = (await browser.get("/registry/review")).text
        assert all(words in page for words in ("Potrzeby, których termin minął", "Rzutnik 1", "Rzutnik 2"))
        for need, status in zip(needs, ("met", "closed"), strict=True):
            form = {"status": status, "outcome": "Pożyczyła szkoła"}
            answer = await browser.post(f"/registry/needs/{need['id']}/close?back=review", data=form)
            assert answer.headers["location"] == "/registry/review?notice=answered"
        after = (await browser.get("/registry/review?notice=answered")).text
        assert ("Dziękujemy: inni skorzystają" in after, "Rzutnik" in after) == (True, False)
        again = await browser.post(f"/registry/needs/{needs[0]['id']}/close", data={"status": "met"})
        assert again.status_code == 409
    rows = {row.title: row for row in await registry.rows("need")}
    assert [(row.status, row.closed_because, row.outcome) for row in (rows["Rzutnik 1"], rows["Rzutnik 2"])] == [
        ("met", None, "Pożyczyła szkoła"),
        ("closed", "withdrawn", "Pożyczyła szkoła"),
    ]
    async with registry.browser(a_coordinator((await an_organisation(registry, name="Inni"))["id"])) as stranger:
        assert "Rzutnik" not in (await stranger.get("/registry/review")).text


async def test_a_need_says_where_when_and_what_it_is_about(registry: Running) -> None:
    club, _ = await a_club_and_a_school(registry)
    when = {"starts_at": "2030-05-07T10:00:00+02:00", "ends_at": "2030-05-07T12:00:00+02:00"}
    said = {"themes": ["Teatr", "gardening"], "weekdays": [2, 4, 2], "hours": "po 16", "urgency": "urgent"}
    need = await a_need(registry, club["id"], **LOUD, **said, **when, latitude=50.0, longitude=19.9, address="Jaremy 1")
    assert (need["themes"], need["weekdays"]) == (["theatre", "gardening"], [2, 4])
    [stated] = await registry.outgoing(NeedStated)
    assert isinstance(stated, NeedStated)
    assert (stated.themes, stated.urgency, stated.hours) == (("theatre", "gardening"), "urgent", "po 16")
    assert (stated.latitude, stated.address, stated.starts_at) == (50.0, "Jaremy 1", stated.starts_at)


async def test_a_need_that_makes_no_sense_is_refused_where_it_does_not(registry: Running) -> None:
    club, _ = await a_club_and_a_school(registry)
    body = {"title": "Coś", "kind": "equipment", "organisation_id": club["id"]}
    backwards = {"starts_at": "2030-05-07T12:00:00+02:00", "ends_at": "2030-05-07T10:00:00+02:00"}
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"themes": ["theatre", "czary"]}, "/themes/1"),
        ({"venue_id": new_id()}, "/venue_id"),
        (backwards, "/ends_at"),
        ({"weekdays": [8]}, "/weekdays/0"),
        ({"urgency": "soon"}, "/urgency"),
    )
    for values, pointer in wrong:
        refused = await answered(registry, "needs", ADMINISTRATOR, {**body, **values}, status=422)
        assert [one["pointer"] for one in refused["errors"]] == [pointer]
    assert await a_list(registry, "needs") == []


async def test_a_theme_and_its_wider_one_find_what_is_named_otherwise(registry: Running) -> None:
    club = await an_organisation(registry)
    theatre = await an_organisation(registry, name="Teatr Bagatela", kind="ngo", themes=["theatre"])
    await a_resource(registry, theatre["id"], name="Warsztaty z dykcji", kind="skill")
    await a_need(registry, club["id"], title="Przygotowanie jasełek", kind="skill", themes=["theatre"])
    await a_need(registry, club["id"], title="Coś dla ducha", kind="skill", themes=["culture"])
    await hear_itself(registry)
    reasons = [one["matches"][0]["reasons"] for one in await a_list(registry, "matches")]
    assert reasons == [["Both are about the same theme: theatre."], ["Both are about a wider theme: culture."]]


async def test_what_is_closed_on_the_days_that_are_wanted_or_too_far_is_no_match(registry: Running) -> None:
    club, school = await a_club_and_a_school(registry)
    near, far = {"latitude": 50.088, "longitude": 19.911}, {"latitude": 50.2, "longitude": 19.911}
    await a_venue(registry, school["id"], name="Czynna", opening_hours="Mo-Fr 08:00-20:00", **near)
    await a_venue(registry, school["id"], name="W weekend", opening_hours="Sa,Su 08:00-20:00", **near)
    await a_venue(registry, school["id"], name="Daleko", **far)
    thursdays = {"title": "Miejsce prób", "kind": "space", "weekdays": [4]}
    await a_need(registry, club["id"], **thursdays, latitude=50.089, longitude=19.911)
    await hear_itself(registry)
    [need] = await a_list(registry, "matches")
    assert [one["name"] for one in need["matches"]] == ["Czynna"]
    assert need["matches"][0]["reasons"] == [
        "It is of the same kind.",
        "It is about 110 m away.",
        "It is to be had on those days.",
    ]


async def test_no_more_than_the_five_best_are_suggested_for_a_need(registry: Running) -> None:
    club, school = await a_club_and_a_school(registry)
    await a_need(registry, club["id"], title="Wolontariusze do sprzątania", kind="volunteers", quantity=5)
    await hear_itself(registry)
    for number in range(6):
        await a_resource(registry, school["id"], name=f"Klasa {number}", kind="volunteers")
    await hear_itself(registry)
    assert len(await registry.outgoing(MatchSuggested)) == 5
    await a_resource(registry, school["id"], name="Koło sprzątania", kind="volunteers", quantity=9)
    await hear_itself(registry)
    *_, best = await registry.outgoing(MatchSuggested)
    assert isinstance(best, MatchSuggested)
    assert best.resource_name == "Koło sprzątania"
