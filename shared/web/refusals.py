"""Every refusal rendered: as problem+json (RFC 9457) for programs, as a page for people."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json
from sqlalchemy.exc import DataError, DBAPIError
from starlette.exceptions import HTTPException

from shared.engines import is_away, is_full
from shared.i18n import language, say
from shared.malformed import pointer_of
from shared.observability import trace_id
from shared.problems import Busy, InvalidInput, NoRoom, NotFound, Problem
from shared.web.faults import sentence_of
from shared.web.requests import SAFE_METHODS, SessionStale, accepts_html, maybe_person

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "urn:osiedle:problem:"


class FaultDocument(BaseModel):
    """One thing that is wrong in a request: a JSON pointer into the part of the request that `in` names."""

    model_config = ConfigDict(extra="allow")

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457); further members depend on its type."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FaultDocument] | None = None


class Fault(NamedTuple):
    """One thing that is wrong: where in the request (body, query, path, header), at which pointer, and what."""

    place: str
    pointer: str
    detail: str
    values: Mapping[str, Any] = MappingProxyType({})


class MethodNotAllowed(Problem):
    """This address understands other methods (RFC 9110 §15.5.6)."""

    status = 405
    type = "method-not-allowed"
    title = "This cannot be done at this address"


class TooLarge(Problem):
    """The body is larger than this address takes (RFC 9110 §15.5.14)."""

    status = 413
    type = "too-large"
    title = "This is larger than can be taken"


class UnsupportedKind(Problem):
    """The body is of a kind that this address does not take (RFC 9110 §15.5.16)."""

    status = 415
    type = "unsupported-kind"
    title = "Files of this kind cannot be taken here"


class Unexpected(Problem):
    """Something broke that should not; the trace id finds it in the log."""

    status = 500
    type = "unexpected"
    title = "Something went wrong on our side"


OF_STATUS: dict[int, type[Problem]] = {404: NotFound, 405: MethodNotAllowed, 413: TooLarge, 415: UnsupportedKind}


def refused(faults: Sequence[Fault]) -> InvalidInput:
    """Make one 422 of many faults."""
    problem = InvalidInput(*((fault.pointer, fault.detail) for fault in faults))
    for entry, fault in zip(problem.extra["errors"], faults, strict=True):
        entry["in"] = fault.place
        entry["values"] = dict(fault.values)
    return problem


def document_of(problem: Problem) -> dict[str, Any]:
    """Give the members of a problem document in the running request's language."""
    extra = dict(problem.extra)
    errors = extra.pop("errors", None)
    document: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.type,
        "title": say(problem.title),
        "status": problem.status,
    }
    if errors is not None:
        document["errors"] = [_told(entry, problem.values) for entry in errors]
        document["detail"] = "; ".join(dict.fromkeys(entry["detail"] for entry in document["errors"]))
    elif problem.detail:
        document["detail"] = say(problem.detail, **problem.values)
    return document | extra


def _told(entry: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in entry.items() if name not in ("pointer", "detail", "values")}
    detail = say(entry["detail"], **{**values, **entry.get("values", {})})
    return {"pointer": entry["pointer"], "detail": detail, "in": "body", **rest}


def render(request: Request, problem: Problem) -> Response:
    """Answer with a refusal: a page where a person's browser asks for one, else problem+json."""
    document = document_of(problem)
    if accepts_html(request):
        try:
            return _page(request, problem, document)
        except Exception:
            log.exception("the page of a problem cannot be shown")
    headers = {**problem.headers, "Content-Language": language.get()}
    return Response(to_json(document), status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


def _page(request: Request, problem: Problem, document: dict[str, Any]) -> Response:
    shown = {"detail": None, "errors": [], "trace_id": None, **document}
    response: Response = request.app.state.pages.page(
        request, "problem.html", status=problem.status, headers=problem.headers, problem=shown
    )
    return response


async def on_problem(request: Request, error: Exception) -> Response:
    """Render a refusal that a door or a command raised; a stale session is sent to the registry first.

    A form is sent there and back whole, by 307 (RFC 9110 §15.4.8): nobody types it twice because of a token.
    """
    if isinstance(error, SessionStale):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        status = 303 if request.method in SAFE_METHODS else 307
        return RedirectResponse(f"/registry/session?next={quote(here, safe='')}", status_code=status)
    assert isinstance(error, Problem)  # noqa: S101 — only problems are registered for this handler
    await _recognise(request)
    return render(request, error)


async def _recognise(request: Request) -> None:
    """Find out who asks where the door did not get so far, so that a page of a refusal still knows them."""
    if accepts_html(request) and not hasattr(request.state, "person"):
        with suppress(Problem):
            await maybe_person(request)


async def on_invalid(request: Request, error: Exception) -> Response:
    """Render what FastAPI found wrong in a request, each fault with a JSON pointer (RFC 6901)."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 — see `install`
    return render(request, refused(list(_faults(error.errors()))))


def _faults(errors: Iterable[Any]) -> Iterable[Fault]:
    for error in errors:
        place, *path = error["loc"]
        if error["type"] == "json_invalid":
            path = []
        yield Fault(str(place), pointer_of(path), *sentence_of(error))


async def on_database_away(request: Request, error: Exception) -> Response:
    """Ask to come again while the database is out of reach or full; anything else that is wrong stays our fault."""
    if not is_away(error):
        raise error
    return render(request, NoRoom() if is_full(error) else Busy())


async def on_bad_data(request: Request, error: Exception) -> Response:
    """Render what the database could not take as a value at all (SQLSTATE class 22): an odd id, a NUL in a text."""
    kind = type(getattr(error, "orig", error)).__name__  # its text repeats the value
    log.warning("the database refused a value of %s %s: %s", request.method, request.url.path, kind)
    await _recognise(request)
    return render(request, InvalidInput(("", "The database cannot hold one of these values")))


async def on_http(request: Request, error: Exception) -> Response:
    """Render what the framework refuses by itself: no such address, no such method, too large."""
    assert isinstance(error, HTTPException)  # noqa: S101 — see `install`
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    await _recognise(request)
    kind = OF_STATUS.get(error.status_code)
    if kind is not None:
        return render(request, kind(headers=dict(error.headers or {})))
    return render(request, _other(error))


def _other(error: HTTPException) -> Problem:
    class Other(Problem):
        status = error.status_code
        type = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        title = HTTPStatus(error.status_code).phrase

    return Other(headers=dict(error.headers or {}))


def unexpected(request: Request) -> Response:
    """Answer to an error that nobody expected: a trace id, nothing else."""
    return render(request, Unexpected(extra={"trace_id": trace_id.get()}))


def install(app: FastAPI) -> None:
    """Let the app render every refusal in these ways."""
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(DataError, on_bad_data)
    app.add_exception_handler(DBAPIError, on_database_away)
