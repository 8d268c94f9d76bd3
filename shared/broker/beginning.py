"""Beginning to hear: what was delivered and not acknowledged comes again first, in its order, and at once."""

import json
import logging
from typing import Any

from nats.aio.client import Client
from nats.errors import Error

log = logging.getLogger(__name__)

CAN_RESET = (2, 14)
"""Since this version a server takes a consumer back to its acknowledgement floor (NATS ADR-60)."""
MOST_REPEATED = 2560
"""Behind a message that waits long for its next attempt many others were acknowledged: they are not all repeated."""
SECONDS = 5.0


async def begin_again(client: Client, stream: str, durable: str) -> int:
    """Have the server deliver again what nobody acknowledged; gives the last place it had delivered before.

    Else new messages would overtake those that a killed process had in hand, until these are overdue. What is delivered
    twice by this is found in the inbox. Where the server cannot or will not, it is as it would be without.
    """
    info = await _ask(client, f"$JS.API.CONSUMER.INFO.{stream}.{durable}")
    last, floor = info["delivered"]["stream_seq"], info["ack_floor"]["stream_seq"]
    version = client.connected_server_version
    is_able = (version.major, version.minor) >= CAN_RESET
    if info["num_ack_pending"] and is_able and last - floor <= MOST_REPEATED:
        try:
            await _ask(client, f"$JS.API.CONSUMER.RESET.{stream}.{durable}")
        except (Error, ConnectionError) as error:
            log.warning("%s does not hear %s again from %d: %s", durable, stream, floor + 1, error)
    return int(last)


async def _ask(client: Client, subject: str) -> dict[str, Any]:
    """Ask the server something; raises `ConnectionError` when it refuses."""
    answer: dict[str, Any] = json.loads((await client.request(subject, b"", timeout=SECONDS)).data)
    if "error" in answer:
        raise ConnectionError(f"{subject}: {answer['error'].get('description')}")
    return answer
