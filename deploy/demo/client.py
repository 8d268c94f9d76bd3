"""A small client of the JSON API, from the standard library: it waits for what is still on its way between services."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

PATIENCE_SECONDS = 30.0
"""So long what was registered may take to reach another service that has just started."""
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 30.0
ON_ITS_WAY = frozenset({401, 422, 502, 503})
"""Answers that may be others in a moment: a key, a venue or the service itself has not arrived yet."""


class Refused(Exception):
    """The API said no, and would say so again; the message names the request and the reason."""


class Client:
    """Speaks for one bearer token to one installation."""

    def __init__(self, address: str, token: str, patience: float = PATIENCE_SECONDS) -> None:
        self._address = address.rstrip("/")
        self._token = token
        self._patient_until = time.monotonic() + patience

    async def all(self, path: str) -> list[dict[str, Any]]:
        """Read a whole list, page after page."""
        address: str | None = f"{path}?limit=200"
        items: list[dict[str, Any]] = []
        while address:
            page = await self._ask("GET", address)
            items += page["items"]
            address = page["next"]
        return items

    async def get(self, path: str) -> dict[str, Any]:
        """Read one thing."""
        return await self._ask("GET", path)

    async def post(self, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Make something once; `key` is its Idempotency-Key."""
        return await self._ask("POST", path, body, {"Idempotency-Key": key})

    async def patch(self, path: str, body: Mapping[str, Any], version: int) -> dict[str, Any]:
        """Change something that was read in this version."""
        return await self._ask("PATCH", path, body, {"If-Match": f'"{version}"'})

    async def put(self, path: str, body: Mapping[str, Any], version: int) -> dict[str, Any]:
        """Say what a part of something is, which was read in this version."""
        return await self._ask("PUT", path, body, {"If-Match": f'"{version}"'})

    async def delete(self, path: str, version: int | None = None) -> None:
        """Take something away, that was read in this version where the door asks for one."""
        await self._ask("DELETE", path, None, {} if version is None else {"If-Match": f'"{version}"'})

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        while True:
            status, answer = await asyncio.to_thread(self._send, method, path, body, headers or {})
            if status < 400:
                return answer
            if status not in ON_ITS_WAY or time.monotonic() > self._patient_until:
                raise Refused(f"{method} {path}: {status} {answer.get('title', '')} {answer.get('detail', '')}".strip())
            await asyncio.sleep(PAUSE_SECONDS)

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(  # noqa: S310 -- the operator names the address
            self._address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return answer.status, _read(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, _read(refusal.read())


def _read(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
