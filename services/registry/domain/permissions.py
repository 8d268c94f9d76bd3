"""Who may do what in the registry: the decisions that belong to it alone; the rest stands in `shared.people`."""

from services.registry.domain.plans import PersonPlan
from services.registry.domain.visibility import is_coordinator
from shared.messages.registry import Role
from shared.people import (
    SPEAKING_ROLES,
    Person,
    is_administrator,
    is_human,
    is_neighbourhood_coordinator,
    is_oneself,
    is_partner,
    may_lead,
    may_speak_for,
    may_speak_for_one,
)


def may_register_organisation(person: Person | None) -> bool:
    """Register an organisation."""
    return is_neighbourhood_coordinator(person)


def may_import_tables(person: Person | None) -> bool:
    """Bring in a table of organisations, venues, resources or needs, which also changes those that are here."""
    return is_administrator(person)


def may_export_tables(person: Person | None) -> bool:
    """Take organisations, what they have and lack away as tables or cards; contacts only as far as one may see each."""
    return is_partner(person)


def may_see_duplicates(person: Person | None) -> bool:
    """See which organisations may be one and the same, why, and which were merged."""
    return is_neighbourhood_coordinator(person)


def may_merge_organisations(person: Person | None) -> bool:
    """Decide that two organisations are one or are not, and undo it; it moves people's roles, so no program may."""
    return is_human(person) and is_neighbourhood_coordinator(person)


def may_edit_organisation(person: Person | None, organisation_id: str) -> bool:
    """Change an organisation's card, contacts, venues, resources and needs."""
    return may_speak_for(person, organisation_id)


def may_see_hidden_address(person: Person | None) -> bool:
    """See where a confidential organisation or venue is: those who speak for some organisation here."""
    return is_coordinator(person)


def may_put_inside(person: Person | None, organisation_id: str) -> bool:
    """Say that a room lies in a venue of this organisation: what is on in the room takes the venue too."""
    return may_speak_for(person, organisation_id)


def may_review_all(person: Person | None) -> bool:
    """See every card that should be looked at again."""
    return is_neighbourhood_coordinator(person)


def may_see_review_queue(person: Person | None) -> bool:
    """See which cards should be looked at again, of the organisations that one speaks for."""
    return may_review_all(person) or (person is not None and bool(SPEAKING_ROLES & set(person.roles.values())))


def may_edit_themes(person: Person | None) -> bool:
    """Change the taxonomy of themes, which everybody's things are sorted by."""
    return is_neighbourhood_coordinator(person)


def may_state_needs(person: Person | None) -> bool:
    """State a need for some organisation or other; for which is asked by `may_edit_organisation`."""
    return may_speak_for_one(person, tuple(person.roles) if person is not None else ())


def may_close_need(person: Person | None, organisation_id: str) -> bool:
    """Say what came of a need, or withdraw it."""
    return may_speak_for(person, organisation_id)


def may_answer_match(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Accept or decline a match of these two: whoever speaks for one of them."""
    return may_speak_for_one(person, organisation_ids)


def may_name_problem(person: Person | None) -> bool:
    """Name a problem of the neighbourhood, or word it better."""
    return is_partner(person)


def may_move_problem(person: Person | None) -> bool:
    """Say what becomes of a problem, and enter the steps of its participation path."""
    return person is not None and may_speak_for_one(person, tuple(person.roles))


def may_support_problem(person: Person | None, organisation_id: str) -> bool:
    """Support a problem in this organisation's name, or take that back."""
    return may_speak_for(person, organisation_id)


def may_moderate_problems(person: Person | None) -> bool:
    """See what residents named and nobody let through yet, let it through or refuse it."""
    return is_neighbourhood_coordinator(person)


def may_form_initiative(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Form a coalition of these organisations."""
    return may_speak_for_one(person, organisation_ids)


def may_edit_initiative(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Change a coalition that these organisations lead or are partners in: goal, money, tasks, application."""
    return may_speak_for_one(person, organisation_ids)


def may_join_initiative(person: Person | None, organisation_id: str) -> bool:
    """Let this organisation join a coalition, or leave it."""
    return may_speak_for(person, organisation_id)


def may_lead_initiative(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """Say which organisations lead a coalition that these lead now."""
    return may_speak_for_one(person, organisation_ids)


def may_see_budget(person: Person | None) -> bool:
    """See the budget of a coalition."""
    return is_partner(person)


def may_answer_suggestion(person: Person | None, organisation_ids: tuple[str, ...]) -> bool:
    """See that these organisations could form a coalition, and form it or decline."""
    return may_speak_for_one(person, organisation_ids)


def may_see_people(person: Person | None) -> bool:
    """See who works here and in which role; of their contacts only those that may be seen."""
    return is_partner(person)


def may_see_person(person: Person | None, person_id: str) -> bool:
    """See one person; everybody sees themselves."""
    return may_see_people(person) or is_oneself(person, person_id)


def may_look_after_people(person: Person | None) -> bool:
    """See the page of everybody in the neighbourhood, with their roles and all open invitations."""
    return is_neighbourhood_coordinator(person)


def may_edit_person(person: Person | None, person_id: str) -> bool:
    """Change somebody's name and language."""
    return is_human(person) and (is_administrator(person) or is_oneself(person, person_id))


def may_give_role(person: Person | None, organisation_id: str, role: Role) -> bool:
    """Invite somebody into an organisation in this role, or register them in it.

    Who speaks for it may bring members in; coordinators and leaders are named by who leads it.
    """
    if not is_human(person):
        return False
    return may_speak_for(person, organisation_id) if role == "member" else may_lead(person, organisation_id)


def may_change_roles(person: Person | None, organisation_id: str) -> bool:
    """Change the role that somebody has in an organisation, or give one to who is here already."""
    return is_human(person) and may_lead(person, organisation_id)


def may_take_role(person: Person | None, person_id: str, organisation_id: str) -> bool:
    """Take somebody out of an organisation; everybody may leave one."""
    return may_change_roles(person, organisation_id) or (is_human(person) and is_oneself(person, person_id))


def may_give_neighbourhood_roles(person: Person | None) -> bool:
    """Give and take the roles of administrator and neighbourhood coordinator, and invite into them."""
    return is_human(person) and is_administrator(person)


def may_register_person(person: Person | None, plan: PersonPlan) -> bool:
    """Register this person with these roles; administrators register anybody."""
    if may_give_neighbourhood_roles(person):
        return True
    if plan.administrator or plan.neighbourhood_coordinator or not plan.memberships:
        return False
    return all(may_give_role(person, one.organisation_id, one.role) for one in plan.memberships)


def may_invite(
    person: Person | None, organisation_id: str | None, role: Role | None, is_for_neighbourhood: bool
) -> bool:
    """Invite somebody into these roles, see such an invitation, send it again or withdraw it."""
    if is_for_neighbourhood and not may_give_neighbourhood_roles(person):
        return False
    if organisation_id is None or role is None:
        return is_for_neighbourhood
    return may_give_role(person, organisation_id, role)


def may_see_invitations(person: Person | None, organisation_id: str | None) -> bool:
    """See the invitations into one organisation, or (None) all of them."""
    if organisation_id is None:
        return is_human(person) and may_look_after_people(person)
    return is_human(person) and may_speak_for(person, organisation_id)


def may_edit_contacts_of_person(person: Person | None, person_id: str) -> bool:
    """Change how somebody is reached: they themselves, never a program; whoever could would get their sign-in codes."""
    if not is_human(person):
        return False
    return is_administrator(person) or (person is not None and person.id == person_id)


def may_see_audit(person: Person | None) -> bool:
    """See who read or changed whose data."""
    return is_administrator(person)


def may_see_audit_of(person: Person | None, person_id: str) -> bool:
    """See who read or changed somebody's data: everybody sees it of themselves."""
    return may_see_audit(person) or (person is not None and person.id == person_id)


def may_manage_keys(person: Person | None) -> bool:
    """Make a key for a program or the address of a feed for oneself, and end one: humans do, no key makes another."""
    return is_human(person)


def may_see_key(person: Person | None, owner_id: str) -> bool:
    """See that somebody has a key and what it is for, never its secret."""
    return is_administrator(person) or is_oneself(person, owner_id)


def may_end_key(person: Person | None, owner_id: str) -> bool:
    """End a key or the address of a feed."""
    return may_manage_keys(person) and may_see_key(person, owner_id)


def may_erase_person(person: Person | None, person_id: str) -> bool:
    """Erase somebody for good: they themselves and administrators, never a program."""
    return is_human(person) and (is_administrator(person) or is_oneself(person, person_id))


def may_make_own_link(person: Person | None, *, registered_mailless: bool) -> bool:
    """Make the link to somebody's own data, to be handed over: administrators, never a program.

    Who registered somebody may too while that person has no mail address: with one, whoever has the link could change
    where the sign-in codes go, and that is an administrator's to decide.
    """
    return is_human(person) and (is_administrator(person) or registered_mailless)
