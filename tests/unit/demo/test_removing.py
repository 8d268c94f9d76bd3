"""What of the demo goes: what it made, that nobody changed, and that nothing of others needs."""

import pytest

from deploy.demo.ledger import Ledger, Made
from deploy.demo.removing import CHANGED, NEEDED, NO_DOOR, plan_removal

R, C = "/registry/api/v1", "/calendar/api/v1"
ORG, HALL, ROOM, FEAST, ANNA = (
    f"{R}/organisations/o1",
    f"{R}/venues/v1",
    f"{R}/venues/v2",
    f"{C}/events/e1",
    f"{R}/people/p1",
)
MADE = {
    ORG: ("organisations", {"status": "active"}),
    ANNA: ("people", {"memberships": [{"organisation_id": "o1"}]}),
    HALL: ("venues", {"status": "offered", "organisation_id": "o1"}),
    ROOM: ("venues", {"status": "offered", "organisation_id": "o1", "inside_venue_id": "v1"}),
    FEAST: ("events", {"status": "planned", "venue_id": "v1", "host_ids": ["o1"]}),
}


@pytest.fixture
def ledger(tmp_path):
    it = Ledger(tmp_path)
    for path, (kind, _) in MADE.items():
        it.note(kind, path)
    it.note("contacts", f"{ORG}/contacts/c1")
    it.finish(dict.fromkeys(MADE, 1))
    return it


def rows(**changes):
    there = {path: {"id": path.rpartition("/")[2], "version": 1, **row} for path, (_, row) in MADE.items()}
    return there | changes


def stays(plan):
    return {one.path: why for one, why in plan.stays}


def test_all_goes_what_others_refer_to_last(ledger):
    plan = plan_removal(ledger, rows())
    assert [one.path for one in plan.goes] == [FEAST, ROOM, HALL, ANNA, f"{ORG}/contacts/c1", ORG]
    assert plan.stays == []


def test_what_somebody_changed_stays_and_all_that_it_needs(ledger):
    plan = plan_removal(ledger, rows(**{FEAST: rows()[FEAST] | {"version": 2}}))
    assert stays(plan) == {FEAST: CHANGED, HALL: NEEDED, ORG: NEEDED}
    assert [one.path for one in plan.goes] == [ROOM, ANNA]


def test_what_is_of_others_is_never_named_and_keeps_what_it_needs(ledger):
    theirs = {f"{C}/events/e9": {"id": "e9", "version": 1, "status": "planned", "venue_id": "v2", "host_ids": ["o9"]}}
    plan = plan_removal(ledger, rows(**theirs))
    assert stays(plan) == {ROOM: NEEDED, HALL: NEEDED, ORG: NEEDED}
    assert [one.path for one in plan.goes] == [FEAST, ANNA]


def test_what_others_have_ended_needs_nothing(ledger):
    theirs = {f"{C}/events/e9": {"id": "e9", "version": 2, "status": "cancelled", "venue_id": "v2"}}
    assert plan_removal(ledger, rows(**theirs)).stays == []


def test_what_is_gone_already_is_not_touched_again(ledger):
    without = {path: row for path, row in rows().items() if path != ANNA}
    plan = plan_removal(ledger, without | {FEAST: rows()[FEAST] | {"status": "cancelled", "version": 5}})
    assert [one.path for one in plan.goes] == [ROOM, HALL, f"{ORG}/contacts/c1", ORG]
    assert plan.stays == []


def test_a_coalition_stays_and_holds_nobody(ledger):
    ledger.note("initiatives", f"{R}/initiatives/i1")
    coalition = {f"{R}/initiatives/i1": {"id": "i1", "version": 9, "members": [{"organisation_id": "o1"}]}}
    plan = plan_removal(ledger, rows(**coalition))
    assert stays(plan) == {f"{R}/initiatives/i1": NO_DOOR}
    assert ORG in [one.path for one in plan.goes]


def test_a_ledger_is_read_again_as_it_was_written_and_keeps_the_first_versions(ledger, tmp_path):
    Ledger(tmp_path).finish({ORG: 7, "new": 1})
    again = Ledger(tmp_path)
    assert again.made[0] == Made("organisations", ORG)
    assert again.versions[ORG] == 1
    assert again.versions["new"] == 1
    again.forget()
    assert Ledger(tmp_path).made == []
