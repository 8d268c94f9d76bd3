"""Who may do what in the calendar: the decisions that belong to it alone; the rest stands in `shared.people`."""

from services.calendar.domain.minutes import Audience
from services.calendar.domain.plans import Visibility
from shared.people import (
    Person,
    is_administrator,
    is_member_of,
    is_neighbourhood_coordinator,
    is_oneself,
    is_partner,
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


def may_propose_item(
    person: Person | None, organisation_ids: tuple[str, ...], person_ids: tuple[str, ...] = ()
) -> bool:
    """Propose an item for a meeting's agenda, see what others propose, and say that one is there.

    These organisations host the meeting or are invited to it, or these people are.
    """
    if is_neighbourhood_coordinator(person) or any(is_member_of(person, one) for one in organisation_ids):
        return True
    return any(is_oneself(person, one) for one in person_ids)


def may_change_item(person: Person | None, organisation_ids: tuple[str, ...], proposed_by_id: str | None) -> bool:
    """Change an item of a meeting's agenda: whoever proposed it, until it is accepted; these organisations host."""
    if may_speak_for_one(person, organisation_ids):
        return True
    return proposed_by_id is not None and is_oneself(person, proposed_by_id)


def may_do_task(
    person: Person | None, organisation_ids: tuple[str, ...], owner_id: str | None, owner_person_id: str | None
) -> bool:
    """Say that a task is done, or change it.

    These organisations hosted its meeting; whoever has to do it may too: in the owner's name, or they themselves.
    """
    is_theirs = owner_person_id is not None and is_oneself(person, owner_person_id)
    return is_theirs or may_change_decision(person, organisation_ids, owner_id)


def may_see_task(person: Person | None, owner_id: str | None, owner_person_id: str | None) -> bool:
    """Read a task of a meeting that this person may see: partners may, and whoever has to do it."""
    mine = owner_person_id is not None and is_oneself(person, owner_person_id)
    return mine or is_partner(person) or (owner_id is not None and is_member_of(person, owner_id))


def may_read_minutes(
    person: Person | None, audience: Audience, organisation_ids: tuple[str, ...], person_ids: tuple[str, ...]
) -> bool:
    """Read the minutes of a meeting; these host it, lead it or are invited: `members`, who read them always."""
    if audience == "public" or is_neighbourhood_coordinator(person):
        return True
    if audience == "partners" and is_partner(person):
        return True
    return any(is_member_of(person, one) for one in organisation_ids) or any(
        is_oneself(person, one) for one in person_ids
    )


def may_call_meeting(person: Person | None, organisation_id: str) -> bool:
    """Open, settle or call off a poll for a date in the name of this organisation, and read who answered what."""
    return may_speak_for(person, organisation_id)


def may_see_poll(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """See how a poll for a date stands; these organisations called it, or are invited."""
    return is_neighbourhood_coordinator(person) or any(is_member_of(person, one) for one in organisation_ids)


def may_vote_for(person: Person | None, organisation_id: str) -> bool:
    """Say when people of this organisation can come, without a link."""
    return is_member_of(person, organisation_id)


def may_answer_invitation(person: Person | None, person_id: str) -> bool:
    """Say without a link when they can come to what this person is invited to."""
    return is_oneself(person, person_id)


def may_accept_conflict(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Say that a conflict of events may stay; these organisations host them."""
    return may_speak_for_one(person, organisation_ids)


def may_decide_severity(person: Person | None, organisation_id: str | None) -> bool:
    """Say how severe conflicts of a kind are.

    Without an organisation, in the whole neighbourhood.
    """
    return is_neighbourhood_coordinator(person) if organisation_id is None else may_speak_for(person, organisation_id)


def may_propose(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Propose to join or coordinate, or take the proposal back; these organisations host one of the two events."""
    return may_speak_for_one(person, organisation_ids)


def may_answer_proposal(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Accept or decline what another host proposed; these organisations host the event of those who are asked."""
    return may_speak_for_one(person, organisation_ids)


def may_answer_request(person: Person | None, organisation_id: str) -> bool:
    """Accept, refuse or answer otherwise a request for a venue or resource that belongs to this organisation."""
    return may_speak_for(person, organisation_id)


def may_see_event(
    person: Person | None, visibility: Visibility, host_ids: tuple[str, ...], leader_ids: tuple[str, ...] = ()
) -> bool:
    """Read an event of this organisation.

    Everybody a public one, partners one for partners; its hosts' people and those who lead it see it always. Others see
    at most that something takes place at those times (`queries.visibility` says the same in SQL).
    """
    if visibility == "public" or is_neighbourhood_coordinator(person):
        return True
    if visibility == "partners" and is_partner(person):
        return True
    return any(is_member_of(person, one) for one in host_ids) or any(is_oneself(person, one) for one in leader_ids)


def may_ask_satisfaction(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Ask those who came how content they were with an event that these organisations host, and see the answers."""
    return may_speak_for_one(person, organisation_ids)


def may_see_costs(person: Person | None) -> bool:
    """See the money of an event, and which organisation had how much from whom."""
    return is_partner(person)


def may_freeze_period(person: Person | None) -> bool:
    """Close a period, so that its indicators change no more."""
    return is_neighbourhood_coordinator(person)


def may_enter_baseline(person: Person | None) -> bool:
    """Enter or correct a figure of a period that was not counted here."""
    return is_neighbourhood_coordinator(person)
