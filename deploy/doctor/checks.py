"""What is good, doubtful or bad: each judge takes what a probe found and gives one sentence and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from services.notifications.domain.health import BACKUP_OLD_AFTER, FULL_AT, Backup

State = Literal["ok", "warn", "fail", "skip"]
ORDER: tuple[State, ...] = ("skip", "ok", "warn", "fail")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CLOCK_WARN, CLOCK_FAIL = 2.0, 60.0
"""Seconds that two clocks may differ: tokens live minutes, and what happened first is told by the clock."""
FREE_WARN, FREE_FAIL = 0.10, 0.02
CERTIFICATE_WARN_DAYS = 21
OLDEST_PYTHON, OLDEST_NATS = (3, 11), (2, 12)
POSTGRES = range(15, 18)


@dataclass(frozen=True)
class Result:
    """What one check found, in a sentence, and what to do where it is not `ok`."""

    check: str
    state: State
    words: str
    to_do: str = ""


def worst(results: Iterable[Result]) -> State:
    """Give the worst state of all; what was skipped says nothing."""
    return max((one.state for one in results), key=ORDER.index, default="ok")


def address(public: str, resolves: bool, answer: int | str | None) -> Result:
    """Judge the public address: `answer` is the status of its readiness, what went wrong, or none if not asked."""
    parts = urlsplit(public)
    host = parts.hostname or ""
    if not resolves:
        to_do = "Enter it into the DNS, or correct OSIEDLE_ADDRESS (Compose: ADDRESS)."
        return Result("address", "fail", f"The name {host} is not known.", to_do)
    if isinstance(answer, str) or (answer is not None and answer != 200):
        to_do = "Start Osiedle, and look whether the proxy before it leads there."
        return Result("address", "fail", f"{public} does not answer as it should: {answer}.", to_do)
    if host in LOOPBACK:
        to_do = "Set OSIEDLE_ADDRESS (Compose: ADDRESS) to the address that people use, beginning with https."
        return Result("address", "warn", f"{public} can be reached on this machine only.", to_do)
    if parts.scheme != "https":
        to_do = "Put a proxy with HTTPS before it and let OSIEDLE_ADDRESS begin with https."
        return Result("address", "fail", f"{public} is not encrypted: everybody on the way can read.", to_do)
    return Result("address", "ok", f"{public} answers.")


def mail(kind: str, server: str, error: str | None, *, sent_to: str | None = None) -> Result:
    """Judge how mail leaves."""
    if kind != "smtp":
        to_do = "Set OSIEDLE_MAIL=smtp, OSIEDLE_SMTP_HOST and so on, so that people get codes to sign in."
        return Result("mail", "warn", "No mail leaves: letters are kept as files.", to_do)
    if error:
        to_do = "Check OSIEDLE_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD."
        return Result("mail", "fail", f"The mail server {server} cannot be used: {error}.", to_do)
    done = f" A letter to {sent_to} was handed over." if sent_to else ""
    return Result("mail", "ok", f"The mail server {server} lets us in.{done}")


def clock(ahead: Mapping[str, float], zone_data: str) -> Result:
    """Judge our clock by others: `ahead` says how many seconds ours is before each of theirs."""
    if not ahead:
        return Result("clock", "skip", f"There is no other clock to compare with. Time zones: {zone_data}.")
    name, seconds = max(ahead.items(), key=lambda one: abs(one[1]))
    words = f"Our clock and that of {name} differ by {abs(seconds):.1f} s. Time zones: {zone_data}."
    if abs(seconds) < CLOCK_WARN:
        return Result("clock", "ok", words)
    state: State = "warn" if abs(seconds) < CLOCK_FAIL else "fail"
    return Result("clock", state, words, "Have both machines' clocks set by NTP (`timedatectl set-ntp true`).")


def disk(folder: str, free: int, total: int) -> Result:
    """Judge the room on a disk, in bytes."""
    share = free / total if total else 0.0
    words = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB are free where {folder} is."
    if share >= FREE_WARN:
        return Result("disk", "ok", words)
    state: State = "warn" if share >= FREE_FAIL else "fail"
    return Result(
        "disk", state, words, "Make room, or move the folder to a larger disk, before nothing can be written."
    )


def base_map(file: str | None, zoom: int | None, tiles: str, answer: int | str | None) -> Result:
    """Judge what lies under the map: a file with its deepest zoom, or tiles of somebody else."""
    if file and zoom is None:
        return Result(
            "base map", "fail", f"{file} is no map that can be read.", "Set OSIEDLE_BASEMAP to a PMTiles file."
        )
    if file:
        return Result("base map", "ok", f"{file} has tiles down to zoom {zoom}.")
    if not tiles:
        return Result("base map", "ok", "The map is drawn on the sketch of the neighbourhood.")
    if answer == 200:
        return Result("base map", "ok", "The server of the tiles answers.")
    to_do = "Correct OSIEDLE_TILES, or leave it out: the sketch is drawn then."
    return Result("base map", "fail", f"The server of the tiles does not answer as it should: {answer}.", to_do)


def python(version: tuple[int, ...]) -> Result:
    """Judge the Python that runs this."""
    said = ".".join(map(str, version))
    if version[:2] >= OLDEST_PYTHON:
        return Result("python", "ok", f"Python {said}.")
    return Result("python", "fail", f"Python {said} is too old.", "Use 3.11 or newer.")


def code(ours: str, running: str | None) -> Result:
    """Judge whether what runs is what this command belongs to."""
    if running is None:
        return Result("code", "skip", f"This is Osiedle {ours}; what runs cannot be asked.")
    if running == ours:
        return Result("code", "ok", f"Osiedle {ours} runs.")
    return Result(
        "code", "warn", f"Osiedle {running} runs, this is {ours}.", "Start it again, so that the new one runs."
    )


def database(service: str, stands: str | None, newest: str, error: str | None = None) -> Result:
    """Judge one database: at which revision it stands, none where it was never begun; `newest` is the code's."""
    name = f"database of {service}"
    if error:
        return Result(name, "fail", f"It cannot be used: {error}.", "Look whether the database runs and has room.")
    if stands is None:
        return Result(name, "skip", "There is none yet.", "It is made at the first start.")
    if stands == newest:
        return Result(name, "ok", f"It stands at revision {stands}, as the code does.")
    if stands > newest:
        to_do = "Run the newer code again, or put back a backup of before."
        return Result(name, "fail", f"It stands at revision {stands}, the code only knows {newest}.", to_do)
    return Result(
        name, "warn", f"It stands at revision {stands}, the code at {newest}.", "Start it again: it migrates."
    )


def postgres(version: tuple[int, ...] | None) -> Result:
    """Judge the PostgreSQL server; none where SQLite is used."""
    if version is None:
        return Result("PostgreSQL", "skip", "The databases are SQLite files.")
    said = ".".join(map(str, version))
    if version[0] in POSTGRES:
        return Result("PostgreSQL", "ok", f"PostgreSQL {said}.")
    return Result("PostgreSQL", "warn", f"PostgreSQL {said} was not tried.", "Use 15, 16 or 17.")


def bus(version: str | None, error: str | None) -> Result:
    """Judge whether the bus is there, and which it is."""
    if version is None:
        to_do = "Start Osiedle (Compose: `docker compose up -d nats`); what is written meanwhile is told afterwards."
        return Result("bus", "fail", f"NATS does not answer: {error}.", to_do)
    numbers = tuple(int(one) for one in version.split("-")[0].split(".")[:2] if one.isdigit())
    if numbers >= OLDEST_NATS:
        return Result("bus", "ok", f"NATS {version} answers.")
    return Result("bus", "warn", f"NATS {version} is older than 2.12.", "Update it.")


def sync(said: str) -> Result:
    """Judge whether the bus writes before it acknowledges; `said` as in `shared.broker.durability`."""
    if said == "always":
        return Result("sync_always", "ok", "NATS writes to its disk before it acknowledges.")
    if said == "unknown":
        to_do = "Set OSIEDLE_NATS_MONITOR_URL to its monitoring address."
        return Result("sync_always", "skip", "NATS does not say when it writes to its disk.", to_do)
    to_do = "Set `sync_interval: always` in the jetstream part of its configuration and start it again."
    return Result("sync_always", "fail", "NATS acknowledges before it has written: a power cut loses messages.", to_do)


def streams(shares: Mapping[str, float]) -> Result:
    """Judge how full the streams are, 1 is full."""
    if not shares:
        return Result("streams", "skip", "The streams cannot be asked.")
    name, share = max(shares.items(), key=lambda one: one[1])
    words = f"The fullest stream is {name}, at {share:.0%}."
    if share < FULL_AT:
        return Result("streams", "ok", words)
    state: State = "fail" if share >= 0.99 else "warn"
    return Result("streams", state, words, f"nats stream edit {name} --max-bytes=512MB (login: operator)")


def certificate(whose: str, ends_at: datetime | None, now: datetime, renew: str, error: str | None = None) -> Result:
    """Judge how long a certificate holds; without one nothing is said."""
    name = f"certificate of {whose}"
    if error:
        return Result(name, "fail", f"It is not to be believed: {error}.", renew)
    if ends_at is None:
        return Result(name, "skip", "There is none.")
    days = (ends_at - now) / timedelta(days=1)
    words = f"It holds for {days:.0f} days." if days > 0 else f"It ended on {ends_at:%Y-%m-%d}."
    if days > CERTIFICATE_WARN_DAYS:
        return Result(name, "ok", words)
    return Result(name, "warn" if days > 0 else "fail", words, renew)


def backup(last: Backup | None, now: datetime) -> Result:
    """Judge the last backup."""
    to_do = "Make one: `python -m deploy backup create`, and have it made each night."
    if last is None:
        return Result("backup", "warn", "No backup is known yet.", to_do)
    if last.problem:
        return Result("backup", "fail", f"The last backup failed: {last.problem}.", to_do)
    hours = (now - last.finished_at) / timedelta(hours=1)
    words = f"The last backup, {last.name}, is {hours:.0f} hours old."
    if now - last.finished_at > BACKUP_OLD_AFTER:
        return Result("backup", "warn", words, to_do)
    return Result("backup", "ok", words)
