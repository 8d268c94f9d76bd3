"""What the permission matrix asks about: in each service something of our organisation, and the same of another one."""

import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.calendar.commands import begin_import_run, open_link
from services.calendar.models import KnownApiKey as CalendarApiKey
from services.map.commands import bring_layer, draw_area
from services.map.domain.layer_files import read_layer
from services.map.domain.plans import LayerPlan
from services.notifications.commands import (
    add_push_address,
    ask_for_test,
    follow,
    make_feed,
    make_webhook,
    try_push_address,
)
from services.notifications.domain.plans import PushPlan, WebhookPlan
from services.notifications.domain.topics import Topic
from services.registry import models
from services.registry.domain.secrets import hash_of
from shared import auth, clock, outbox, set_aside
from shared.identifiers import new_id
from shared.messages.notifications import AlertRaised
from shared.people import Person
from tests.builders import a_feed, a_key, a_person, a_role, an_administrator
from tests.harness import Running
from tests.service.calendar import builders as calendar_builders
from tests.service.map import builders as map_builders
from tests.service.notifications import builders as notifications_builders
from tests.service.notifications.inviting import an_invitation
from tests.service.permissions.rules import (
    ADMINISTRATOR,
    COORDINATOR,
    LEADER,
    MEMBER,
    NEIGHBOURHOOD_COORDINATOR,
    READING_PROGRAM,
    SIGNED_IN,
    WRITING_PROGRAM,
)
from tests.service.registry import builders as registry_builders

OURS, OTHERS = "ours", "others"
A_DAY = timedelta(days=1)
Names = Mapping[str, str]
Actors = Mapping[str, Person]
World = Callable[[str, str, bool], Names]
"""Give what the names in braces stand for: to this role; of OURS or OTHERS; a person's own things, or not."""


def actors_of(organisation_id: str) -> dict[str, Person]:
    """Give one person for each role, in this organisation where it is one of an organisation."""
    return {
        SIGNED_IN: a_person(),
        MEMBER: a_person(roles={organisation_id: "member"}),
        COORDINATOR: a_person(roles={organisation_id: "coordinator"}),
        LEADER: a_person(roles={organisation_id: "leader"}),
        NEIGHBOURHOOD_COORDINATOR: a_person(neighbourhood_coordinator=True),
        ADMINISTRATOR: an_administrator(),
    }


async def keys_of(it: Running, owner: Person) -> dict[str, str]:
    """Let a service know two keys of somebody, and give their texts: one that reads, one that writes too."""
    memberships = tuple(a_role(one, role) for one, role in owner.roles.items())
    known_api_key = importlib.import_module(f"services.{it.app.state.name}.models").KnownApiKey
    texts = {}
    for role, verbs in ((READING_PROGRAM, {"read"}), (WRITING_PROGRAM, {"read", "write"})):
        scopes = tuple(one for one in auth.SCOPES if one.split(":")[1] in verbs)
        message, texts[role] = a_key(person_id=owner.id, memberships=memberships, scopes=scopes)
        await it.database.write(auth.remember_api_key, known_api_key, message)
    return texts


def a_poll(organisation_id: str) -> dict[str, Any]:
    """The body of a poll for one date, to which its own organisation is invited."""
    start = calendar_builders.next_monday(18, weeks=8)
    return {
        "title": "Spotkanie",
        "organisation_id": organisation_id,
        "dates": [{"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}],
        "closes_at": (start - A_DAY).isoformat(),
        "invited": [{"organisation_id": organisation_id}],
    }


async def a_calendar(it: Running, ids: Names, actors: Actors) -> World:
    """Two halls, a meeting with a decision in each, and a conflict in each; a neighbour who proposes and asks."""
    headers = it.headers(actors[ADMINISTRATOR])
    names: dict[str, dict[str, str]] = {}

    async def made(path: str, body: Any) -> dict[str, Any]:
        answer = await it.client.post(f"{calendar_builders.API}/{path}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    neighbour = calendar_builders.an_organisation()
    rooms = {one: calendar_builders.a_venue(one, needs_approval=True) for one in (neighbour.id, *ids.values())}
    await it.deliver(neighbour, rooms[neighbour.id])

    async def proposed(event_id: str, proposer_is_neighbour: bool) -> tuple[str, str]:
        start = calendar_builders.next_monday(9, weeks=5)
        other = await made("events", calendar_builders.an_event(start, host_ids=[neighbour.id], kind="meeting"))
        side = other["id"] if proposer_is_neighbour else event_id
        row = await made("opportunities", {"event_ids": [event_id, other["id"]], "event_id": side})
        return row["id"], other["id"]

    async def asked(host_id: str, owner_id: str) -> str:
        body = calendar_builders.an_event(host_ids=[host_id], venue_id=rooms[owner_id].id)
        event = await made("events", body)
        return next(row.id for row in await it.rows("request") if row.event_id == event["id"])

    for number, (whose, organisation_id) in enumerate(ids.items()):
        organisation = calendar_builders.an_organisation(id=organisation_id)
        hall = calendar_builders.a_venue(organisation_id, one_at_a_time=False)
        await it.deliver(organisation, hall, rooms[organisation_id])
        start = calendar_builders.next_monday(9 + 4 * number, weeks=3)
        values: dict[str, Any] = {"host_ids": [organisation_id], "venue_id": hall.id, "kind": "meeting"}
        event = await made("events", calendar_builders.an_event(start, **values))
        await made("events", calendar_builders.an_event(start, **values))
        weekly = {**values, "venue_id": None, "rrule": "FREQ=WEEKLY;COUNT=2"}
        series = await made("events", calendar_builders.an_event(start, **weekly))
        decision = await made(f"meetings/{event['id']}/decisions", {"text": "Zrobić porządek"})
        item = await made(f"meetings/{event['id']}/items", {"title": "Porządki"})
        await it.client.patch(
            f"{calendar_builders.API}/meetings/{event['id']}",
            json={"minutes": "x"},
            headers={**headers, "If-Match": '"1"'},
        )
        task = await made(f"meetings/{event['id']}/tasks", {"text": "Zapytać o cenę", "owner_id": organisation_id})
        published = await made(f"meetings/{event['id']}/publications", {"audience": "members"})
        open_id, neighbour_event_id = await proposed(event["id"], proposer_is_neighbour=False)
        await it.client.post(f"{calendar_builders.API}/opportunities/{open_id}/withdraw", headers=headers)
        url = f"https://{whose}.example.org/calendar.ics"
        source = await made("sources", {"organisation_id": organisation_id, "name": "Dom kultury", "url": url})
        run = await it.database.write(
            begin_import_run, by=actors[ADMINISTRATOR], organisation_id=organisation_id, file_name="a.ics"
        )
        days = {"from": "2020-01-01", "to": "2020-12-31"}
        earlier = {"from": "2019-01-01", "to": "2019-12-31"}
        entered = {**earlier, "indicator": "events", "value": 40, "source_note": "Sprawozdanie"}
        link = await it.database.write(open_link, by=actors[ADMINISTRATOR], event_id=event["id"])
        poll = await made("polls", a_poll(organisation_id))
        voting = poll["invited"][0]["id"]
        links = await it.client.post(f"{calendar_builders.API}/polls/{poll['id']}/links", json={}, headers=headers)
        names[whose] = {
            "poll_id": poll["id"],
            "date_id": poll["dates"][0]["id"],
            "invitation_id": voting,
            "poll_secret": links.json()["items"][0]["url"].rpartition("/")[2],
            "opportunity_id": open_id,
            "neighbour_event_id": neighbour_event_id,
            "proposed_id": (await proposed(event["id"], proposer_is_neighbour=True))[0],
            "own_proposal_id": (await proposed(event["id"], proposer_is_neighbour=False))[0],
            "request_id": await asked(organisation_id, neighbour.id),
            "asked_id": await asked(neighbour.id, organisation_id),
            "source_id": source["id"],
            "run_id": run.id,
            "organisation_id": organisation_id,
            "venue_id": hall.id,
            "kind": "venue",
            "event_id": event["id"],
            "series_id": series["id"],
            "held_on": start.date().isoformat(),
            "recurrence_at": event["starts_at"],
            "recurrence": str(int(start.timestamp())),
            "partner": "roads",
            "decision_id": decision["id"],
            "item_id": item["id"],
            "section_id": item["id"],
            "task_id": task["id"],
            "number": str(published["version"]),
            "baseline_id": (await made("indicators/baselines", entered))["id"],
            "frozen_id": (await made("indicators/frozen", days))["id"],
            "token": link.token,
        }
    feed, secret = a_feed(person_id=actors[COORDINATOR].id)
    await it.database.write(auth.remember_api_key, CalendarApiKey, feed)
    await calendar_builders.hear_itself(it)
    for row in await it.rows("conflict"):
        for known in names.values():
            if known["event_id"] in str(row):
                known["conflict_id"] = row.id
                known["secret"] = secret
    return lambda role, whose, personal: names[whose]


async def a_registry(it: Running, ids: Names, actors: Actors) -> World:
    """Two organisations with one of everything, and all actors as people who are registered."""
    await it.database.write(_register_organisations, ids)
    await it.database.write(_register_actors, actors)
    names: dict[str, dict[str, str]] = {}
    erased_id = await it.database.write(_erase_somebody)
    own = {role: await it.database.write(_own_things, one.id) for role, one in actors.items()}
    for whose, organisation_id in ids.items():
        owned = {"organisation_id": organisation_id}
        person = await registry_builders.a_registered_person(it, organisation_id)
        own[whose] = await it.database.write(_own_things, person["id"])
        posted = {
            "contact_id": await registry_builders.a_contact(it, organisation_id),
            "site_id": await registry_builders.posted(it, f"organisations/{organisation_id}/sites", {"name": "Filia"}),
            "venue_id": await registry_builders.a_venue(it, organisation_id),
            "resource_id": await registry_builders.posted(
                it, "resources", {**owned, "name": "Namiot", "kind": "equipment"}
            ),
            "need_id": await registry_builders.posted(it, "needs", {**owned, "title": "Gitara", "kind": "skill"}),
            "problem_id": await registry_builders.posted(it, "problems", {"title": "Ciemno"}),
            "initiative_id": await registry_builders.posted(
                it, "initiatives", {"title": "Park", "organisation_ids": [organisation_id]}
            ),
        }
        secrets = {"link_secret": f"link-{whose}", "invitation_secret": f"invitation-{whose}"}
        twins = await it.database.write(_twins, organisation_id)
        await it.database.write(_hide, (organisation_id, posted["venue_id"]["id"]))
        await it.database.write(_join, posted["initiative_id"]["id"], twins["twin_id"])
        suggestion_id = await it.database.write(_suggest_initiative, organisation_id)
        waiting = await it.database.write(_name_as_resident, posted["problem_id"]["id"], f"waiting-{whose}")
        invitation_id = await it.database.write(_ask_to_join, organisation_id, person["id"], secrets)
        names[whose] = {
            **owned,
            **secrets,
            **twins,
            **{name: one["id"] for name, one in posted.items()},
            "match_id": await it.database.write(_match_with_neighbour, organisation_id),
            **waiting,
            "suggestion_id": suggestion_id,
            "event_id": await it.database.write(_know_event),
            "person_id": person["id"],
            "invitation_id": invitation_id,
            "erased_id": erased_id,
            "code": "sport",
            "table": "venues",
        }

    def world(role: str, whose: str, personal: bool) -> Names:
        if not personal:
            return names[whose]
        keeper = (role if role in actors else COORDINATOR) if whose == OURS else OTHERS
        return {**names[whose], **own[keeper]}

    return world


async def a_map(it: Running, ids: Names, actors: Actors) -> World:
    """One place, one area, one layer."""
    place = map_builders.a_venue()
    await it.deliver(place)
    area = await it.database.write(draw_area, by=actors[ADMINISTRATOR], plan=map_builders.an_area())
    read = read_layer(b"name,lat,lon\nLipa,50.0885,19.911\n")
    plan = LayerPlan(name="Drzewa", source="Miasto", licence="CC BY 4.0")
    layer = await it.database.write(bring_layer, by=actors[ADMINISTRATOR], plan=plan, read=read)
    names = {"place_id": place.id, "area_id": area.id, "layer_id": layer.id, "form": "geojson"}
    return lambda role, whose, personal: names


async def some_notifications(it: Running, ids: Names, actors: Actors) -> World:
    """An alert of each organisation that has no people, on its way by a webhook; and what each actor follows."""
    names: dict[str, dict[str, str]] = {}
    reader = notifications_builders.a_person_of()
    await it.deliver(reader)
    feed = await it.database.write(make_feed, by=Person(id=reader.id))
    for whose, organisation_id in ids.items():
        await it.deliver(notifications_builders.an_organisation(id=organisation_id))
        hook = WebhookPlan(url=f"https://{whose}.example.org/alerts", organisation_id=organisation_id)
        webhook = await it.database.write(make_webhook, by=actors[ADMINISTRATOR], plan=hook)
        await it.deliver(notifications_builders.a_conflict(organisation_ids=(organisation_id,)))
        [alert] = [row for row in await it.rows("alert") if row.organisation_id == organisation_id]
        names[whose] = {
            "organisation_id": organisation_id,
            "alert_id": alert.id,
            "webhook_id": webhook.id,
            "message_id": next(one.id for one in await it.rows("webhook_delivery") if one.webhook_id == webhook.id),
            "channel": "mail",
            "kind": "conflict_detected",
            "action": "mark_read",
            "secret": feed,
        }
    await it.database.write(ask_for_test, by=actors[ADMINISTRATOR])
    [delivery] = await it.rows("delivery")
    await it.deliver(an_invitation())
    [letter] = await it.rows("invitation_letter")
    seniors = Topic("audience", "seniors")
    people = {**actors, OTHERS: Person(id=new_id(), roles={ids[OTHERS]: "coordinator"})}
    plan = PushPlan("ntfys://ntfy.sh/x", "pl")
    pushed = {
        role: (await it.database.write(add_push_address, by=one, plan=plan, schemes={"ntfys"})).id
        for role, one in people.items()
    }
    await it.database.write(try_push_address, by=actors[COORDINATOR], address_id=pushed[COORDINATOR])
    [push] = await it.rows("push_delivery")
    followed = {role: (await it.database.write(follow, by=one, topic=seniors)).id for role, one in people.items()}

    def world(role: str, whose: str, personal: bool) -> Names:
        keeper = (role if role in actors else COORDINATOR) if whose == OURS else OTHERS
        numbers = {"topic_id": followed[keeper], "address_id": pushed[keeper]}
        return {**names[whose], **numbers, "delivery_id": delivery.id, "letter_id": letter.id, "push_id": push.id}

    return world


Make = Callable[[Running, Names, Actors], Awaitable[World]]


def _with_something_set_aside(make: Make) -> Make:
    """Have a service keep a message as well that it could not take in, and that it can when it is tried again."""

    async def made(it: Running, ids: Names, actors: Actors) -> World:
        world = await make(it, ids, actors)
        message = AlertRaised(id="1", version=1, kind="x", organisation_id="1", created_at=clock.now())
        headers = outbox.headers_of(message, "notifications", new_id(), clock.now())
        body = message.model_dump_json().encode()
        kept = set_aside.Kept(it.app.state.name, message.stream, 1, message.subject, headers, body, clock.now())
        table = it.database.outbox_table.metadata.tables["set_aside"]
        await it.database.write(set_aside.put, table, kept, "ValueError: no")
        [row] = await it.database.read(set_aside.waiting, table)
        return lambda role, whose, personal: {**world(role, whose, personal), "set_aside_id": row.id}

    return made


WORLDS: Mapping[str, Make] = {
    "calendar": _with_something_set_aside(a_calendar),
    "registry": _with_something_set_aside(a_registry),
    "map": _with_something_set_aside(a_map),
    "notifications": _with_something_set_aside(some_notifications),
}


def _register_organisations(session: Session, ids: Names) -> None:
    for organisation_id in ids.values():
        session.add(
            models.Organisation(id=organisation_id, name="Klub Seniora", kind="informal_group", created_at=clock.now())
        )


def _register_actors(session: Session, actors: Actors) -> None:
    for one in actors.values():
        session.add(
            models.Person(
                id=one.id,
                name=one.name,
                administrator=one.administrator,
                neighbourhood_coordinator=one.neighbourhood_coordinator,
                created_at=clock.now(),
            )
        )
        session.flush()
        for organisation_id, role in one.roles.items():
            session.add(models.Membership(person_id=one.id, organisation_id=organisation_id, role=role))


def _erase_somebody(session: Session) -> str:
    person = models.Person(name="", created_at=clock.now(), erased_at=clock.now())
    session.add(person)
    session.flush()
    return person.id


def _own_things(session: Session, person_id: str) -> Names:
    """Give somebody a contact, a key and a session, and name them."""
    now = clock.now()
    session.flush()
    rows: dict[str, Any] = {
        "contact_id": models.Contact(
            person_id=person_id, kind="email", value=f"{person_id}@example.org", created_at=now
        ),
        "key_id": models.ApiKey(
            person_id=person_id, kind="program", name="Tablica", secret_hash=hash_of(new_id()), created_at=now
        ),
        "session_id": models.SignedInSession(
            person_id=person_id, secret_hash=hash_of(new_id()), created_at=now, expires_at=now + A_DAY
        ),
    }
    rows["draft_id"] = models.ImportDraft(
        by_person_id=person_id, data=b"name\nNowa\n", mapping={}, created_at=now, expires_at=now + A_DAY
    )
    session.add_all(rows.values())
    session.flush()
    return {"person_id": person_id, **{name: row.id for name, row in rows.items()}}


def _twins(session: Session, organisation_id: str) -> Names:
    """Make two organisations like this one, of which one was merged into it already; name the other and the merge."""
    now = clock.now()
    twin, merged = (models.Organisation(name="Klub", kind="ngo", created_at=now) for _ in range(2))
    session.add_all([twin, merged])
    session.flush()
    merged.merged_into_id = organisation_id
    merge = models.Merge(kept_id=organisation_id, merged_id=merged.id, moved=[], created_at=now)
    session.add(merge)
    session.flush()
    return {"twin_id": twin.id, "merge_id": merge.id}


def _hide(session: Session, ids: Sequence[str]) -> None:
    """Keep an exact address for each of these."""
    session.add_all([models.HiddenAddress(id=one, address="ul. Cicha 1") for one in ids])


def _join(session: Session, initiative_id: str, organisation_id: str) -> None:
    """Let an initiative have another one who leads it, so that the first may leave."""
    session.add(models.InitiativeMember(initiative_id=initiative_id, organisation_id=organisation_id, role="lead"))


def _match_with_neighbour(session: Session, organisation_id: str) -> str:
    """Let a neighbour have what an organisation lacks."""
    neighbour = models.Organisation(id=new_id(), name="Parafia", kind="other", created_at=clock.now())
    need = models.Need(organisation_id=organisation_id, title="Rzutnik", kind="equipment", created_at=clock.now())
    session.add_all([neighbour, need])
    session.flush()
    match = models.Match(
        need_id=need.id,
        need_organisation_id=organisation_id,
        resource_id=new_id(),
        resource_organisation_id=neighbour.id,
        kind="equipment",
        score=1,
        created_at=clock.now(),
    )
    session.add(match)
    session.flush()
    return match.id


def _name_as_resident(session: Session, problem_id: str, secret: str) -> Names:
    """Let a problem of a resident wait, and enter a step of the path of another one."""
    waiting = models.WaitingProblem(title="Dziura", secret_hash=hash_of(secret), created_at=clock.now())
    step = models.ProblemStage(problem_id=problem_id, stage="poll", held_on=clock.now().date(), result="")
    session.add_all([waiting, step])
    session.flush()
    return {"waiting_id": waiting.id, "waiting_secret": secret, "stage": "poll"}


def _know_event(session: Session) -> str:
    """Know an event of the calendar."""
    row = models.KnownEvent(id=new_id(), version=1, title="Festyn", starts_at=clock.now())
    session.add(row)
    session.flush()
    return row.id


def _suggest_initiative(session: Session, organisation_id: str) -> str:
    """Suggest a coalition to an organisation."""
    row = models.InitiativeSuggestion(
        identity=f"problem:{organisation_id}",
        kind="problem",
        title="Ciemno",
        organisation_ids=[organisation_id],
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row.id


def _ask_to_join(session: Session, organisation_id: str, person_id: str, secrets: Names) -> str:
    """Write a link that signs somebody in, and an invitation to lead an organisation; give the latter's id."""
    now = clock.now()
    link = models.SignInLink(
        person_id=person_id, secret_hash=hash_of(secrets["link_secret"]), created_at=now, expires_at=now + A_DAY
    )
    invitation = models.Invitation(
        name="Ewa Nowa",
        organisation_id=organisation_id,
        role="leader",
        secret_hash=hash_of(secrets["invitation_secret"]),
        created_at=now,
        expires_at=now + A_DAY,
    )
    session.add_all([link, invitation])
    session.flush()
    return invitation.id
