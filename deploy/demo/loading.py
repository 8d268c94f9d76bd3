"""Loads the demo: what is there already is left alone, so that a second load changes nothing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.client import Client
from deploy.demo.dates import SEASONS, ZONE, season_of, skipped_dates, span_of
from deploy.demo.ledger import Ledger, versions_of

REGISTRY = "/registry/api/v1"
CALENDAR = "/calendar/api/v1"
FILE = Path(__file__).with_name("azory.json")
Made = dict[str, str]
"""What an entry of the file is called there, and the id that it has here."""


@dataclass
class Summary:
    """How many of each thing were made, and how many stood there already."""

    made: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        counted = ", ".join(f"{name} {number}" for name, number in self.made.items()) or "nothing"
        return f"Made {counted}; {self.unchanged} stood there already."


async def load(address: str, token: str, *, today: date | None = None, ledger: Ledger | None = None) -> Summary:
    """Load the demo at `address` with an administrator's token; dates count from `today`.

    What is made is written into `ledger`, so that it can be taken away again.

    Raises `deploy.demo.client.Refused`, and OSError when nobody answers.
    """
    loading = Loading(Client(address, token), today or datetime.now(ZoneInfo(ZONE)).date(), ledger)
    await loading.run(json.loads(FILE.read_text(encoding="utf-8")))
    if ledger is not None:
        ledger.finish(await versions_of(loading.client, ledger.made))
    return loading.summary


class Loading:
    """One load: what it has found or made so far."""

    def __init__(self, client: Client, today: date, ledger: Ledger | None = None) -> None:
        self.client = client
        self.today = today
        self.ledger = ledger
        self.summary = Summary()
        self.organisations: Made = {}
        self.venues: Made = {}
        self.resources: Made = {}
        self.problems: Made = {}
        self.initiatives: Made = {}

    async def run(self, demo: Mapping[str, Any]) -> None:
        """Load everything, what others refer to first."""
        await self.load_organisations(demo["organisations"])
        await self.load_people(demo["people"])
        self.venues = await self.load_all("venues", demo["venues"], self.venue, by="name")
        self.resources = await self.load_all("resources", demo["resources"], self.owned, by="name")
        await self.load_all("needs", demo["needs"], self.need, by="title")
        self.problems = await self.load_all("problems", demo["problems"], self.problem, by="title")
        self.initiatives = await self.load_all("initiatives", demo["initiatives"], self.initiative, by="title")
        meetings = {key: {**MEETING, **entry} for key, entry in demo["meetings"].items()}
        events = await self.load_events({**demo["events"], **meetings})
        for key, entry in meetings.items():
            await self.write_up(events[key], entry)
        for key, entry in demo["problems"].items():
            await self.follow_up(key, entry, events)
        for key, entry in demo["initiatives"].items():
            await self.work_out(key, entry)

    async def load_all(
        self, kind: str, entries: Mapping[str, Any], body_of: Any, *, by: str, base: str = REGISTRY
    ) -> Made:
        """Make those entries of one kind whose name or title is not there yet; entries may refer to earlier ones."""
        found = {row[by]: row["id"] for row in await self.client.all(f"{base}/{kind}")}
        made: Made = {}
        if kind == "venues":
            self.venues = made
        for key, entry in entries.items():
            made[key] = found.get(entry[by]) or await self.make(f"{base}/{kind}", body_of(entry), key, kind)
            self.summary.unchanged += entry[by] in found
        return made

    async def make(self, path: str, body: Mapping[str, Any], key: str, kind: str) -> str:
        """POST one thing and count it."""
        row = await self.client.post(path, body, f"demo-{kind}-{key}")
        if self.ledger is not None:
            self.ledger.note(kind, f"{path}/{row['id']}")
        self.count(kind)
        return str(row["id"])

    async def load_organisations(self, entries: Mapping[str, Any]) -> None:
        """Register the organisations, then their contacts."""
        bodies = {key: _without(entry, "contacts") for key, entry in entries.items()}
        self.organisations = await self.load_all("organisations", bodies, dict, by="name")
        for key, entry in entries.items():
            path = f"{REGISTRY}/organisations/{self.organisations[key]}/contacts"
            there = {row["value"] for row in await self.client.all(path)}
            for number, contact in enumerate(entry["contacts"]):
                self.summary.unchanged += contact["value"] in there
                if contact["value"] not in there:
                    await self.make(path, self.contact(contact), f"{key}-{number}", "contacts")

    async def load_people(self, entries: Mapping[str, Any]) -> None:
        """Register the people with their roles and contacts."""

        def body_of(entry: Mapping[str, Any]) -> dict[str, Any]:
            roles = [
                {"organisation_id": self.organisations[one], "role": role} for one, role in entry["memberships"].items()
            ]
            return {**entry, "memberships": roles, "contacts": [self.contact(one) for one in entry["contacts"]]}

        await self.load_all("people", entries, body_of, by="name")

    def contact(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give a contact, with the instant until which somebody agreed that it is shown, where they said one."""
        weeks = entry.get("valid_until_weeks")
        if weeks is None:
            return dict(entry)
        until = datetime.combine(self.today + timedelta(weeks=weeks), time.min, ZoneInfo(ZONE))
        return {**_without(entry, "valid_until_weeks"), "valid_until_at": until.isoformat()}

    def owned(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give what an organisation owns."""
        return {**_without(entry, "owner"), "organisation_id": self.organisations[entry["owner"]]}

    def venue(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give a venue, perhaps inside one that was made before it."""
        inside = self.venues.get(entry.get("inside", ""))
        return {**_without(self.owned(entry), "inside"), "inside_venue_id": inside}

    def need(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give a need, with a date where there is one."""
        weeks = entry.get("until_weeks")
        until = None if weeks is None else (self.today + timedelta(weeks=weeks)).isoformat()
        return {**_without(self.owned(entry), "until_weeks"), "until_on": until}

    def problem(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give a problem as it is named; the rest follows."""
        return _without(entry, "supporters", "stages", "statuses")

    def initiative(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give a coalition as it is formed; the rest follows."""
        return {
            "title": entry["title"],
            "goal": entry["goal"],
            "organisation_ids": [self.organisations[one] for one in entry["organisations"]],
            "problem_ids": [self.problems[one] for one in entry["problems"]],
        }

    async def load_events(self, entries: Mapping[str, Any]) -> Made:
        """Plan the events; a title may have been told with the name of another season before."""
        found = {row["title"]: row["id"] for row in await self.client.all(f"{CALENDAR}/events")}
        made: Made = {}
        for key, entry in entries.items():
            told = next((found[title] for title in _titles(entry["title"]) if title in found), None)
            self.summary.unchanged += told is not None
            made[key] = told or await self.make(f"{CALENDAR}/events", self.event(entry), key, "events")
        return made

    def event(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give an event as the API takes it."""
        starts_at, ends_at = span_of(entry["when"], self.today)
        own = ("when", "venue", "hosts", "problems", "initiative", "borrowed", "agenda", "attendance", "minutes")
        initiative = entry.get("initiative")
        return {
            **_without(entry, *own, "decisions"),
            "title": entry["title"].format(season=season_of(starts_at.date())),
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
            "zone": ZONE,
            "exdates": [day.isoformat() for day in skipped_dates(entry.get("rrule"), starts_at)],
            "venue_id": self.venues[entry["venue"]],
            "host_ids": [self.organisations[one] for one in entry["hosts"]],
            "problem_ids": [self.problems[one] for one in entry.get("problems", ())],
            "initiative_id": self.initiatives[initiative] if initiative else None,
            "borrowed": [
                {"resource_id": self.resources[one], "quantity": number}
                for one, number in entry.get("borrowed", {}).items()
            ],
        }

    async def write_up(self, event_id: str, entry: Mapping[str, Any]) -> None:
        """Write a meeting's agenda, attendance and minutes, and record what it decided."""
        path = f"{CALENDAR}/meetings/{event_id}"
        meeting = await self.client.get(path)
        if meeting["version"] == 0:
            came = [
                {"organisation_id": self.organisations[one], "people": people}
                for one, people in entry.get("attendance", {}).items()
            ]
            body = {"agenda": entry["agenda"], "attendance": came, "minutes": entry.get("minutes", "")}
            await self.client.patch(path, body, 0)
        there = {row["text"] for row in meeting["decisions"]}
        for number, decision in enumerate(entry.get("decisions", ())):
            self.summary.unchanged += decision["text"] in there
            if decision["text"] not in there:
                body = self.decision(decision)
                await self.make(f"{path}/decisions", body, f"{event_id}-{number}", "decisions")

    async def follow_up(self, key: str, entry: Mapping[str, Any], events: Made) -> None:
        """Say who supports a problem, which steps of the participation path it went, and what became of it."""
        path = f"{REGISTRY}/problems/{self.problems[key]}"
        problem = await self.client.get(path)
        for one in entry.get("supporters", ()):
            body = {"organisation_id": self.organisations[one]}
            self.summary.unchanged += body["organisation_id"] in problem["supporter_ids"]
            if body["organisation_id"] not in problem["supporter_ids"]:
                problem = await self.client.post(f"{path}/supports", body, f"demo-supports-{key}-{one}")
                self.count("supports")
        there = {row["stage"] for row in problem["stages"]}
        for stage, step in entry.get("stages", {}).items():
            self.summary.unchanged += stage in there
            if stage not in there:
                problem = await self.client.put(f"{path}/stages/{stage}", self.step(step, events), problem["version"])
                self.count("stages")
        if problem["status"] == "named":
            for status in entry.get("statuses", ()):
                problem = await self.client.put(f"{path}/status", status, problem["version"])
                self.count("statuses")

    def step(self, entry: Mapping[str, Any], events: Made) -> dict[str, Any]:
        """Give a step of the participation path with its day and its event."""
        return {
            "held_on": self.day(entry["weeks"]),
            "event_id": events.get(entry.get("event", "")),
            "result": entry["result"],
        }

    async def work_out(self, key: str, entry: Mapping[str, Any]) -> None:
        """Say what a coalition has to do, and what it applies for."""
        path = f"{REGISTRY}/initiatives/{self.initiatives[key]}"
        initiative = await self.client.get(path)
        if initiative["tasks"] or not entry.get("tasks"):
            self.summary.unchanged += 1
            return
        application = entry["application"]
        body = {
            "tasks": [
                {
                    **_without(task, "owner", "until_weeks"),
                    "organisation_id": self.organisations[task["owner"]],
                    "until_on": self.day(task["until_weeks"]),
                }
                for task in entry["tasks"]
            ],
            "application": {
                **_without(application, "deadline_weeks"),
                "deadline_on": self.day(application["deadline_weeks"]),
            },
        }
        await self.client.patch(path, body, initiative["version"])
        self.count("applications")

    def count(self, kind: str) -> None:
        """Count one thing that was made."""
        self.summary.made[kind] = self.summary.made.get(kind, 0) + 1

    def day(self, weeks: int) -> str:
        """Give the day so many weeks from now."""
        return (self.today + timedelta(weeks=weeks)).isoformat()

    def decision(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Give a decision with its owner and due date."""
        due_on = self.today + timedelta(weeks=entry["due_weeks"])
        plain = _without(entry, "owner", "due_weeks")
        return {**plain, "owner_id": self.organisations[entry["owner"]], "due_on": due_on.isoformat()}


MEETING = {"kind": "meeting", "venue": "sala_pal", "themes": ["partnerstwo"], "initiative": "razem"}
"""What all meetings of the local leaders have in common."""


def _without(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


def _titles(template: str) -> Iterable[str]:
    return [template.format(season=season) for season in SEASONS]
