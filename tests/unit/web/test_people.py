"""Who may speak for whom, as a table."""

import pytest

from shared.people import (
    Person,
    is_administrator,
    is_member_of,
    is_partner,
    may_speak_for,
    may_speak_for_one,
    must,
    service_person,
)
from shared.problems import NotAllowed

OURS, THEIRS = "ours", "theirs"

PEOPLE: dict[str, Person | None] = {
    "nobody": None,
    "resident": Person(id="p"),
    "member": Person(id="p", roles={OURS: "member"}),
    "coordinator": Person(id="p", roles={OURS: "coordinator"}),
    "leader": Person(id="p", roles={OURS: "leader"}),
    "administrator": Person(id="p", administrator=True),
    "service": service_person("calendar"),
}


@pytest.mark.parametrize(
    ("who", "speaks_for_ours", "speaks_for_theirs", "belongs_to_ours", "partner", "administers"),
    [
        ("nobody", False, False, False, False, False),
        ("resident", False, False, False, False, False),
        ("member", False, False, True, True, False),
        ("coordinator", True, False, True, True, False),
        ("leader", True, False, True, True, False),
        ("administrator", True, True, False, True, True),
        ("service", False, False, False, False, False),
    ],
)
def test_permissions_follow_the_role(
    who: str, speaks_for_ours: bool, speaks_for_theirs: bool, belongs_to_ours: bool, partner: bool, administers: bool
):
    person = PEOPLE[who]
    assert may_speak_for(person, OURS) is speaks_for_ours
    assert may_speak_for(person, THEIRS) is speaks_for_theirs
    assert is_member_of(person, OURS) is belongs_to_ours
    assert is_partner(person) is partner
    assert is_administrator(person) is administers


def test_one_of_several_organisations_is_enough():
    assert may_speak_for_one(PEOPLE["coordinator"], (THEIRS, OURS))
    assert not may_speak_for_one(PEOPLE["coordinator"], (THEIRS,))
    assert not may_speak_for_one(PEOPLE["coordinator"], ())
    assert may_speak_for_one(PEOPLE["administrator"], ())


def test_what_is_not_allowed_is_refused():
    must(True)
    with pytest.raises(NotAllowed):
        must(False)
