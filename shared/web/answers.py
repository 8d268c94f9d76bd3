"""Answers as every service gives them: JSON with an ETag, and lists that are cut into pages."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from shared import paging

T = TypeVar("T")
JSON = "application/json"


class Page(BaseModel, Generic[T]):
    """One page of a list, the address of the next one, and how the list is sorted; the shape of `listing`."""

    items: list[T]
    next: str | None
    sorted_by: str


def etag_of(version: int) -> str:
    """Write an aggregate's version as a strong ETag (RFC 9110 §8.8.3)."""
    return f'"{version}"'


def answer(
    model: Any, *, version: int | None = None, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a model, mapping or list as JSON; `version` becomes the ETag, and a matching If-None-Match a 304."""
    response = Response(to_json(model), status_code=status, media_type=JSON, headers=headers)
    if version is not None:
        response.headers["ETag"] = etag_of(version)
    return response


def tagged(response: Response) -> Response:
    """Give an answer that follows from many rows an ETag of its bytes: who has the same ones is told so by a 304."""
    response.headers["ETag"] = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    return response


def listing(
    request: Request,
    wanted: paging.Paging,
    rows: Sequence[T],
    *,
    show: Callable[[T], Any],
    key: Callable[[T], Any],
    sorted_by: str,
) -> Response:
    """Answer with one page of a list: `{"items": […], "next": address or null, "sorted_by": …}` and a Link header.

    `rows` are the `wanted.rows` (limit + 1) rows that the query fetched; `key` gives a row's sort key (a value or a
    tuple, the last of them unique), which comes back as `Paging.after`; `sorted_by` says it in words (RFC 8288 §3).
    """
    page, cursor = paging.page_of(wanted, rows, key)
    following = None
    if cursor is not None:
        query = request.url.include_query_params(limit=wanted.limit, cursor=cursor).query
        following = f"{request.url.path}?{query}"
    response = answer({"items": [show(row) for row in page], "next": following, "sorted_by": sorted_by})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
