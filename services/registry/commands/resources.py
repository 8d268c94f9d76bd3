"""What organisations can lend."""

from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import resource_facts
from services.registry.commands.hiding import is_confidential
from services.registry.commands.themes import theme_codes
from services.registry.domain.lending import checked_terms
from services.registry.domain.permissions import may_edit_organisation
from services.registry.domain.plans import Changes, ResourcePlan
from services.registry.models import Organisation, Resource
from shared import clock, outbox
from shared.messages.registry import ResourceChanged, ResourceRegistered
from shared.people import Person, must
from shared.problems import InvalidInput


def register_resource(session: Session, *, by: Person, plan: ResourcePlan, searched: bool = True) -> Resource:
    """Make known what an organisation can lend; what makes many at once lets them be found itself.

    Raises `NotAllowed`, `InvalidInput` (a space is a venue).
    """
    must_exist(session, Organisation, plan.organisation_id, "/organisation_id")
    must(may_edit_organisation(by, plan.organisation_id))
    if plan.kind == "space":
        raise InvalidInput(("/kind", "A space is registered as a venue"))
    fields = checked_terms({}, vars(plan)) | {"themes": list(theme_codes(session, plan.themes))}
    if is_confidential(session, plan.organisation_id):
        fields |= {"latitude": None, "longitude": None}
    resource = Resource(**fields, created_at=clock.now())
    session.add(resource)
    session.flush()
    remember(session, by, resource, "registered", searched=searched)
    outbox.publish(session, resource_facts(ResourceRegistered, resource))
    return resource


def change_resource(session: Session, *, by: Person, resource_id: str, version: int, changes: Changes) -> Resource:
    """Change what can be lent, or withdraw it.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `InvalidInput`.
    """
    resource = locked(session, Resource, resource_id)
    must(may_edit_organisation(by, resource.organisation_id))
    expect_version(resource, version)
    changes = checked_terms({"cost_pln": resource.cost_pln, "cost_per": resource.cost_per}, changes)
    if "themes" in changes:
        changes["themes"] = theme_codes(session, changes["themes"])
    if is_confidential(session, resource.organisation_id):
        changes = {**changes, "latitude": None, "longitude": None}
    differences = set_fields(resource, changes)
    if differences:
        session.flush()
        remember(session, by, resource, "changed", differences)
        outbox.publish(session, resource_facts(ResourceChanged, resource))
    return resource
