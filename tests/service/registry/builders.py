"""What the registry's tests register over HTTP."""

from datetime import timedelta
from typing import Any

from shared import clock
from shared.identifiers import new_id
from shared.messages import TYPES
from shared.messages.calendar import EventPlanned
from shared.people import Person
from tests.builders import an_administrator
from tests.harness import Running

API = "/registry/api/v1"
ADMINISTRATOR = an_administrator()


async def posted(service: Running, path: str, body: dict[str, Any], by: Person = ADMINISTRATOR) -> dict[str, Any]:
    """POST something that must be accepted, and give what was answered."""
    answer = await service.client.post(f"{API}/{path}", json=body, headers=service.headers(by))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def an_organisation(service: Running, **values: Any) -> dict[str, Any]:
    """Register an organisation."""
    return await posted(service, "organisations", {"name": "Klub Seniora", "kind": "ngo", **values})


async def a_venue(service: Running, organisation_id: str, **values: Any) -> dict[str, Any]:
    """Register a venue of an organisation."""
    return await posted(service, "venues", {"name": "Sala", "organisation_id": organisation_id, **values})


async def a_resource(service: Running, organisation_id: str, **values: Any) -> dict[str, Any]:
    """Register something that an organisation can lend."""
    body = {"name": "Namiot", "kind": "equipment", "organisation_id": organisation_id, **values}
    return await posted(service, "resources", body)


async def a_need(service: Running, organisation_id: str, **values: Any) -> dict[str, Any]:
    """State something that an organisation lacks."""
    body = {"title": "Namiot na festyn", "kind": "equipment", "organisation_id": organisation_id, **values}
    return await posted(service, "needs", body)


async def hear_itself(service: Running) -> None:
    """Deliver to the registry what it told so far and has not heard yet, as the bus would."""
    heard: set[str] = service.app.state.__dict__.setdefault("heard_by_test", set())
    while rows := [row for row in await service.rows("outbox", order_by="position") if row.message_id not in heard]:
        for row in rows:
            heard.add(row.message_id)
            if row.body is not None:
                message = TYPES[row.type].model_validate_json(row.body)
                await service.deliver(message, source="registry", message_id=row.message_id)


async def a_contact(service: Running, organisation_id: str, **values: Any) -> dict[str, Any]:
    """Add a contact to an organisation."""
    body = {"kind": "phone", "value": "+48 12 000 00 01", **values}
    return await posted(service, f"organisations/{organisation_id}/contacts", body)


async def a_registered_person(service: Running, *organisation_ids: str, **values: Any) -> dict[str, Any]:
    """Register a person who coordinates these organisations."""
    memberships = [{"organisation_id": one, "role": "coordinator"} for one in organisation_ids]
    return await posted(service, "people", {"name": "Barbara Wójcik", "memberships": memberships, **values})


def an_event(*host_ids: str, **values: Any) -> EventPlanned:
    """A feast in a week, as the calendar tells of it."""
    start = clock.now() + timedelta(days=7)
    facts = {
        "id": new_id(),
        "version": 1,
        "kind": "feast",
        "title": "Festyn",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "zone": "Europe/Warsaw",
        "host_ids": host_ids,
        "status": "confirmed",
        "url": "/calendar/events/x",
    }
    return EventPlanned(**{**facts, **values})
