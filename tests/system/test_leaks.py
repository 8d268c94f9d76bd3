"""Nobody's phone number gets out: every byte of every output, asked for by each role, is searched for private values.

The table below says who may see what. It is written by hand and knows nothing of the code's own rule, so that a naive
change fails here: a contact that is read past the filter of `queries.contacts`, a list that shows names to strangers, a
message or a heartbeat that carries an address, a log line with a mail in it, a search that finds people by their phone
numbers, a consent that is looked at when it is given instead of when it is read. What a role may see must be found as
well, so that a visitor who is shown nothing, or does not look everywhere, fails too.
"""

import asyncio
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import pytest

from tests.system.crawling import Ids, Routes
from tests.system.marked import Mark, Marks, forms_of
from tests.system.marked_secrets import hide, mark_sessions
from tests.system.marked_town import MarkedTown
from tests.system.overhearing import passing, stored
from tests.system.stack import SERVICES, Embedded, eventually
from tests.system.visiting import Seen, Visitor

TABLE = """
                            stranger guest member coordinator leader leader_of_B neighbourhood admin program feed
public contact              all      all   all    all         all    all         all           all   all     none
partners contact            none     own   all    all         all    all         all           all   all     none
coordinators contact        none     own   own    all         all    all         all           all   own     none
private contact of A        none     none  none   all         all    none        all           all   none    none
private contact of B        none     none  none   none        none   all         all           all   none    none
private contact             none     own   own    own         own    own         own           all   own     none
expired contact of A        none     none  none   all         all    none        none          none  none    none
withdrawn contact of A      none     none  none   all         all    none        none          none  none    none
expired contact of B        none     none  none   none        none   all         none          none  none    none
withdrawn contact of B      none     none  none   none        none   all         none          none  none    none
expired contact             none     own   own    own         own    own         own           none  own     none
withdrawn contact           none     own   own    own         own    own         own           none  own     none
name of Maria               all      all   all    all         all    all         all           all   all     none
name                        none     own   all    all         all    all         all           all   all     none
invitation as member into A none     none  none   all         all    none        all           all   none    none
invitation as leader into A none     none  none   none        all    none        all           all   none    none
invitation as administrator none     none  none   none        none   none        none          all   none    none
guest of A                  none     none  none   all         all    none        all           all   none    none
key                         none     own   own    own         own    own         own           all   own     none
session                     none     own   own    own         own    own         own           own   none    none
secret                      none     none  none   none        none   none        none          none  none    none
"""
"""Rows: what it is; the longest that begins the mark's row counts. `own`: only of the person themselves.

Maria has a public contact, and a contact is shown with the name of whom it reaches. A feed opens nothing but itself.
"""
NOT_IN_TOWN = (
    "session_id", "set_aside_id", "opportunity_id", "request_id", "source_id", "run_id", "token", "baseline_id",
    "frozen_id", "area_id", "layer_id", "draft_id", "merge_id", "match_id", "site_id", "letter_id", "address_id",
)  # fmt: skip
"""What the town has none of: its addresses are asked for all the same."""
ROLES = {
    "stranger": None,
    "guest": "guest",
    "member": "member",
    "coordinator": "coordinator",
    "leader": "leader",
    "leader_of_B": "leader of B",
    "neighbourhood": "neighbourhood coordinator",
    "admin": "administrator",
    "program": "member",
    "feed": "member",
}
"""Who each role is; the program and the feed have a key of the member's."""
OF_THE_MAP = (
    "api/v1/places",
    "",
    "print",
    *(f"api/v1/exports/places.{form}" for form in ("geojson", "csv", "kml", "vcf")),
)
"""Where the map shows how to reach somebody, without being told whose place is meant."""
NOWHERE = "01912345-0000-7000-8000-00000000dead"
FLOOR = 300
"""At least so many different outputs are searched for each role."""
pytestmark = pytest.mark.timeout(300)


def rows() -> dict[str, dict[str, str]]:
    """Read the table: by row, then by role."""
    head, *lines = TABLE.strip().splitlines()
    roles = head.split()
    return {line[:28].strip(): dict(zip(roles, line[28:].split(), strict=True)) for line in lines}


RULES = rows()


def may_see(role: str, mark: Mark) -> bool:
    """Say what the table says."""
    row = max((row for row in RULES if mark.row.startswith(row)), key=len)
    cell = RULES[row][role]
    return cell == "all" or (cell == "own" and mark.row.endswith(f" of {ROLES[role]}"))


def visitor_of(town: MarkedTown, routes: Routes, ids: Ids, role: str) -> Visitor:
    """Let one role in, in its own way."""
    keys = {"program": town.key, "feed": town.feed}
    return Visitor(town, ROLES[role], routes, ids, keys.get(role))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Run and fill the marked neighbourhood once."""
    with Embedded(tmp_path_factory.mktemp("marked") / "data", OSIEDLE_APPRISE_SCHEMES="ntfys") as stack:
        stack.start()
        marked = MarkedTown(stack)
        marked.fill()
        hide(marked)
        yield marked


@pytest.fixture(scope="module")
def routes(town, tmp_path_factory):
    """Read every route of the four services."""
    documents = {
        service: town.stack.http.get(f"{town.stack.address}/{service}/openapi.json").json() for service in SERVICES
    }
    return Routes.of(tmp_path_factory.mktemp("routes"), documents)


@pytest.fixture(scope="module")
def ids(town, routes):
    """Find the ids that are there, as an administrator."""
    with town.program("administrator") as http:
        known = {"secret": [town.ballot], "key_id": [town.key_id], "type_name": ["calendar.event.planned.v1"]}
        known |= {"number": ["1"], "held_on": [town.held_on]}
        known |= {"form": ["geojson", "csv", "kml", "gpx", "vcf"], "code": ["greenery"]}
        known |= {"action": ["mark_read"]}
        known |= {"table": ["organisations", "venues", "resources", "needs"]}
        found = Ids(http, routes, known | {name: [NOWHERE] for name in NOT_IN_TOWN})
    found.of_list["/calendar/private"] = [town.feed]
    return found


@pytest.fixture(scope="module")
def seen(town, routes, ids):
    """Let each role ask for everything; all are signed in before, so that each one's sessions are marked."""
    visitors = {role: visitor_of(town, routes, ids, role) for role in ROLES}
    mark_sessions(town)
    hidden = next(iter(town.marks.of("private contact of Maria")))

    def visit(visitor: Visitor) -> Seen:
        visitor.read_everything()
        visitor.write_in_vain()
        visitor.search_for(hidden)
        visitor.close()
        return visitor.seen

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(visitors, pool.map(visit, visitors.values()), strict=True))


def test_every_address_of_every_service_is_asked_for(routes, ids):
    templates = [template for method, template, _ in [*routes.described(), *routes.pages] if method == "GET"]
    assert len(templates) > 80
    assert [template for template in templates if not ids.filled(template)] == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_finds_exactly_what_the_table_says(town, seen, role):
    shown = seen[role]
    assert not shown.faults
    leaked = {place: mark for mark, place in shown.places.items() if not may_see(role, mark)}
    assert not leaked, f"{role} may not see this"
    missed = {mark for mark in town.marks.all if may_see(role, mark)} - shown.places.keys()
    assert not missed, f"{role} should have found this"
    assert shown.outputs >= FLOOR


def test_the_streams_of_alerts_tell_each_role_no_more(town, routes, ids):
    visitors = {role: visitor_of(town, routes, ids, role) for role in ROLES}
    word = b"Trzeci festyn"
    listening = [threading.Thread(target=visitor.listen, args=(word, 6.0)) for visitor in visitors.values()]
    for thread in listening:
        thread.start()
    eventually(lambda: all(visitor.heard for visitor in visitors.values()), 5)
    town.plan_what_alarms(word.decode())
    for thread in listening:
        thread.join()
    for role, visitor in visitors.items():
        visitor.close()
        assert not {mark: place for mark, place in visitor.seen.places.items() if not may_see(role, mark)}, role
    told = {role for role, visitor in visitors.items() if word in visitor.heard}
    assert told == {"member", "coordinator", "leader", "leader_of_B", "admin", "program"}


def test_what_is_searched_for_is_found_in_every_form():
    """The search itself: planted in plain, in every encoding and as a hash, a value is found."""
    marks = Marks()
    word, number = marks.word("private contact of A", "other"), marks.phone("private contact of A", "phone")
    address = marks.email("private contact of A", "email")
    for value in (word, address):
        for name, form in forms_of(value).items():
            assert marks.found(b"before " + form + b" after"), name
    for written in (number, number.replace(" ", ""), number.replace(" ", "-"), number.replace(" ", "%20")):
        assert marks.found(written.encode()), written
    assert marks.found(hashlib.sha256(address.encode()).hexdigest().encode())
    seen = Seen()
    seen.take(marks, "a page", number.encode())
    assert [may_see("stranger", mark) for mark in seen.places] == [False]
    assert not marks.found(b"nothing of the kind, 019a0000-0000-7000-8000-000000000001, +48 12 000 01 10")


def test_a_visitor_who_is_taken_for_another_is_found_out(town, seen):
    """The table can fail: what the administrator was shown is a leak for everybody below, and so on downwards."""
    for role in ROLES:
        if role != "admin":
            assert [mark for mark in seen["admin"].places if not may_see(role, mark)], role
    assert [mark for mark in seen["member"].places if not may_see("stranger", mark)]


def test_no_message_carries_what_is_private_but_those_on_people(town):
    streams = asyncio.run(stored(town.stack.data))
    people = {mark for _, data in streams.pop("PEOPLE") for mark in town.marks.found(data)}
    invited = {mark for _, data in streams.pop("INVITED") for mark in town.marks.found(data)}
    assert invited == set(town.marks.of("guest of A")), "the stream of who is invited has them, and nobody else"
    assert {"REGISTRY", "CALENDAR", "NOTIFICATIONS"} <= streams.keys()
    told = [one for messages in streams.values() for one in messages]
    assert len(told) > 20
    assert not {place: marks for place, data in told if (marks := town.marks.found(data))}
    assert town.marks.of("name of Piotr") <= people, "the search would not have found it"


def test_the_map_is_told_and_keeps_what_strangers_may_see_and_shows_it_everywhere(town):
    """Fails where the map is told of any other contact, or shows one whose consent has ended or was taken back."""
    public = [mark for mark in town.marks.all if mark.row.startswith("public contact of ")]
    wanted = {mark for mark in public if mark.what in ("phone", "email")}
    assert len(wanted) == 6
    told = asyncio.run(stored(town.stack.data))["PEOPLE"]
    states = b"".join(data for place, data in told if ".contacts.changed." in place)
    kept = b"".join(file.read_bytes() for file in town.stack.data.glob("map.sqlite*"))
    shown = [town.stack.http.get(f"{town.stack.address}/map/{path}").content for path in OF_THE_MAP]
    ended = ("expired contact", "name of ")  # whoever has such a contact was named beside it
    for data, over in ((states, ended), (kept, (*ended, "withdrawn contact")), *((page, ()) for page in shown)):
        found = town.marks.found(data)
        assert wanted <= found
        assert not [mark for mark in found if not may_see("stranger", mark) and not mark.row.startswith(over)]


def test_neither_heartbeats_nor_advisories_carry_what_is_private(town):
    moving = threading.Timer(0.5, town.stack.move, (town.events[1]["id"],), {"title": "Festyn inny"})
    moving.start()
    subjects = ("osiedle.status.*", *(f"osiedle.{service}.>" for service in SERVICES), "municipal.>", "$JS.EVENT.>")
    heard = asyncio.run(passing(town.stack.data, subjects, seconds=5.5))
    moving.join()
    assert {f"osiedle.status.{service}" for service in SERVICES} <= {subject for subject, _ in heard}
    assert any("calendar.event" in subject for subject, _ in heard)
    assert not {subject: marks for subject, data in heard if (marks := town.marks.found(data))}


def test_no_log_holds_what_is_private(town, seen):
    logs = {
        "the four services": town.stack.program.log,
        **{str(file): file for file in (town.stack.data / "nats").glob("*.log")},
    }
    assert len(logs) == 2
    written = {name: file.read_bytes() for name, file in logs.items()}
    assert all(written.values())
    assert not {name: marks for name, data in written.items() if (marks := town.marks.found(data))}


def test_each_letter_holds_only_what_is_its_readers_own(town):
    letters = [message_from_bytes(file.read_bytes()) for file in (town.stack.data / "mail").glob("*.eml")]
    assert len(letters) >= 3
    for letter in letters:
        parts = [part.get_payload(decode=True) or b"" for part in letter.walk() if not part.is_multipart()]
        own = {mark.row.rpartition(" of ")[2] for mark in town.marks.found(letter["To"].encode())}
        found = {mark for part in [*parts, letter.as_bytes()] for mark in town.marks.found(part)}
        found = {mark for mark in found if mark.what != "link in a letter"}
        assert len(own) == 1, letter["To"]
        assert {mark.row.rpartition(" of ")[2] for mark in found} == own
