"""A neighbourhood full of marked private values, and somebody for each role that may or may not see them."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy.orm import Session

from services.registry import commands
from services.registry.models import Base
from shared.database import Database, sqlite_url
from tests.system.crawling import PAGE
from tests.system.marked import Marks
from tests.system.stack import Embedded, eventually

LEVELS = ("public", "partners", "coordinators", "private")
KINDS = ("email", "phone", "other", "website", "address")
PEOPLE = {
    "guest": {},
    "member": {"A": "member"},
    "coordinator": {"A": "coordinator"},
    "leader": {"A": "leader"},
    "leader of B": {"B": "leader"},
    "neighbourhood coordinator": {},
    "Maria": {"A": "member"},
    "Piotr": {"B": "coordinator"},
}
"""Who lives in the marked neighbourhood, with their roles in its two organisations."""
API = "/registry/api/v1"
A_MOMENT = timedelta(seconds=1)
"""Until then a consent holds that ends while the town is made."""


@dataclass
class MarkedTown:
    """The running neighbourhood, what is marked in it, and the ids of who and what is there."""

    stack: Embedded
    marks: Marks = field(default_factory=Marks)
    organisations: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    venue: str = ""
    hall: str = ""
    """A venue that is taken, by a meeting in nine days."""
    key_id: str = ""
    key: str = ""
    """The key of a program that reads in the member's name."""
    feed: str = ""
    """What stands in the address of the member's private feed."""
    ballot: str = ""
    """What stands in the address by which a guest votes."""

    def fill(self) -> None:
        """Register everybody and everything, over the public API wherever it has a way."""
        for name in ("A", "B"):
            self.organisations[name] = self.stack.organisation(f"Organizacja {name}")
            self._reach_organisation(name)
        for who, roles in PEOPLE.items():
            self._register(who, roles)
        self.people["administrator"] = self.operate(lambda session: commands.ensure_administrator(session).id)
        self._give_neighbourhood_role()
        self._let_time_pass()
        self._be_busy()
        self._plan()
        self._open_poll()
        self._invite_a_guest()
        self._ask_for_webhook()

    def _ask_for_webhook(self) -> None:
        """Have a program told of what concerns an organisation; at rest, so that nothing leaves the machine."""
        body = {
            "organisation_id": self.organisations["A"],
            "url": "https://programs.example/osiedle",
            "active": False,
        }
        self.stack.post("/notifications/api/v1/webhooks", body)

    def _open_poll(self) -> None:
        """Ask for the date of a meeting, and keep what a guest's link ends with."""
        begins = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
        body = {
            "title": "Ankieta",
            "organisation_id": self.organisations["A"],
            "dates": [{"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}],
            "closes_at": (begins - timedelta(days=30)).isoformat(),
            "invited": [{"name": "Gość"}],
        }
        poll = self.stack.post("/calendar/api/v1/polls", body)
        asked = {"invitation_id": poll["invited"][0]["id"]}
        links = self.stack.post(f"/calendar/api/v1/polls/{poll['id']}/links", asked, status=200)
        self.ballot = links["items"][0]["url"].rpartition("/")[2]

    def _invite_a_guest(self) -> None:
        """Invite somebody without an account to a meeting, by name and mail."""
        begins = datetime.now(UTC).replace(microsecond=0) + timedelta(days=70)
        body = {
            "title": "Narada",
            "kind": "meeting",
            "host_ids": [self.organisations["A"]],
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=1)).isoformat(),
            "zone": "Europe/Warsaw",
        }
        meeting = self.stack.post("/calendar/api/v1/events", body)
        guest = {"name": self.marks.word("guest of A", "name"), "mail": self.marks.email("guest of A", "mail")}
        path = f"/calendar/api/v1/meetings/{meeting['id']}/invitations"
        self.stack.ask("PUT", path, status=200, json={"invited": [guest]}, headers={"If-Match": '"0"'})

    def _reach_organisation(self, name: str) -> None:
        path = f"{API}/organisations/{self.organisations[name]}/contacts"
        for level in LEVELS:
            for body in self._contacts(f"{level} contact of {name}", level):
                self.stack.post(path, body)
        for fate in ("expired", "withdrawn"):
            for body in self._contacts(f"{fate} contact of {name}", "public"):
                self.stack.post(path, body)

    def _register(self, who: str, roles: dict[str, str]) -> None:
        shown = who == "Maria"
        levels = LEVELS if shown else ("private",)
        contacts = [body for level in levels for body in self._contacts(f"{level} contact of {who}", level, KINDS[:3])]
        for fate in ("expired", "withdrawn"):
            contacts += self._contacts(f"{fate} contact of {who}", "public", KINDS[:2])
        name = f"{self.marks.word(f'name of {who}', 'first name')} {self.marks.word(f'name of {who}', 'last name')}"
        memberships = [{"organisation_id": self.organisations[one], "role": role} for one, role in roles.items()]
        body = {"name": name, "memberships": memberships, "contacts": contacts}
        self.people[who] = self.stack.post(f"{API}/people", body)["id"]

    def _contacts(self, row: str, level: str, kinds: tuple[str, ...] = KINDS) -> list[dict[str, str]]:
        """Make one contact of each kind; the labels are marked too."""
        made = []
        for kind in kinds:
            label = self.marks.word(row, f"label of {kind}")
            made.append({"kind": kind, "value": self._value(row, kind), "label": label, "visibility": level})
        return made

    def _value(self, row: str, kind: str) -> str:
        if kind == "phone":
            return self.marks.phone(row, kind)
        if kind == "email":
            return self.marks.email(row, kind)
        word = self.marks.word(row, kind)
        return {"website": f"https://{word}.example.org/", "address": f"ul. {word} 5, Kraków"}.get(kind, word)

    def _give_neighbourhood_role(self) -> None:
        self._change_at_rest(
            "UPDATE person SET neighbourhood_coordinator = 1 WHERE id = ?", self.people["neighbourhood coordinator"]
        )

    def _let_time_pass(self) -> None:
        """Let the consents that are called so be taken back, or end in a moment; everybody saw them until then."""
        rows = {mark.value: mark.row for mark in self.marks.all}
        owners = [f"{API}/organisations/{one}" for one in self.organisations.values()]
        for owner in [*owners, *(f"{API}/people/{self.people[who]}" for who in PEOPLE)]:
            for contact in self.stack.get(f"{owner}/contacts", limit=200)["items"]:
                if not owner.endswith(contact["person_id"] or contact["organisation_id"]):
                    continue
                if rows[contact["label"]].startswith("withdrawn"):
                    self.stack.ask("POST", f"{owner}/contacts/{contact['id']}/withdraw", status=200)
                elif rows[contact["label"]].startswith("expired"):
                    self._end(f"{owner}/contacts/{contact['id']}")
        time.sleep(A_MOMENT.total_seconds())

    def _end(self, contact: str) -> None:
        body = {"valid_until_at": (datetime.now(UTC) + A_MOMENT).isoformat()}
        self.stack.ask("PATCH", contact, status=200, json=body, headers={"If-Match": '"1"'})

    def _change_at_rest(self, statement: str, *values: str) -> None:
        with sqlite3.connect(self.stack.data / "registry.sqlite", timeout=30) as database:
            changed = database.execute(statement, values).rowcount
        database.close()
        assert changed == 1, statement

    def _be_busy(self) -> None:
        """Make one of everything else, so that every address has an id to be asked with."""
        own = {"organisation_id": self.organisations["A"]}
        self.stack.post(f"{API}/resources", {**own, "name": "Namiot", "kind": "equipment"})
        self.stack.post(f"{API}/needs", {**own, "title": "Krzesła", "kind": "equipment"})
        problem = self.stack.post(f"{API}/problems", {"title": "Samotność"})
        body = {"title": "Razem", "organisation_ids": list(self.organisations.values()), "problem_ids": [problem["id"]]}
        self.stack.post(f"{API}/initiatives", body)
        self.hall = self.stack.venue("Sala", self.organisations["A"], one_at_a_time=True)
        meeting = self.stack.plan("Spotkanie", self.hall, self.organisations["A"], kind="meeting", days=9)
        body = {"text": "Pożyczyć namiot", "owner_id": self.organisations["B"], "due_on": "2031-01-01"}
        self.stack.post(f"/calendar/api/v1/meetings/{meeting['id']}/decisions", body)
        self.stack.post(f"/calendar/api/v1/meetings/{meeting['id']}/items", {"title": "Punkt"})
        task = {"text": "Zapytać o namiot", "owner_person_id": self.people["Maria"], "due_on": "2031-01-01"}
        self.stack.post(f"/calendar/api/v1/meetings/{meeting['id']}/tasks", task)
        self.stack.post(f"/calendar/api/v1/meetings/{meeting['id']}/publications", {"audience": "public"})
        self.events.append(meeting)
        weekly = self.stack.plan(
            "Zebranie", self.hall, self.organisations["A"], kind="meeting", days=16, rrule="FREQ=WEEKLY;COUNT=2"
        )
        self.held_on = weekly["starts_at"][:10]
        self.stack.post(f"/calendar/api/v1/meetings/{weekly['id']}/tasks?held_on={self.held_on}", task)
        self.events.append(weekly)

    def _plan(self) -> None:
        """Plan two events that hurt each other, so that there are conflicts, alerts, letters and places."""
        self.venue = self.stack.venue("Plac", self.organisations["A"], one_at_a_time=False, capacity=50)
        self.plan_what_alarms("Festyn A", "A")
        self.plan_what_alarms("Festyn B", "B")
        eventually(lambda: self.stack.conflicts(event=self.events[-1]["id"]))
        eventually(lambda: len({one["person_id"] for one in self.stack.alerts(limit=200)} - {None}) >= len(PEOPLE) - 2)

    def plan_what_alarms(self, title: str, host: str = "A") -> None:
        """Plan one more event at the square at the same time, so that everybody is told that it is too full."""
        event = self.stack.plan(title, self.venue, self.organisations[host], expected_participants=40)
        self.events.append(event)

    def browser(self, who: str | None) -> httpx.Client:
        """Make a client that is a browser of this person, signed in by a link; None is a stranger."""
        cookies = httpx.Cookies()
        if who is not None:
            secret = self.operate(lambda session: commands.make_sign_in_link(session, person_id=self.people[who]))
            answer = self.stack.sign_in(commands.sign_in_address(self.stack.address, secret))
            assert answer.status_code == 303, answer.text
            cookies = answer.cookies
        return httpx.Client(base_url=self.stack.address, headers=PAGE, cookies=cookies, timeout=30)

    def program(self, who: str) -> httpx.Client:
        """Make a client that shows this person's token."""
        token = self.operate(lambda session: commands.sign_token(session, person_id=self.people[who]))
        return self.bearing(token)

    def bearing(self, token: str | None, **headers: str) -> httpx.Client:
        """Make a client that asks with a bearer token, or with none."""
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.stack.address, headers=headers, timeout=30)

    def operate(self, command: Callable[[Session], Any]) -> Any:
        """Do in the registry's database what the operator's command line would, beside the running service."""

        async def work() -> Any:
            database = Database(sqlite_url(self.stack.data / "registry.sqlite"), Base.metadata, "registry")
            await database.start()
            try:
                return await database.write(command)
            finally:
                await database.stop()

        return asyncio.run(work())
