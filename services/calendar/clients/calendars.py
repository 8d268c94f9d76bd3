"""Fetching calendars that others publish: through the one way out, conditionally, bounded in size and time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import httpx

from services.calendar.domain.components import Limits
from shared.messages import Reason
from shared.outgoing import OutgoingRefused, Resolve, outgoing_client

SECONDS = 20.0
ACCEPT = "text/calendar, */*;q=0.1"
NOT_REACHED = "source_not_reached"
ANSWERED = "source_answered"
NOBODY_THERE = "nobody answers there"
INSECURE = "it leads to an address without https"


@dataclass(frozen=True)
class Fetched:
    """What came of one fetch: a new answer, the same as before, or a failure with its reason."""

    state: Literal["new", "same", "failed"]
    data: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    retry_after: str | None = None
    problem: Reason | None = None


class Calendars:
    """Other people's calendars on the web.

    `allowed` are hosts of the operator's own that may stand anywhere (`name` or `name:port`); any other must be on the
    public internet. Without `http_allowed` no hop of a redirect may leave https. Tests give `resolve` and `inner`.
    """

    def __init__(
        self,
        *,
        allowed: Collection[str] = (),
        http_allowed: bool = False,
        resolve: Resolve | None = None,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.allowed, self.http_allowed = allowed, http_allowed
        self.resolve, self.inner = resolve, inner

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Fetch one calendar unless it is the one that these say (RFC 9110 §13.1); never raises for what is there."""
        headers = {"Accept": ACCEPT}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        most = Limits().most_bytes
        client = outgoing_client(self.allowed, seconds=SECONDS, most_bytes=most, resolve=self.resolve, inner=self.inner)
        client.event_hooks = {"request": [self._refuse_insecure]}
        try:
            async with client:
                return _fetched(await client.get(url, headers=headers))
        except OutgoingRefused as refused:
            return _failed(str(refused))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            return _failed(NOBODY_THERE)

    async def _refuse_insecure(self, request: httpx.Request) -> None:
        if request.url.scheme != "https" and not self.http_allowed:
            raise OutgoingRefused(INSECURE, request=request)


def _fetched(answer: httpx.Response) -> Fetched:
    if answer.status_code == 304:
        return Fetched("same")
    if answer.status_code != 200:
        reason = Reason(code=ANSWERED, values={"status": answer.status_code})
        return Fetched("failed", retry_after=answer.headers.get("retry-after"), problem=reason)
    headers = answer.headers
    return Fetched("new", answer.content, _short(headers.get("etag")), _short(headers.get("last-modified")))


def _short(header: str | None) -> str | None:
    return header if header and len(header) <= 500 else None


def _failed(detail: str) -> Fetched:
    return Fetched("failed", problem=Reason(code=NOT_REACHED, values={"detail": detail}))
