"""What somebody tries who has a shell in the calendar's container; run there, so it needs nothing but what is there.

Prints one JSON object: what was tried, and `refused: why` or `done`. The lines of `MAY` are what the calendar itself
does all day: they must come out as done, or the attempts were none.
"""

import asyncio
import ctypes
import json
import os
import socket
import subprocess
from pathlib import Path

import nats
import psycopg

from shared.nkeys import sign_in
from shared.settings import ServiceSettings

URL = os.environ["OSIEDLE_DATABASE_URL"]
OWN = URL.split(":")[2].partition("@")[0]
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
found: dict[str, str] = {}


def attempt(name, what):
    try:
        what()
        found[name] = "done"
    except (OSError, psycopg.Error, subprocess.SubprocessError) as error:
        found[name] = f"refused: {type(error).__name__} {error}"[:200]


def database(user, password, name):
    return lambda: psycopg.connect(
        host="postgres", user=user, password=password, dbname=name, connect_timeout=5
    ).close()


def statement(sql):
    def run():
        with psycopg.connect(URL, autocommit=True) as connection:
            connection.execute(sql)

    return run


def to_databases():
    attempt("MAY own database", statement("SELECT 1"))
    for name in ("registry", "map", "notifications", "postgres", "template1"):
        attempt(f"database {name} with the own password", database("calendar", OWN, name))
    for user in ("registry", "map", "notifications", "postgres"):
        for guess in (OWN, user, "", "postgres", "osiedle"):
            known = "own" if guess == OWN else repr(guess)
            attempt(f"database as {user}, guessing {known}", database(user, guess, user))
    for sql in (
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('/run/osiedle/registry')",
        "SELECT pg_ls_dir('/')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "SELECT lo_import('/etc/passwd')",
        "CREATE EXTENSION dblink",
        "CREATE EXTENSION postgres_fdw",
        "CREATE ROLE intruder SUPERUSER LOGIN",
        "ALTER ROLE registry PASSWORD 'known'",
        "GRANT registry TO calendar",
        "SET ROLE registry",
        "CREATE DATABASE intruders",
        "ALTER SYSTEM SET log_statement = 'all'",
    ):
        attempt(f"statement {sql}", statement(sql))


async def connected(errors, **login):
    async def keep(error):
        errors.append(str(error))

    return await nats.connect(
        "nats://nats:4222",
        error_cb=keep,
        allow_reconnect=False,
        max_reconnect_attempts=1,
        connect_timeout=5,
        **login,
    )


async def on_the_bus():
    settings = ServiceSettings()
    login = sign_in(settings.nats_credentials.read_text()) | settings.bus_tls()

    async def says(name, act):
        errors = []
        client = await connected(errors, inbox_prefix="_INBOX_calendar", **login)
        try:
            await act(client)
            await client.flush()
            await asyncio.sleep(0.2)
        finally:
            await client.close()
        violations = [error for error in errors if "permissions violation" in error.lower()]
        found[name] = f"refused: {violations[0]}" if violations else "done"

    async def publish(client, subject):
        await client.publish(subject, b"{}")

    async def subscribe(client, subject):
        await client.subscribe(subject)

    await says("MAY say that it is there", lambda client: publish(client, "osiedle.status.calendar"))
    await says("MAY hear who is there", lambda client: subscribe(client, "osiedle.status.*"))
    for subject in (
        "osiedle.registry.person.changed.v1",
        "osiedle.map.place.changed.v1",
        "osiedle.notifications.alert.raised.v1",
        "osiedle.people.person.changed.v1.x",
        "osiedle.status.registry",
        "municipal.roads.closure.announced",
        "$JS.API.STREAM.DELETE.REGISTRY",
        "$JS.API.STREAM.PURGE.REGISTRY",
        "$JS.API.STREAM.MSG.DELETE.REGISTRY",
        "$JS.API.STREAM.DELETE.CALENDAR",
        "$JS.API.STREAM.UPDATE.REGISTRY",
        "$JS.API.STREAM.UPDATE.PEOPLE",
        "$JS.API.STREAM.SNAPSHOT.REGISTRY",
        "$JS.API.STREAM.RESTORE.REGISTRY",
        "$JS.API.CONSUMER.DELETE.REGISTRY.map",
        "$JS.API.CONSUMER.MSG.NEXT.REGISTRY.map",
        "$JS.API.CONSUMER.CREATE.PEOPLE.calendar",
        "$JS.API.DIRECT.GET.PEOPLE",
        "$JS.API.ACCOUNT.PURGE.x",
        "$SYS.REQ.CLAIMS.UPDATE",
    ):
        await says(f"publish {subject}", lambda client, subject=subject: publish(client, subject))
    for subject in (
        ">",
        "osiedle.>",
        "osiedle.registry.>",
        "osiedle.people.>",
        "_INBOX_registry.>",
        "_INBOX.>",
        "$SYS.>",
        "$JS.API.>",
    ):
        await says(f"subscribe {subject}", lambda client, subject=subject: subscribe(client, subject))
    for name, strange in (("nobody", {}), ("a password", {"user": "registry", "password": OWN})):
        try:
            client = await connected([], **strange, **settings.bus_tls())
            await client.close()
            found[f"bus as {name}"] = "done"
        except (nats.errors.Error, OSError) as error:
            found[f"bus as {name}"] = f"refused: {error}"[:200]


def write(path):
    return lambda: Path(path).write_text("intruder")


def call(function, *arguments):
    def run():
        libc = ctypes.CDLL(None, use_errno=True)
        if getattr(libc, function)(*arguments) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    return run


def program(*arguments):
    return lambda: subprocess.run(arguments, check=True, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)


def on_the_machine():
    attempt("MAY write to /tmp", write("/tmp/intruder"))
    for path in (
        "/intruder",
        "/etc/intruder",
        "/opt/osiedle/shared/ready.py",
        "/opt/venv/bin/python",
        "/usr/local/bin/osiedle",
        "/run/osiedle/env",
        "/run/osiedle/intruder",
        "/proc/sysrq-trigger",
        "/proc/sys/kernel/core_pattern",
        "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/release_agent",
    ):
        attempt(f"write {path}", write(path))
    for path in (
        "/etc/shadow",
        "/proc/kcore",
        *(f"/proc/1/{way}/etc/shadow" for way in ("root", "cwd/../..")),
        "/host/etc/passwd",
        "/var/lib/docker",
    ):
        attempt(f"read {path}", lambda path=path: Path(path).read_bytes()[:1])
    for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"):
        attempt(f"socket {path}", lambda path=path: socket.socket(socket.AF_UNIX).connect(path))
    attempt("become root by setuid", lambda: os.setuid(0))
    attempt("become root by su", program("su", "-c", "id"))
    attempt("own another's file", lambda: os.chown("/tmp", 10001, 10001))
    attempt("make a device", lambda: os.mknod("/tmp/sda", 0o60600, os.makedev(8, 0)))
    attempt("mount", call("mount", b"none", b"/tmp", b"tmpfs", 0, None))
    attempt("leave the namespaces", call("unshare", CLONE_NEWNS))
    attempt("be root in namespaces of one's own", call("unshare", CLONE_NEWUSER))
    attempt("change the root", lambda: os.chroot("/tmp"))
    attempt("read raw packets", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close())


def held():
    lines = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    return {name: lines[name] for name in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp", "Uid")}


def mounted():
    """Name what lies on this container's mount points that is neither the kernel's nor in memory."""
    lines = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return {line[4]: line[3] for line in lines if line[3] != "/" and not line[4].startswith(("/proc", "/sys", "/dev"))}


to_databases()
asyncio.run(on_the_bus())
on_the_machine()
print(json.dumps({"found": found, "held": held(), "mounted": mounted()}))
