"""Who may do what in the calendar: the decisions that belong to it alone; the rest stands in `shared.people`."""

from shared.people import (
    Person,
    is_administrator,
    is_neighbourhood_coordinator,
    may_speak_for,
    may_speak_for_one,
)


def may_plan_for(person: Person | None, organisation_id: str) -> bool:
    """Plan or import events that this organisation hosts, and name it as a host of one."""
    return may_speak_for(person, organisation_id)


def may_plan_without_host(person: Person | None) -> bool:
    """Plan an event that no organisation hosts."""
    return is_administrator(person)


def may_change_event(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Move, change or cancel an event that these organisations host, and write down what its meeting decided."""
    return may_speak_for_one(person, organisation_ids)


def may_change_decision(person: Person | None, organisation_ids: tuple[str, ...], owner_id: str | None) -> bool:
    """Change a decision of a meeting that these organisations hosted; whoever has to carry it out may too."""
    return may_speak_for_one(person, organisation_ids) or (owner_id is not None and may_speak_for(person, owner_id))


def may_accept_conflict(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Say that a conflict of events may stay; these organisations host them."""
    return may_speak_for_one(person, organisation_ids)


def may_decide_severity(person: Person | None, organisation_id: str | None) -> bool:
    """Say how severe conflicts of a kind are.

    Without an organisation, in the whole neighbourhood.
    """
    return is_neighbourhood_coordinator(person) if organisation_id is None else may_speak_for(person, organisation_id)
