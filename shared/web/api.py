"""The doors' routes; those of JSON refuse parameters nobody knows, and answer 304 to who has the newest version."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from shared.web.described import responses_of
from shared.web.refusals import Fault, refused
from shared.web.requests import count_write

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Repeat a request with the same key and it is done once; the answer is the first one's.",
    "schema": {"type": "string", "maxLength": 255},
}
NO_NUL = "A text cannot contain the character NUL"
KEPT_AT_304 = frozenset({"cache-control", "etag", "link", "referrer-policy", "vary"})
"""What an answer without its content still says (RFC 9110 §15.4.5)."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ApiRoute(APIRoute):
    """A route under `/<service>/api/v1`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if "POST" in (options.get("methods") or ()):
            extra = dict(options.get("openapi_extra") or {})
            extra.setdefault("parameters", [KEY_PARAMETER])  # a door that names its own knows repeats by another header
            options["openapi_extra"] = extra
        super().__init__(path, endpoint, **options)
        self.responses = responses_of(self)

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler with the habits of every endpoint."""
        handle = super().get_route_handler()
        known = known_parameters(self)

        async def handle_strictly(request: Request) -> Response:
            unknown = sorted(set(request.query_params) - known)
            if unknown:
                raise refused([Fault("query", f"/{name}", "There is no such parameter") for name in unknown])
            holed = [name for name, value in request.query_params.multi_items() if "\0" in value]
            if holed:
                raise refused([Fault("query", f"/{name}", NO_NUL) for name in holed])
            response = await handle(request)
            if _is_known_to(request, response):
                kept = {name: value for name, value in response.headers.items() if name in KEPT_AT_304}
                return Response(status_code=304, headers=kept)
            return response

        return handle_strictly


def known_parameters(route: APIRoute) -> frozenset[str]:
    """Name the query parameters that a route understands."""
    fields = [field for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query)]
    return frozenset(field.alias for field in fields)


def _is_known_to(request: Request, response: Response) -> bool:
    """Say whether the caller already has this version (RFC 9110 §13.1.2: weak comparison)."""
    etag = response.headers.get("etag")
    wanted = request.headers.get("if-none-match")
    if request.method != "GET" or response.status_code != 200 or not etag or not wanted:
        return False
    if "no-store" in response.headers.get("cache-control", ""):
        return False  # the tag is there to be sent with a change; the answer may differ while it stays
    return wanted.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]


def api_router(service: str, under: str = "/api/v1") -> APIRouter:
    """Make a router of a service's JSON door, `/<service>/api/v1`."""
    return APIRouter(prefix=f"/{service}{under}", route_class=ApiRoute, dependencies=[Depends(count_write)])


def page_router(prefix: str = "") -> APIRouter:
    """Make a router of pages, which no document of the JSON door names."""
    return APIRouter(prefix=prefix, include_in_schema=False, dependencies=[Depends(count_write)])
