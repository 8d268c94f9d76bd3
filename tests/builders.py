"""Values that many tests need; each service's own builders stand beside its tests."""

from typing import Any

from shared.identifiers import new_id
from shared.people import Person


def a_person(**values: Any) -> Person:
    """Somebody who belongs to no organisation."""
    return Person(**{"id": new_id(), "name": "Anna Kowalska", "language": "pl", **values})


def a_coordinator(*organisation_ids: str, **values: Any) -> Person:
    """Somebody who may speak for these organisations."""
    return a_person(roles=dict.fromkeys(organisation_ids, "coordinator"), **values)


def an_administrator(**values: Any) -> Person:
    """Somebody who runs the installation."""
    return a_person(administrator=True, **values)
