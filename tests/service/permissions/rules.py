"""The roles that the permission matrix asks with, and the rules by which each of them is let in or refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

STRANGER = "stranger"
SIGNED_IN = "signed in without a role"
MEMBER = "member"
COORDINATOR = "coordinator"
LEADER = "leader"
NEIGHBOURHOOD_COORDINATOR = "neighbourhood coordinator"
ADMINISTRATOR = "administrator"
READING_PROGRAM = "program that may read"
WRITING_PROGRAM = "program that may read and write"
PEOPLE = (SIGNED_IN, MEMBER, COORDINATOR, LEADER, NEIGHBOURHOOD_COORDINATOR, ADMINISTRATOR)
PROGRAMS = (READING_PROGRAM, WRITING_PROGRAM)
"""Both show the key of the coordinator."""
ROLES = (STRANGER, *PEOPLE, *PROGRAMS)
SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Rule:
    """Who may ask one endpoint, for what belongs to their own organisation (or themselves) and to another.

    `json`, `form` and `content` are what is sent; `{organisation_id}` and its like in them, as in the path, stand for
    what belongs to our organisation or to another one, in turn. Where nothing is named, there is but one case.
    """

    name: str
    ours: frozenset[str]
    others: frozenset[str]
    json: Any = None
    form: Mapping[str, Any] | None = None
    content: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    is_hidden: bool = False
    is_personal: bool = False
    by_secret: bool = False
    is_endless: bool = False
    for_programs: bool = True

    def sends(self, **json: Any) -> "Rule":
        """Send this JSON."""
        return replace(self, json=json)

    def types(self, **form: Any) -> "Rule":
        """Send this form."""
        return replace(self, form=form)

    def uploads(self, content: str) -> "Rule":
        """Send this file."""
        return replace(self, content=content.encode())

    def asks(self, **query: str) -> "Rule":
        """Ask with these query parameters."""
        return replace(self, query=query)

    def about(self, **instead: str) -> "Rule":
        """Let a name in braces stand for what another name does: `.about(person_id="erased_id")`."""
        return replace(self, instead=instead)

    def hidden(self) -> "Rule":
        """Let what somebody may not see look as if it were not there: they are answered 404."""
        return replace(self, is_hidden=True)

    def endless(self) -> "Rule":
        """Mark an answer that does not end: only those who are refused ask."""
        return replace(self, is_endless=True)

    def personal(self) -> "Rule":
        """Let names such as `{person_id}` stand for who asks and what is theirs, or for somebody else."""
        return replace(self, is_personal=True)

    def decided_by_secret(self) -> "Rule":
        """Let nobody be refused for who they are: a code or password decides, and a wrong one is sent here."""
        return replace(self, by_secret=True)

    def for_people_only(self) -> "Rule":
        """Refuse programs, whatever their key may do: sessions, keys and passwords are a person's own business."""
        return replace(self, for_programs=False)

    def lets_in(self, role: str, *, own: bool, method: str) -> bool:
        """Say whether this role may ask for what is its own, or another's."""
        allowed = self.ours if own else self.others
        if role not in PROGRAMS:
            return role in allowed
        if not self.for_programs:
            return False
        may_by_scope = STRANGER in allowed or role == WRITING_PROGRAM or method in SAFE
        return may_by_scope and COORDINATOR in allowed


def _rule(name: str, ours: tuple[str, ...], others: tuple[str, ...] | None = None) -> Rule:
    return Rule(name, frozenset(ours), frozenset(ours if others is None else others))


HIGH = (NEIGHBOURHOOD_COORDINATOR, ADMINISTRATOR)
anybody = _rule("anybody", (STRANGER, *PEOPLE))
signed_in = _rule("everybody who is signed in", PEOPLE)
partners = _rule("partners: everybody with a role", (MEMBER, COORDINATOR, LEADER, *HIGH))
coordinators = _rule("whoever speaks for any organisation", (COORDINATOR, LEADER, *HIGH))
speakers = _rule("whoever speaks for the organisation", (COORDINATOR, LEADER, *HIGH), HIGH)
any_speakers = _rule("whoever speaks for some organisation", (COORDINATOR, LEADER, *HIGH))
members = _rule("whoever belongs to the organisation", (MEMBER, COORDINATOR, LEADER, *HIGH), HIGH)
leaders = _rule("whoever leads the organisation", (LEADER, *HIGH), HIGH)
belonging = _rule(
    "whoever belongs to the organisation, and administrators",
    (MEMBER, COORDINATOR, LEADER, ADMINISTRATOR),
    (ADMINISTRATOR,),
)
webhook_owners = _rule(
    "whoever speaks for the organisation, and administrators",
    (COORDINATOR, LEADER, ADMINISTRATOR),
    (ADMINISTRATOR,),
)
voters = _rule("whoever belongs to the organisation that is invited", (MEMBER, COORDINATOR, LEADER), ())
told = _rule("whoever the alert is for", (MEMBER, COORDINATOR, LEADER), ())
neighbourhood = _rule("whoever looks after the neighbourhood", HIGH)
administrators = _rule("administrators", (ADMINISTRATOR,))
importers = _rule("administrators, what they sent themselves", (ADMINISTRATOR,), ()).personal().hidden()
themselves = _rule("they themselves, and administrators", PEOPLE, (ADMINISTRATOR,)).personal()
only_themselves = _rule("they themselves alone", PEOPLE, ()).personal()
partners_or_themselves = _rule("partners, and they themselves", PEOPLE, (MEMBER, COORDINATOR, LEADER, *HIGH)).personal()
