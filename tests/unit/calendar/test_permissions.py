"""Who may see an event: a table of everybody and every visibility."""

import pytest

from services.calendar.domain.permissions import may_see_event
from tests.builders import a_person, an_administrator

HOST, OTHER = "host", "other"
LEADER = a_person()
WHO = {
    "a stranger": None,
    "somebody without a role": a_person(),
    "a partner": a_person(roles={OTHER: "member"}),
    "a member of a host": a_person(roles={HOST: "member"}),
    "who leads it": LEADER,
    "the neighbourhood's coordinator": a_person(neighbourhood_coordinator=True),
    "an administrator": an_administrator(),
}
SEEN = {
    "public": set(WHO),
    "partners": set(WHO) - {"a stranger", "somebody without a role"},
    "hosts": {"a member of a host", "who leads it", "the neighbourhood's coordinator", "an administrator"},
}


@pytest.mark.parametrize("visibility", SEEN)
def test_who_sees_an_event_of_each_visibility(visibility):
    seen = {name for name, who in WHO.items() if may_see_event(who, visibility, (HOST,), (LEADER.id,))}
    assert seen == SEEN[visibility]
