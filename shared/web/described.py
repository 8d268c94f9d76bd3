"""What an operation may refuse, told in its OpenAPI description: computed from what its route asks for."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from shared.web.refusals import PROBLEM_JSON, ProblemDocument
from shared.web.requests import (
    SAFE_METHODS,
    current_person,
    maybe_person,
    person_if_found,
    version_if_said,
    version_to_edit,
)

Responses = dict[int | str, dict[str, Any]]
SCHEMAS = "#/components/schemas/{model}"
NOT_MODIFIED: Responses = {304: {"description": "You have the newest version already (If-None-Match)."}}
SENTENCES = {
    400: "The body cannot be read at all.",
    401: "Sign in first, or the token does not hold.",
    403: "Whoever asks may not do this.",
    404: "There is nothing here.",
    409: "It collides with what stands.",
    412: "Somebody else changed it in the meantime.",
    413: "The body is too large.",
    415: "The body is of a kind that is not taken here.",
    422: "Something in the request is not as it must be; `errors` say where.",
    428: "Say in If-Match which version you edit.",
    429: "Too often in a short time; Retry-After says when there is room.",
    503: "Too much is waiting to be written; Retry-After says when to come again.",
}


def refuses(*statuses: int) -> Responses:
    """Describe refusals that only the operation itself knows of: `responses=web.refuses(409)`."""
    schema = {"$ref": SCHEMAS.format(model=ProblemDocument.__name__)}
    return {
        status: {"description": SENTENCES[status], "content": {PROBLEM_JSON: {"schema": schema}}} for status in statuses
    }


def responses_of(route: APIRoute) -> Responses:
    """Describe what a route may answer beside what it is for; what it says itself wins."""
    is_read = (route.methods or set()) <= SAFE_METHODS
    unchanged = NOT_MODIFIED if is_read else {}
    return {**unchanged, **refuses(*sorted(_statuses(route, is_read))), **route.responses}


def _statuses(route: APIRoute, is_read: bool) -> set[int]:
    asked = set(_calls(route.dependant))
    statuses = {422}  # an unknown query parameter
    if asked & {maybe_person, current_person, person_if_found}:
        statuses |= {401, 403}
    if "{" in route.path_format:
        statuses |= {404}
    if version_to_edit in asked:
        statuses |= {412, 428}
    if version_if_said in asked:
        statuses |= {412}
    if not is_read:
        statuses |= {400, 403, 413, 415, 429, 503}
    return statuses


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for one in dependant.dependencies:
        if one.call is not None:
            yield one.call
        yield from _calls(one)


def describe_problems(app: FastAPI) -> None:
    """Put the shape of a refusal into the app's OpenAPI document, once for all operations."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = describe()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            _, problem = models_json_schema([(ProblemDocument, "serialization")], ref_template=SCHEMAS)
            schemas.update(problem["$defs"])
        return app.openapi_schema or describe()

    # as FastAPI's documentation extends it
    app.openapi = openapi  # type: ignore[method-assign]
