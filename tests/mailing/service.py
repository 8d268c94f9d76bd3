"""Notifications as a program of its own, on a bus and a mail server that are programs too; and who speaks to it."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import nats
from nats.js import JetStreamContext
from sqlalchemy import create_engine, text

from shared import auth, clock, envelope, outbox
from shared.identifiers import new_id
from shared.messages import Message
from shared.messages.registry import KeyPublished
from shared.people import Person
from shared.settings import ServiceSettings
from tests.mailing import ledger
from tests.system.stack import NO_LIMITS, Program, eventually, free_port

WINDOW = 64
PATIENCE = 60.0
ON_THE_BUS = "notifications is on the bus"


class Mailing:
    """A bus, a mail server, and notifications on a database: all that is between a message and a letter."""

    def __init__(self, data: Path, database_url: str | None = None, **settings: str) -> None:
        """Take a folder; `settings` are more variables of the environment of notifications."""
        self.data = data
        self.ledger = data / "ledger"
        self.port, self.mail_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        url = database_url or f"sqlite:///{data}/notifications.sqlite"
        self.engine = create_engine(url)
        self.key = auth.new_key(new_id())
        self._settings = {
            **NO_LIMITS,
            "OSIEDLE_DATABASE_URL": url,
            "OSIEDLE_MAIL": "smtp",
            "OSIEDLE_SMTP_PORT": str(self.mail_port),
            "OSIEDLE_LETTERS_A_DAY": "0",
            "OSIEDLE_LEAVE_SECONDS": "0",
            **settings,
        }
        self._others: list[Program] = []
        self.program: Program

    def open(self) -> None:
        """Start the bus, the mail server and notifications, which know the key of `token`."""
        self.data.mkdir(parents=True, exist_ok=True)
        bus = Program(self.data / "nats.log", "deploy.nats", DATA=str(self.data))
        self._others.append(bus)
        office = Program(self.data / "office.log", "tests.mailing.office", str(self.ledger), str(self.mail_port))
        self._others.append(office)
        eventually(lambda: "NATS answers" in bus.printed and "open" in office.printed, PATIENCE)
        self.start()
        self.tell(_published(self.key))
        eventually(lambda: self.count("SELECT count(*) FROM known_key"), PATIENCE)

    def start(self) -> None:
        """Start notifications, and wait until it is ready."""
        environment = {"DATA": str(self.data), "PORT": str(self.port), **self._settings}
        log = self.data / "notifications.log"
        before = log.read_text(errors="replace").count(ON_THE_BUS) if log.exists() else 0
        self.program = Program(log, "services.notifications", "serve", **environment)

        def is_ready() -> bool:
            assert self.program.process.poll() is None, self.program.printed[-3000:]
            answer = httpx.get(f"{self.address}/notifications/health/ready", timeout=5)
            return answer.status_code == 200 and self.program.printed.count(ON_THE_BUS) > before

        eventually(is_ready, PATIENCE)

    def kill(self) -> None:
        """End notifications as a power cut would."""
        self.program.kill()

    def close(self) -> None:
        """End everything that runs."""
        if hasattr(self, "program"):
            self.program.kill()
        for other in self._others:
            other.stop()
        self.engine.dispose()

    # Speaking and looking

    def tell(self, *messages: Message) -> None:
        """Publish messages as the services that own them do, and return when the bus has them."""
        asyncio.run(self._tell(messages))

    async def _tell(self, messages: Sequence[Message]) -> None:
        for owner in dict.fromkeys(message.owner for message in messages):
            client, jetstream = await self.connected(owner)
            mine = [message for message in messages if message.owner == owner]
            for start in range(0, len(mine), WINDOW):
                await asyncio.gather(*(publish(jetstream, one) for one in mine[start : start + WINDOW]))
            await client.close()

    async def connected(self, owner: str) -> tuple[Any, JetStreamContext]:
        """Sign in at the bus as a service, or as the operator."""
        settings = ServiceSettings(data=self.data)
        inbox = {} if owner == "operator" else {"inbox_prefix": f"_INBOX_{owner}"}
        client = await nats.connect(settings.bus_address(), **settings.bus_login(owner), **inbox)
        return client, client.jetstream(timeout=30)

    def token(self, person: Person) -> str:
        """Sign a token that notifications accepts."""
        return auth.sign(self.key, person, auth.LONGEST_SECONDS)

    def taken(self) -> list[ledger.Taken]:
        """Read what the mail server took so far."""
        return ledger.read(self.ledger)

    def count(self, statement: str, **values: Any) -> int:
        """Ask the database for a number."""
        with self.engine.connect() as connection:
            found: int = connection.execute(text(statement), values).scalar_one()
            return found

    def states(self) -> Mapping[str, int]:
        """Count the deliveries by state."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT state, count(*) AS number FROM delivery GROUP BY state"))
            return {row.state: row.number for row in rows}

    def megabytes(self, of: str = "VmRSS") -> float:
        """Give what notifications holds of the machine's memory; `VmHWM` is the most since `forget_the_most`."""
        found = re.search(rf"{of}:\s+(\d+) kB", Path(f"/proc/{self.program.process.pid}/status").read_text())
        assert found is not None, of
        return int(found[1]) / 1024

    def forget_the_most(self) -> None:
        """Let the highest mark of memory begin anew."""
        Path(f"/proc/{self.program.process.pid}/clear_refs").write_text("5")


@contextmanager
def mailing(data: Path, database_url: str | None = None, **settings: str) -> Iterator[Mailing]:
    """Run one, and end all of it."""
    found = Mailing(data, database_url, **settings)
    try:
        found.open()
        yield found
    finally:
        found.close()


async def publish(jetstream: JetStreamContext, message: Message) -> None:
    """Publish one message with the envelope of its owner, and wait for the acknowledgement."""
    headers = envelope.encoded(outbox.headers_of(message, message.owner, new_id(), clock.now()))
    await jetstream.publish(message.subject, message.model_dump_json().encode(), headers=headers)


def _published(key: Any) -> KeyPublished:
    now = clock.now()
    return KeyPublished(
        id=key["kid"],
        version=1,
        public_key=auth.public_part(key),
        not_before_at=now - timedelta(hours=1),
        expires_at=now + timedelta(days=1),
    )
