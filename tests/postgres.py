"""A private PostgreSQL server for a test session: a folder and a Unix socket of its own, no port; durable or quick."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from shared.identifiers import new_id

SERVER_USERS = ("postgres", "nobody")
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""What a test may leave out that does not take the power away."""


def programs() -> Path | None:
    """Find the folder of PostgreSQL's newest server programs, or none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path and shutil.which("initdb") else None


class PostgresServer:
    """A server that stands in a temporary folder; `stop` removes all of it."""

    def __init__(self, folder_of_programs: Path, *, durable: bool = False, **settings: str) -> None:
        self._options = (OPTIONS if durable else OPTIONS | QUICK) | settings
        self.programs = folder_of_programs
        self.folder = Path(tempfile.mkdtemp(prefix="osiedle-pg-", dir="/tmp"))
        self._as_user: Sequence[str] = ()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster and wait until the server answers; it refuses to run as root, so another user does."""
        if os.geteuid() == 0:
            user = _server_user()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as_user = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
        data = self.folder / "data"
        initdb: list[str | Path] = [self.programs / "initdb", "-D", data, "-U", "osiedle", "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run([*self._as_user, *initdb], check=True, capture_output=True, cwd="/")
        settings = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        self._server: list[str | Path] = [self.programs / "postgres", "-D", data, "-k", self.folder, *settings]
        self.start_again()

    def start_again(self) -> None:
        """Start the server on the cluster that is there and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*self._as_user, *self._server], stdout=log, stderr=log, cwd="/")
        ready: list[str | Path] = [self.programs / "pg_isready", "-h", self.folder, "-U", "osiedle", "-q"]
        for _ in range(300):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self._process.poll() is not None:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._process is not None
        return self._process.pid

    def wait(self) -> None:
        """Wait until the postmaster has ended."""
        assert self._process is not None
        self._process.wait()

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def halt(self) -> None:
        """End the server at once, as a crash would; its data stay."""
        if self._process is not None:
            stop: list[str | Path] = [
                self.programs / "pg_ctl",
                "-D",
                self.folder / "data",
                "-m",
                "immediate",
                "-w",
                "stop",
            ]
            subprocess.run([*self._as_user, *stop], check=False, capture_output=True, cwd="/")
            self._process.wait(30)
            self._process = None

    def url(self, database: str) -> str:
        """Name one of its databases."""
        return f"postgresql+psycopg://osiedle@/{database}?host={self.folder}"

    def create(self, template: str | None = None, name: str | None = None) -> str:
        """Make a database, as a copy of a template when there is one; give its name."""
        name = name or f"t_{new_id().replace('-', '')}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        self._run(statement)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.folder), user="osiedle", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


def _server_user() -> pwd.struct_passwd:
    for name in SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("There is no user but root who could run PostgreSQL.")
