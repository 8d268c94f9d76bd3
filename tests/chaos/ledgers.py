"""The tables that are compared after a run, and the two commands that write them: `say` a fact, `hear` of one.

Nothing here keeps a row from being there twice: that only the bus and the database may do.
"""

from collections.abc import Sequence
from contextvars import ContextVar

from sqlalchemy import Integer, String, insert, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import outbox
from shared.broker.pipeline import Delivery
from shared.database import Database
from shared.messages.registry import ProblemNamed
from tests.system.bus.tiny import Base

AGGREGATES = tuple(f"aggregate-{number:02}" for number in range(40))
"""Few, so that callers meet, and messages of one follow each other closely."""

delivery: ContextVar[Delivery] = ContextVar("delivery")
"""What is being taken in, for the effect to note how it came."""


class Aggregate(Base):
    """One thing that facts are about, and its version; the registry's."""

    __tablename__ = "chaos_aggregate"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


class Fact(Base):
    """One fact that the registry committed; `of` says how many facts its call makes, all or none."""

    __tablename__ = "chaos_fact"

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    call: Mapped[str] = mapped_column(String(40))
    of: Mapped[int] = mapped_column(Integer)
    id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)


class Effect(Base):
    """One effect of a message at the map, with its place in the stream; `again`: it may have come before."""

    __tablename__ = "chaos_effect"

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    sequence: Mapped[int] = mapped_column(Integer)
    again: Mapped[bool]


class Copy(Base):
    """The newest version that the map knows of an aggregate, kept as a service keeps its copies."""

    __tablename__ = "chaos_copy"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)


def make_tables(database: Database) -> None:
    """Make the tables of both services, before anything is killed."""
    Base.metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        for table in (Aggregate, Copy):
            connection.execute(insert(table), [{"id": id, "version": 0} for id in AGGREGATES])
    database.engine.dispose()


def say(session: Session, call: str, ids: Sequence[str]) -> None:
    """Commit the next fact of each of these aggregates, in this order, and tell them."""
    for id in ids:
        next_version = update(Aggregate).where(Aggregate.id == id).values(version=Aggregate.version + 1)
        version = session.execute(next_version.returning(Aggregate.version)).scalar_one()
        session.add(Fact(call=call, of=len(ids), id=id, version=version))
        outbox.publish(session, ProblemNamed(id=id, version=version, title=call, url="/registry/problems"))


def hear(session: Session, message: ProblemNamed) -> None:
    """Write the effect of a message, and keep the copy at the newest version."""
    came = delivery.get()
    session.add(Effect(id=message.id, version=message.version, sequence=came.sequence, again=came.again))
    is_older = (Copy.id == message.id) & (Copy.version < message.version)
    session.execute(update(Copy).where(is_older).values(version=message.version))
