"""Writes `docs/permissions.md` by asking the permission functions themselves: `python -m docs.generate_permissions`."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from services.calendar.domain import permissions as calendar
from services.map.domain import permissions as the_map
from services.notifications.domain import permissions as notifications
from services.registry.domain import permissions as registry
from services.registry.domain.plans import MembershipPlan, PersonPlan, Visibility
from services.registry.domain.visibility import may_see_contact
from shared import set_aside
from shared.auth import SCOPES
from shared.identifiers import new_id
from shared.people import Person

PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"
OPENING = """# Who may what

Each line is a pure function that the commands ask, so that every door is guarded; this page is what they answer, made
by `python -m docs.generate_permissions`; do not edit.

*This organisation* is the one that an action is about. “own” means: for oneself, not for somebody else. A program with
a key has the roles of its person as they are now, as far as its scopes go; the last column is the key of an
administrator that may read and write everywhere. Which function guards which address is tried for every address, role
and organisation in `tests/service/test_permissions.py`.
"""
MODULES: Mapping[str, ModuleType] = {
    "Registry": registry,
    "Calendar": calendar,
    "Map": the_map,
    "Notifications": notifications,
    "Every service": set_aside,
}
US, OTHERS, A_THIRD, ME, SOMEBODY = (new_id() for _ in range(5))
NOW = datetime(2026, 11, 26, tzinfo=UTC)
ROLES: Mapping[str, Person | None] = {
    "stranger": None,
    "signed in, no role": Person(ME),
    "member of this organisation": Person(ME, roles={US: "member"}),
    "coordinator of this organisation": Person(ME, roles={US: "coordinator"}),
    "leader of this organisation": Person(ME, roles={US: "leader"}),
    "leader of another organisation": Person(ME, roles={OTHERS: "leader"}),
    "neighbourhood coordinator": Person(ME, neighbourhood_coordinator=True),
    "administrator": Person(ME, administrator=True),
    "an administrator’s program": Person(ME, administrator=True, scopes=frozenset(SCOPES)),
}
MEANT: Mapping[str, Any] = {"organisation_id": US, "organisation_ids": (US,)}
"""What the parameters of these names stand for, unless a case says otherwise."""
WHOSE = ("person_id", "owner_id", "owner_person_id")
"""Parameters that name a person: they are asked about oneself and about somebody else."""


@dataclass(frozen=True)
class Case:
    """One line of the table for a function: what stands for its parameters, and what that means in words."""

    words: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def _plan(role: Any, **values: Any) -> PersonPlan:
    return PersonPlan(name="?", memberships=(MembershipPlan(US, role),), **values)


CASES: Mapping[Callable[..., bool], tuple[Case, ...]] = {
    registry.may_give_role: (
        Case("as a member", {"role": "member"}),
        Case("as a coordinator or leader", {"role": "leader"}),
    ),
    registry.may_register_person: (
        Case("as a member of this organisation", {"plan": _plan("member")}),
        Case("as its coordinator or leader", {"plan": _plan("leader")}),
        Case("with a role in the neighbourhood", {"plan": _plan("member", neighbourhood_coordinator=True)}),
    ),
    registry.may_invite: (
        Case("a member", {"role": "member", "is_for_neighbourhood": False}),
        Case("a coordinator or leader", {"role": "leader", "is_for_neighbourhood": False}),
        Case("with a role in the neighbourhood", {"role": None, "is_for_neighbourhood": True}),
    ),
    registry.may_see_invitations: (Case("of this organisation"), Case("all of them", {"organisation_id": None})),
    registry.may_make_own_link: (
        Case("whoever registered them, while they have no mail address", {"registered_mailless": True}),
        Case("of anybody else", {"registered_mailless": False}),
    ),
    notifications.may_mark_alert_read: (
        Case("that is for somebody", {}),
        Case("of an organisation that has nobody to be told", {"person_id": None}),
    ),
    calendar.may_change_decision: (
        Case("of a meeting of this organisation", {"owner_id": None}),
        Case("that this organisation carries out", {"organisation_ids": (A_THIRD,), "owner_id": US}),
    ),
    calendar.may_propose_item: (
        Case("of this organisation, or to which it is invited", {"person_ids": ()}),
        Case("to which one is invited oneself", {"organisation_ids": (A_THIRD,), "person_ids": (ME,)}),
    ),
    calendar.may_change_item: (
        Case("of a meeting of this organisation", {"proposed_by_id": None}),
        Case("that one proposed oneself", {"organisation_ids": (A_THIRD,), "proposed_by_id": ME}),
    ),
    calendar.may_do_task: (
        Case("of a meeting of this organisation", {"owner_id": None, "owner_person_id": None}),
        Case("that this organisation has", {"organisation_ids": (A_THIRD,), "owner_id": US, "owner_person_id": None}),
        Case("that somebody has", {"organisation_ids": (A_THIRD,), "owner_id": None}),
    ),
    calendar.may_see_task: (
        Case("that this organisation has", {"owner_id": US, "owner_person_id": None}),
        Case("that somebody has", {"owner_id": None}),
    ),
    calendar.may_read_minutes: tuple(
        Case(words, {"audience": audience, "person_ids": ()})
        for words, audience in (("for everybody", "public"), ("for partners", "partners"), ("for members", "members"))
    ),
    calendar.may_decide_severity: (
        Case("at a venue of this organisation"),
        Case("in the whole neighbourhood", {"organisation_id": None}),
    ),
    calendar.may_see_event: tuple(
        Case(words, {"host_ids": (US,), "visibility": visibility})
        for words, visibility in (("public", "public"), ("for partners", "partners"), ("for its hosts", "hosts"))
    ),
}


def page() -> str:
    """Write the page: a table for each service, and one of who sees which contact."""
    parts = [OPENING]
    for name, module in MODULES.items():
        rows = [row for function in functions_of(module) for row in _rows(function)]
        parts += [f"## {name}\n", _table("may", rows), ""]
    parts += ["## Contacts\n", CONTACTS, _table("sees a contact", list(_contact_rows())), ""]
    return "\n".join(parts)


CONTACTS = """What is withdrawn, or whose last day is over, is seen by its owner alone, from that instant on.
"""


def functions_of(module: ModuleType) -> list[Callable[..., bool]]:
    """Give the permission functions that a module defines, in its order."""
    found = [one for name, one in vars(module).items() if name.startswith("may_") and inspect.isfunction(one)]
    return [one for one in found if one.__module__ == module.__name__]


def _rows(function: Callable[..., bool]) -> Iterator[list[str]]:
    sentence = (inspect.getdoc(function) or "").splitlines()[0].rstrip(".")
    for case in CASES.get(function, (Case(),)):
        words = f"{sentence}: {case.words}" if case.words else sentence
        answers = [_answer(function, person, case.values) for person in ROLES.values()]
        yield [f"{words} (`{function.__name__}`)", *answers]


def _answer(function: Callable[..., bool], person: Person | None, values: Mapping[str, Any]) -> str:
    """Say yes, no, or only for oneself."""
    names = list(inspect.signature(function).parameters)[1:]
    whose = [name for name in names if name in WHOSE and name not in values]
    known = {**{name: MEANT[name] for name in names if name in MEANT}, **values}

    def asked(who: str) -> bool:
        return function(person, **known, **dict.fromkeys(whose, who))

    if asked(SOMEBODY):
        return "yes"
    return "own" if whose and asked(ME) else "–"


def _contact_rows() -> Iterator[list[str]]:
    for owner, values in (("this organisation", {"organisation_id": US}), ("a person", {"person_id": SOMEBODY})):
        for level in get_args(Visibility):
            answers = [
                "yes" if may_see_contact(person, level, now=NOW, **values) else "–"  # type: ignore[arg-type]
                for person in ROLES.values()
            ]
            yield [f"of {owner}, {level}", *answers]


def _table(first: str, rows: list[list[str]]) -> str:
    head = [first, *ROLES]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page())
