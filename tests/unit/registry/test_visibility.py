"""Who sees a contact: every level and viewer, before and after somebody agreed no more; and where it is asked."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.permissions import may_edit_contacts_of_person
from services.registry.domain.plans import Visibility
from services.registry.domain.visibility import LEVELS, is_agreed, is_wider, may_see_contact
from shared.people import Person, service_person
from tests.builders import a_coordinator, a_person, an_administrator

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINE, THEIRS = "mine", "theirs"
ME = "me"
VIEWERS: dict[str, Person | None] = {
    "a stranger": None,
    "somebody without a role": a_person(),
    "a member elsewhere": a_person(roles={THEIRS: "member"}),
    "a coordinator elsewhere": a_coordinator(THEIRS),
    "a member here": a_person(roles={MINE: "member"}),
    "a coordinator here": a_coordinator(MINE),
    "a leader here": a_person(roles={MINE: "leader"}),
    "a neighbourhood coordinator": a_person(neighbourhood_coordinator=True),
    "an administrator": an_administrator(),
    "the person": a_person(id=ME),
    "a service": service_person("calendar"),
}
MEMBERS = {"a member elsewhere", "a member here"}
COORDINATORS = {
    "a coordinator elsewhere",
    "a coordinator here",
    "a leader here",
    "a neighbourhood coordinator",
    "an administrator",
}
HERE = {"a coordinator here", "a leader here"}
OF_ORGANISATION = {
    "public": set(VIEWERS),
    "partners": MEMBERS | COORDINATORS,
    "coordinators": COORDINATORS,
    "private": HERE | {"a neighbourhood coordinator", "an administrator"},
}
OF_PERSON = {
    "public": set(VIEWERS),
    "partners": MEMBERS | COORDINATORS | {"the person"},
    "coordinators": COORDINATORS | {"the person"},
    "private": {"an administrator", "the person"},
}
OWNERS: list[dict[str, str]] = [{"organisation_id": MINE}, {"person_id": ME}]
people = st.sampled_from(list(VIEWERS.values()))
levels = st.sampled_from(LEVELS)
owners = st.sampled_from(OWNERS)
instants = st.integers(-1000, 1000).map(lambda hours: NOW + timedelta(hours=hours))


def who_sees(visibility: Any, **contact: Any) -> set[str]:
    return {name for name, one in VIEWERS.items() if may_see_contact(one, visibility, now=NOW, **contact)}


@pytest.mark.parametrize("visibility", LEVELS)
def test_a_contact_of_an_organisation_is_seen_by_those_it_is_for(visibility: Visibility):
    assert who_sees(visibility, organisation_id=MINE) == OF_ORGANISATION[visibility]


@pytest.mark.parametrize("visibility", LEVELS)
def test_a_contact_of_a_person_is_seen_by_those_it_is_for(visibility: Visibility):
    assert who_sees(visibility, person_id=ME) == OF_PERSON[visibility]


@pytest.mark.parametrize(
    "over", [{"withdrawn_at": NOW}, {"valid_until_at": NOW}, {"valid_until_at": NOW - timedelta(1)}]
)
def test_what_nobody_agreed_to_any_more_is_seen_by_its_owner_alone(over: dict[str, datetime]):
    for visibility in LEVELS:
        assert who_sees(visibility, organisation_id=MINE, **over) == HERE
        assert who_sees(visibility, person_id=ME, **over) == {"the person"}


def test_it_is_seen_until_the_very_instant_at_which_it_is_over():
    a_moment = timedelta(microseconds=1)
    assert is_agreed(valid_until_at=NOW, withdrawn_at=None, now=NOW - a_moment)
    assert not is_agreed(valid_until_at=NOW, withdrawn_at=None, now=NOW)
    assert not is_agreed(valid_until_at=None, withdrawn_at=NOW + a_moment, now=NOW)


def test_what_is_not_known_is_hidden():
    assert who_sees("whatever", organisation_id=MINE) == HERE
    assert who_sees("private") == set()


@given(viewer=people, level=levels, wider=levels, owner=owners)
def test_whoever_sees_a_contact_still_sees_it_on_a_wider_level(
    viewer: Person | None, level: Visibility, wider: Visibility, owner: dict[str, str]
):
    seen = may_see_contact(viewer, level, now=NOW, **owner)  # type: ignore[arg-type]
    if seen and is_wider(wider, level):
        assert may_see_contact(viewer, wider, now=NOW, **owner)  # type: ignore[arg-type]


@given(viewer=people, level=levels, owner=owners, until=instants, now=instants)
def test_a_last_day_never_shows_anything_to_anybody_more(
    viewer: Person | None, level: Visibility, owner: dict[str, str], until: datetime, now: datetime
):
    bounded = may_see_contact(viewer, level, now=now, valid_until_at=until, **owner)  # type: ignore[arg-type]
    assert not bounded or may_see_contact(viewer, level, now=now, **owner)  # type: ignore[arg-type]


def test_no_program_changes_how_a_person_is_reached():
    mine = a_person(id=ME)
    assert may_edit_contacts_of_person(mine, ME)
    assert may_edit_contacts_of_person(an_administrator(), ME)
    assert not may_edit_contacts_of_person(replace(mine, scopes=frozenset({"registry:write"})), ME)
    assert not may_edit_contacts_of_person(an_administrator(scopes=frozenset({"registry:write"})), ME)


def reads_of_contacts(path: Path) -> list[int]:
    """Find the lines at which a module selects contacts: `select(Contact…)`, `session.get(Contact, …)` and such."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in {"select", "get", "locked", "scalars", "query", "join", "outerjoin"}:
                names = {one.id for part in node.args for one in ast.walk(part) if isinstance(one, ast.Name)}
                if "Contact" in names:
                    found.append(node.lineno)
    return found


MAY_READ_CONTACTS = {
    "queries/contacts.py": "the one place that shows them",
    "queries/account.py": "counts the addresses by which somebody signs in",
    "queries/own_data.py": "what is held of whoever asks, and where the link to it goes",
    "queries/signing_in.py": "whose address was typed; shows nobody anything",
    "commands/contacts.py": "changes them under lock, of those who may see them",
    "commands/organisation_imports.py": "finds the cell that it imported before",
    "commands/retention.py": "removes what is over",
    "commands/erasing.py": "removes them",
}


def test_contacts_are_read_in_one_place_alone():
    registry = ROOT / "services" / "registry"
    modules = [path for path in registry.rglob("*.py") if "migrations" not in path.parts]
    reading = {str(path.relative_to(registry)) for path in modules if reads_of_contacts(path)}
    assert "queries/contacts.py" in reading
    assert reading - set(MAY_READ_CONTACTS) == set()
