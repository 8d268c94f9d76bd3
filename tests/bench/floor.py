"""The floor of the bus: a raw commit, a raw JetStream acknowledgement, a raw commit, as durable as what we promise."""

import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import nats
import psycopg
from nats.js import JetStreamContext

from shared.settings import ServiceSettings

BODY = b"x" * 400
"""As long as a message of ours."""


class Raw(Protocol):
    """A database with nothing around it but the durability that we promise."""

    def commit_one(self) -> None:
        """Insert and commit one row."""

    def commit_many(self, rows: int) -> None:
        """Insert so many rows and commit them together."""

    def close(self) -> None:
        """Close it."""


class RawFile:
    """SQLite, raw."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB)")

    def commit_one(self) -> None:
        """Insert and commit one row."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO raw (body) VALUES (?)", (BODY,))
        self.connection.execute("COMMIT")

    def commit_many(self, rows: int) -> None:
        """Insert so many rows and commit them together."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO raw (body) VALUES (?)", [(BODY,)] * rows)
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Close it."""
        self.connection.close()


class RawTable:
    """PostgreSQL, raw."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url.replace("+psycopg", ""))
        self.connection.execute("CREATE TABLE raw (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)")
        self.connection.commit()

    def commit_one(self) -> None:
        """Insert and commit one row."""
        self.connection.execute("INSERT INTO raw (body) VALUES (%s)", (BODY,))
        self.connection.commit()

    def commit_many(self, rows: int) -> None:
        """Insert so many rows and commit them together."""
        with self.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO raw (body) VALUES (%s)", [(BODY,)] * rows)
        self.connection.commit()

    def close(self) -> None:
        """Close it."""
        self.connection.close()


@asynccontextmanager
async def raw_stream(data: Path) -> AsyncIterator[JetStreamContext]:
    """Give a stream of our own, `raw.>`, on the server of a data folder."""
    client = await nats.connect(
        (data / "nats" / "url").read_text().strip(), **ServiceSettings(data=data).bus_login("operator")
    )
    jetstream = client.jetstream()
    await jetstream.add_stream(name="RAW", subjects=["raw.>"])
    yield jetstream
    await client.close()


async def floor_once(jetstream: JetStreamContext, one: Raw, two: Raw) -> float:
    """Commit, publish and wait for the acknowledgement, commit; give the seconds it took."""
    began = time.perf_counter()
    one.commit_one()
    await jetstream.publish("raw.x", BODY)
    two.commit_one()
    return time.perf_counter() - began


def percentile(values: Sequence[float], percent: int) -> float:
    """Give the value that so many percent do not exceed, in milliseconds for seconds."""
    return statistics.quantiles(values, n=100)[percent - 1] * 1000
