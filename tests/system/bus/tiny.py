"""Two tiny services around a real bus: the registry tells of problems, the map keeps a ledger of what it heard."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, String, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared import columns, outbox
from shared.broker import Bus, Pace
from shared.database import Database
from shared.identifiers import new_id
from shared.inbox import InboxMixin, SetAsideMixin
from shared.messages import Message
from shared.messages.municipal import ClosureAnnounced
from shared.messages.registry import PersonChanged, ProblemNamed
from shared.outbox import OutboxMixin
from shared.settings import ServiceSettings

QUICK = Pace(
    ack_wait=2.0,
    delays=(0.05, 0.1),
    reconnect=0.1,
    poll=0.2,
    heartbeat=0.2,
    pull_expires=4.0,
    pull_heartbeat=1.0,
    publish_timeout=2.0,
)


class Base(DeclarativeBase):
    """The tables of a tiny service."""

    metadata = columns.new_metadata()


class Outbox(OutboxMixin, Base):
    """What it tells."""


class Inbox(InboxMixin, Base):
    """What it heard."""


class SetAside(SetAsideMixin, Base):
    """What it could not take in."""


class Told(Base):
    """One fact that the teller committed."""

    __tablename__ = "told"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)


class Heard(Base):
    """One effect of a message; nothing keeps it from being there twice but the bus."""

    __tablename__ = "heard"

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(36))
    version: Mapped[int] = mapped_column(Integer)
    what: Mapped[str] = mapped_column(String(200))
    correlation_id: Mapped[str] = mapped_column(String(200))


@dataclass
class Tiny:
    """One tiny service in this process."""

    database: Database
    bus: Bus

    async def start(self) -> "Tiny":
        """Make the tables and start."""
        Base.metadata.create_all(self.database.engine)
        await self.database.start()
        await self.bus.start()
        return self

    async def stop(self) -> None:
        """Stop in reverse."""
        await self.bus.stop()
        await self.database.stop()

    async def heard(self) -> list[tuple[str, int]]:
        """Give what was heard, in order: id and version."""
        return await self.database.read(_heard)

    async def count(self, table: type[Base]) -> int:
        """Count the rows of a table."""
        return await self.database.read(lambda session: session.scalar(select(func.count()).select_from(table)) or 0)


PARTNERS = ("roads", "culture")


def tiny(
    name: str,
    data: Path,
    url: str | None = None,
    *,
    pace: Pace = QUICK,
    partners: tuple[str, ...] = PARTNERS,
    **more: Any,
) -> Tiny:
    """Make one, on a SQLite file in `data` unless there is a `url`."""
    settings = ServiceSettings(data=data, partners=partners)
    database = Database(url or f"sqlite:///{data}/{name}.sqlite", Base.metadata, name)
    bus = Bus(name, settings, database, metadata=Base.metadata, pace=pace, **more)
    return Tiny(database, bus)


def tell(session: Session, title: str, id: str | None = None, version: int = 1) -> str:
    """Commit a fact and tell it."""
    problem_id = id or new_id()
    if id is None:
        session.add(Told(id=problem_id))
    outbox.publish(session, ProblemNamed(id=problem_id, version=version, title=title, url="/registry/problems"))
    return problem_id


def tell_of_person(session: Session, person_id: str, version: int) -> None:
    """Tell that a person changed; how to reach them is read when it travels."""
    outbox.publish(session, PersonChanged(id=person_id, version=version, name="never stored in the outbox"))


def hear(session: Session, message: Message) -> None:
    """Write the effect of a message."""
    what = getattr(message, "title", "") or getattr(message, "name", "")
    origin = outbox.origin.get()
    session.add(
        Heard(
            id=message.id,
            version=message.version,
            what=str(what)[:200],
            correlation_id=origin.correlation_id if origin else "",
        )
    )


def hear_closure(session: Session, partner: str, message: ClosureAnnounced) -> None:
    """Write the effect of a partner's message."""
    session.add(Heard(id=message.id, version=message.version, what=f"{partner}: {message.title.pl}", correlation_id=""))


def _heard(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(select(Heard.id, Heard.version).order_by(Heard.position))
    return [(row.id, row.version) for row in rows]
