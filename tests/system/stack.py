"""Starts Osiedle as its operator does, in processes of its own, and lets a test talk to it; ends what it started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

import httpx

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("registry", "calendar", "map", "notifications")
AT_REST_SECONDS = 1.0
ZONE = "Europe/Warsaw"
NO_LIMITS = {f"OSIEDLE_{name}": "0" for name in ("WRITES_PER_MINUTE", "SIGN_INS_PER_MINUTE", "SIGN_INS_PER_HOUR")}
"""One test does what many people do."""
ABSENT = ROOT / "tests" / "absent"
"""What a program does not find, because operators do not install it."""
T = TypeVar("T")


def eventually(check: Callable[[], T], seconds: float = 15.0, every: float = 0.05) -> T:
    """Ask until the answer is true and raises nothing; the last doubt is raised when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = check()
            assert answer, f"still {answer!r} after {seconds} s"
            return answer
        except (AssertionError, httpx.HTTPError, OSError, KeyError, IndexError):
            if time.monotonic() > deadline:
                raise
            time.sleep(every)


def slowness() -> float:
    """Say how many times slower than at rest this machine starts a Python program now; at least 1.

    Limits of time are for a machine that does nothing else; where tests run side by side they are stretched by this.
    """
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import fastapi, sqlalchemy.orm"], check=True)
    return max(1.0, (time.monotonic() - started) / AT_REST_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """One process that a test started, with what it printed."""

    def __init__(self, log: Path, module: str, *arguments: str, **environment: str) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=clean_environment(PYTHONPATH=str(ABSENT), **environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, seconds: float = 30) -> int:
        """Ask it to end, and wait; one that does not is killed, and the test fails."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end within {seconds} s:\n{self.printed[-3000:]}") from None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


def clean_environment(**values: str) -> dict[str, str]:
    """Give our environment without any setting of Osiedle, with `values`; bytecode is kept, as users' Pythons do."""
    plain = {"DATA", "PORT", "DEMO", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in plain and not name.startswith("OSIEDLE_")}
    return {**kept, **values}


def operated(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the operator's command line on a data folder: `python -m deploy …`."""
    return subprocess.run(
        [sys.executable, "-m", "deploy", *arguments],
        cwd=ROOT,
        env=clean_environment(DATA=str(data), **environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def command(data: Path, module: str, *arguments: str, **environment: str) -> str:
    """Run one of the operator's commands to its end and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=clean_environment(DATA=str(data), **environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Neighbourhood:
    """What a test says to the four services; knows their addresses and holds an administrator's token."""

    def __init__(self, data: Path, addresses: dict[str, str]) -> None:
        self.data = data
        self.addresses = addresses
        # no connection is kept: the other end may be killed at any time
        self.http = httpx.Client(timeout=15, limits=httpx.Limits(max_keepalive_connections=0))
        self._token: tuple[float, str] | None = None

    @property
    def token(self) -> str:
        """An administrator's bearer token, made by the operator's command; renewed before it expires."""
        if self._token is None or time.monotonic() - self._token[0] > 600:
            made = command(self.data, "services.registry", "token", "--role", "administrator").strip()
            self._token = time.monotonic(), made
        return self._token[1]

    def ask(self, method: str, path: str, *, status: int | None = None, **options: Any) -> httpx.Response:
        """Send a request with the token to the service that the path names; `status` is what must come back."""
        service = path.split("/")[1]
        address = self.addresses.get(service, self.addresses["calendar"])
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **options.pop("headers", {})}
        answer = self.http.request(method, address + path, headers=headers, **options)
        assert status is None or answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def sign_in(self, link: str) -> httpx.Response:
        """Open a sign-in link as a person does: look at the page, press its button."""
        address, _, secret = link.partition("?link=")
        assert self.http.get(link).status_code == 200
        headers = {"Origin": "/".join(address.split("/")[:3]), "Sec-Fetch-Site": "same-origin"}
        answer = self.http.post(address, data={"link": secret}, headers=headers)
        self.http.cookies.clear()
        return answer

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, status=200, params=query).json()

    def post(self, path: str, body: dict[str, Any], status: int = 201) -> Any:
        return self.ask("POST", path, status=status, json=body).json()

    def organisation(self, name: str, kind: str = "ngo") -> str:
        return self.post("/registry/api/v1/organisations", {"name": name, "kind": kind})["id"]

    def person(self, name: str, organisation: str, email: str, role: str = "coordinator") -> str:
        body = {
            "name": name,
            "memberships": [{"organisation_id": organisation, "role": role}],
            "contacts": [{"kind": "email", "value": email}],
        }
        return self.post("/registry/api/v1/people", body)["id"]

    def venue(self, name: str, organisation: str, *, one_at_a_time: bool, capacity: int = 100) -> str:
        body = {
            "name": name,
            "organisation_id": organisation,
            "capacity": capacity,
            "one_at_a_time": one_at_a_time,
            "latitude": 50.0885,
            "longitude": 19.9189,
        }
        return self.post("/registry/api/v1/venues", body)["id"]

    def plan(self, title: str, venue: str | None, *hosts: str, status: int = 201, **more: Any) -> Any:
        return self.post("/calendar/api/v1/events", event(title, venue, *hosts, **more), status)

    def move(self, event_id: str, **changes: Any) -> Any:
        """Change an event as it is now."""
        path = f"/calendar/api/v1/events/{event_id}"
        etag = self.ask("GET", path, status=200).headers["etag"]
        return self.ask("PATCH", path, status=200, json=changes, headers={"If-Match": etag}).json()

    def every_id(self, path: str) -> list[str]:
        """List the ids on all pages of a list."""
        return [item["id"] for item in self.every(path)]

    def every(self, path: str) -> list[dict[str, Any]]:
        """List what stands on all pages of a list."""
        address = self.addresses[path.split("/")[1]]
        found: list[dict[str, Any]] = []
        following = f"{path}{'&' if '?' in path else '?'}limit=200"
        while following:
            page = self.ask("GET", following.removeprefix(address), status=200).json()
            found += page["items"]
            following = page["next"]
        return found

    def alerts(self, **query: Any) -> list[dict[str, Any]]:
        return self.get("/notifications/api/v1/alerts", **query)["items"]

    def alerts_about(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        """List the alerts that name all of these events."""
        ids = {event["id"] for event in events}
        return [alert for alert in self.alerts(limit=200) if set(alert["event_ids"]) >= ids]

    def conflicts(self, **query: Any) -> list[dict[str, Any]]:
        return self.get("/calendar/api/v1/conflicts", **query)["items"]


def event(title: str, venue: str | None, *hosts: str, hour: int = 10, days: int = 30, **more: Any) -> dict[str, Any]:
    """Say an event of two hours, so many days from today."""
    starts_at = (datetime.now(ZoneInfo(ZONE)) + timedelta(days=days)).replace(
        hour=hour, minute=0, second=0, microsecond=0
    )
    body = {
        "title": title,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "zone": ZONE,
        "host_ids": list(hosts),
        **more,
    }
    return body if venue is None else {**body, "venue_id": venue}


class Embedded(Neighbourhood):
    """The four services in one process, as `make run` starts them."""

    def __init__(
        self, data: Path, *, port: int | None = None, demo: bool = False, limited: bool = False, **settings: str
    ) -> None:
        """Make one in a folder; `limited`: with the limits that people have, which one test may soon reach.

        `settings` are more variables of its environment.
        """
        self.port = port or free_port()
        self.demo = demo
        self.settings = settings if limited else {**NO_LIMITS, **settings}
        address = f"http://127.0.0.1:{self.port}"
        super().__init__(data, dict.fromkeys(SERVICES, address))
        self.address = address
        self.program: Program

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what a failed test left running."""
        if hasattr(self, "program"):
            self.program.kill()
        for pid in servers_on(self.data):
            os.kill(pid, signal.SIGKILL)

    def start(self, seconds: float = 60) -> float:
        """Start, wait for the first answer, and give the seconds that it took."""
        started = time.monotonic()
        self.program = Program(
            self.data.with_name(f"{self.data.name}.log"),
            "deploy.all_in_one",
            DATA=str(self.data),
            PORT=str(self.port),
            DEMO="yes" if self.demo else "no",
            **self.settings,
        )
        process = self.program.process

        def answers() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"it ended with {process.returncode}:\n{self.program.printed}")
            return self.http.get(f"{self.address}/registry/health/live").status_code == 200

        eventually(answers, seconds, every=0.02)
        return time.monotonic() - started

    def stop(self) -> int:
        return self.program.stop()

    def kill(self) -> None:
        """Kill the parent alone; its nats-server is left to itself."""
        self.program.kill()


def servers_on(data: Path) -> list[int]:
    """List the nats-servers that have their store in this folder."""
    found = []
    for entry in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"nats-server") and str(data).encode() in b" ".join(words):
            found.append(int(entry))
    return found


class Village(Neighbourhood):
    """The four services and NATS as five programs on one data folder; `settings` are more of their environment."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.settings = settings
        self.ports = {service: free_port() for service in SERVICES}
        super().__init__(data, {service: f"http://127.0.0.1:{port}" for service, port in self.ports.items()})
        self.programs: dict[str, Program] = {}

    def start_bus(self) -> None:
        log = self.data.with_name("nats.log")
        self.programs["nats"] = Program(log, "deploy.nats", DATA=str(self.data))
        eventually(lambda: self.programs["nats"].printed.count("NATS answers"), 60)

    def start(self, service: str) -> None:
        """Start one service and wait for its answer."""
        program = Program(
            self.data.with_name(f"{service}.log"),
            f"services.{service}",
            "serve",
            DATA=str(self.data),
            PORT=str(self.ports[service]),
            **self.settings,
        )
        self.programs[service] = program

        def answers() -> bool:
            assert program.process.poll() is None, program.printed[-3000:]
            return self.is_ready(service)

        eventually(answers, 60)

    def is_ready(self, service: str) -> bool:
        return self.http.get(f"{self.addresses[service]}/{service}/health/ready").status_code == 200

    def kill(self, name: str) -> None:
        self.programs.pop(name).kill()

    def stop(self) -> None:
        for program in self.programs.values():
            program.stop()
