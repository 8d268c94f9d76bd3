"""Places between two steps of hearing where a process kills itself, once: the file `died` says that it has."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.system.bus.tiny import Tiny

BEFORE_COMMIT, BEFORE_ACK, AFTER_ACK, AFTER_FLUSH = FAULTS = ("before commit", "before ack", "after ack", "after flush")
ACK = b"+ACK"


def die_at(fault: str, listener: Tiny, died: Path) -> None:
    """Have this process kill itself at the first effect, at this place; nothing happens when it died there before."""
    if not fault or died.exists():
        return

    def die() -> None:
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)

    if fault == BEFORE_COMMIT:
        _before_commit(listener, die)
    else:
        _around_the_acknowledgement(listener, fault, die)


def _before_commit(listener: Tiny, die: Callable[[], None]) -> None:
    """Die between the effect and the outer COMMIT."""
    has_effect = []

    @event.listens_for(listener.database.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO heard"):
            has_effect.append(True)

    @event.listens_for(listener.database.engine, "commit")
    def commit(_connection: Any) -> None:
        if has_effect:
            die()


def _around_the_acknowledgement(listener: Tiny, fault: str, die: Callable[[], None]) -> None:
    """Die after the COMMIT: before the acknowledgement is written, before it is sent, or once it has arrived."""
    bus = listener.bus
    connect = bus._connect

    async def watched(client: Any, closed: Any = None) -> None:
        await connect(client, closed)
        publish = client.publish

        async def publish_or_die(subject: str, payload: bytes = b"", *rest: Any, **more: Any) -> None:
            if payload == ACK and fault == BEFORE_ACK:
                die()
            await publish(subject, payload, *rest, **more)
            if payload == ACK and fault == AFTER_FLUSH:
                await client.flush()
            if payload == ACK:
                die()

        client.publish = publish_or_die

    bus._connect = watched  # type: ignore[method-assign]
