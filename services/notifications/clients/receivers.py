"""Posting to programs that receive webhooks: through the one way out, once, bounded in size and time."""

import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from shared.outgoing import OutgoingRefused, outgoing_client

MOST_READ = 4_000
"""So many bytes of an answer are read; who says more is not waited for."""
NOBODY_THERE = "nobody answers there"


@dataclass(frozen=True)
class Answered:
    """What a receiver said: a status and the beginning of its text, or why there is neither."""

    status: int | None
    milliseconds: int
    text: str = ""
    error: str | None = None

    @property
    def is_taken(self) -> bool:
        """Say whether the message was taken: by any status of success, and no other."""
        return self.status is not None and 200 <= self.status < 300


class Receivers:
    """Programs that receive webhooks.

    `allowed` are hosts of the operator's own that may stand anywhere; any other must be on the public internet.
    """

    def __init__(self, *, allowed: Collection[str] = (), seconds: float = 10.0) -> None:
        self.allowed, self.seconds = allowed, seconds

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Post a JSON body once; a redirect is an answer and is not followed. Never raises for what is there."""
        begun = time.monotonic()
        status, text, error = None, "", None
        try:
            async with (
                outgoing_client(self.allowed, seconds=self.seconds) as client,
                client.stream(
                    "POST",
                    url,
                    content=body,
                    headers={"Content-Type": "application/json", **headers},
                    follow_redirects=False,
                ) as answer,
            ):
                status = answer.status_code
                with suppress(Exception):  # what it says after its status only helps its owner
                    text = await _beginning(answer.aiter_bytes())
        except OutgoingRefused as refused:
            error = str(refused)
        except Exception:  # whatever a server or its address does to us, it is tried again
            error = NOBODY_THERE
        return Answered(status, round((time.monotonic() - begun) * 1000), text, None if status else error)


async def _beginning(pieces: AsyncIterator[bytes]) -> str:
    """Read the beginning of an answer as text; PostgreSQL keeps no NUL."""
    read = b""
    async for piece in pieces:
        read += piece
        if len(read) >= MOST_READ:
            break
    return read[:MOST_READ].decode(errors="replace").replace("\0", "\ufffd")
