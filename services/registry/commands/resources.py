"""What organisations can lend and what they lack."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import need_stated, resource_facts
from services.registry.commands.hiding import is_confidential
from services.registry.domain.permissions import may_edit_organisation
from services.registry.domain.plans import Changes, NeedPlan, ResourcePlan
from services.registry.models import Need, Organisation, Resource
from shared import clock, outbox
from shared.messages.registry import ResourceChanged, ResourceRegistered
from shared.people import Person, must
from shared.problems import InvalidInput


def register_resource(session: Session, *, by: Person, plan: ResourcePlan) -> Resource:
    """Make known what an organisation can lend. Raises `NotAllowed`, `InvalidInput` (a space is a venue)."""
    must_exist(session, Organisation, plan.organisation_id, "/organisation_id")
    must(may_edit_organisation(by, plan.organisation_id))
    if plan.kind == "space":
        raise InvalidInput(("/kind", "A space is registered as a venue"))
    is_hidden = is_confidential(session, plan.organisation_id)
    resource = Resource(
        organisation_id=plan.organisation_id,
        name=plan.name,
        kind=plan.kind,
        quantity=plan.quantity,
        needs_approval=plan.needs_approval,
        description=plan.description,
        latitude=None if is_hidden else plan.latitude,
        longitude=None if is_hidden else plan.longitude,
        created_at=clock.now(),
    )
    session.add(resource)
    session.flush()
    remember(session, by, resource, "registered")
    outbox.publish(session, resource_facts(ResourceRegistered, resource))
    return resource


def change_resource(session: Session, *, by: Person, resource_id: str, version: int, changes: Changes) -> Resource:
    """Change what can be lent. Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`."""
    resource = locked(session, Resource, resource_id)
    must(may_edit_organisation(by, resource.organisation_id))
    expect_version(resource, version)
    if is_confidential(session, resource.organisation_id):
        changes = {**changes, "latitude": None, "longitude": None}
    differences = set_fields(resource, changes)
    if differences:
        session.flush()
        remember(session, by, resource, "changed", differences)
        outbox.publish(session, resource_facts(ResourceChanged, resource))
    return resource


def state_need(session: Session, *, by: Person, plan: NeedPlan) -> Need:
    """Say what an organisation lacks. Raises `NotAllowed`, `InvalidInput`."""
    must_exist(session, Organisation, plan.organisation_id, "/organisation_id")
    must(may_edit_organisation(by, plan.organisation_id))
    need = Need(
        organisation_id=plan.organisation_id,
        title=plan.title,
        kind=plan.kind,
        quantity=plan.quantity,
        until_on=plan.until_on,
        description=plan.description,
        created_at=clock.now(),
    )
    session.add(need)
    session.flush()
    remember(session, by, need, "stated")
    outbox.publish(session, need_stated(need))
    return need


def change_need(session: Session, *, by: Person, need_id: str, version: int, changes: Changes) -> Need:
    """Say a need anew; the message tells all of it again, with the next version."""
    need = locked(session, Need, need_id)
    must(may_edit_organisation(by, need.organisation_id))
    expect_version(need, version)
    differences = set_fields(need, changes)
    if differences:
        session.flush()
        remember(session, by, need, "changed", differences)
        outbox.publish(session, need_stated(need))
    return need
