"""Dispatches a request to the service that its first path segment names; strips nothing, as the Caddyfile does."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

ELSEWHERE = {
    "developers": "registry",
    "privacy": "registry",
    "accessibility": "registry",
    "status": "notifications",
}
"""Pages whose address does not begin with the name of the service that shows them."""


class Gateway:
    """The four services under one address; the home page, and every address that nobody has, are the calendar's."""

    def __init__(self, services: Mapping[str, ASGIApp]) -> None:
        self.services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the connection on, untouched."""
        segment = scope["path"].split("/", 2)[1] if scope["path"].startswith("/") else ""
        name = segment if segment in self.services else ELSEWHERE.get(segment, "calendar")
        await self.services[name](scope, receive, send)
