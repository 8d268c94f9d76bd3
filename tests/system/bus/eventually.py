"""Waiting for something to become so, by asking again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(is_so: Callable[[], Awaitable[Any]], seconds: float = 15.0) -> None:
    """Wait until `is_so()` holds; fails when it does not within so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await is_so():
        assert asyncio.get_running_loop().time() < deadline, "it did not become so in time"
        await asyncio.sleep(0.02)
