"""Asks for everything that can be asked for: every address of every service, with the ids that are there."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote

import httpx
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tests.system.stack import SERVICES

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
AT_MOST = 6
"""So many ids of one kind are tried, from the first to the last."""
STREAMS = ("/stream",)
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Address:
    """What can be asked for: method, path with its ids filled in, the route it belongs to, and its query parameters."""

    method: str
    path: str
    route: str
    query: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_page(self) -> bool:
        """Say whether a browser asks for it."""
        return "/api/" not in self.route


@dataclass
class Routes:
    """Every route of the four services, as their OpenAPI documents and their own tables of routes name them."""

    documents: Mapping[str, Any]
    pages: list[tuple[str, str, list[dict[str, Any]]]]
    """Method, path and query parameters of each page, feed and document."""

    @classmethod
    def of(cls, folder: Path, documents: Mapping[str, Any]) -> "Routes":
        """Read the routes that are in no document from the services themselves, built but not started."""
        pages = [
            (method, str(route.path), _asked_by(route.original_route.dependant))
            for service in SERVICES
            for route in iter_route_contexts(_app_of(service, folder).routes)
            if isinstance(route.original_route, APIRoute) and "/api/" not in str(route.path)
            for method in route.methods or ()
        ]
        return cls(documents, pages)

    def described(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Give method, path and description of every operation of the four documents."""
        for document in self.documents.values():
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    yield method.upper(), path, operation

    def lists(self) -> list[str]:
        """Give the addresses that can be read in JSON, those with fewer ids first."""
        found = [path for method, path, _ in self.described() if method == "GET" and not path.endswith(STREAMS)]
        return sorted(found, key=lambda path: path.count("{"))


def _asked_by(dependant: Dependant) -> list[dict[str, Any]]:
    """Give the query parameters of a page, with the words of a choice, as an OpenAPI document would."""
    own = [{"name": one.alias, "schema": _choice_in(one.field_info.annotation)} for one in dependant.query_params]
    return own + [asked for one in dependant.dependencies for asked in _asked_by(one)]


def _choice_in(annotation: Any) -> dict[str, Any]:
    return {"enum": list(get_args(annotation))} if get_origin(annotation) is Literal else {}


def _app_of(service: str, folder: Path) -> Any:
    settings = import_module(f"services.{service}.settings").Settings(data=folder, connected=False, working=False)
    return import_module(f"services.{service}.app").create_app(settings)


class Ids:
    """What to write into the braces of a path: the ids that an administrator finds in the list before them."""

    def __init__(self, http: httpx.Client, routes: Routes, known: Mapping[str, Iterable[str]]) -> None:
        self.of_list: dict[str, list[str]] = {}
        self.named: dict[str, list[str]] = defaultdict(list, {name: list(ids) for name, ids in known.items()})
        lists = routes.lists()
        names = {
            path[: match.start() - 1]: match[1] for path in [*lists, *_other_paths(routes)] for match in _last(path)
        }
        for template in lists:
            for path in self.filled(template):
                self._read(http, path, names.get(template))

    def filled(self, template: str) -> list[str]:
        """Write a path out with every id; those of the list before a brace count first, then those of its name."""
        begun = [""]
        rest = template
        while match := PARAMETER.search(rest):
            before, rest = rest[: match.start()], rest[match.end() :]
            begun = [
                f"{start}{before}{quote(value, safe='')}"
                for start in begun
                for value in spread(self.of_list.get(f"{start}{before}".rstrip("/")) or self.named[match[1]])
            ]
        return [start + rest for start in begun]

    def _read(self, http: httpx.Client, path: str, name: str | None) -> None:
        answer = http.get(path, params={"limit": 200})
        answer = http.get(path) if answer.status_code == 422 else answer
        if answer.status_code != 200 or "json" not in answer.headers["content-type"]:
            return
        rows = answer.json().get("items") if isinstance(answer.json(), dict) else None
        ids = [str(row["id"]) for row in rows or () if isinstance(row, dict) and "id" in row]
        if ids:
            self.of_list[path] = ids
            if name:
                self.named[name] = list(dict.fromkeys([*self.named[name], *ids]))


def spread(ids: list[str]) -> list[str]:
    """Give some of many ids, from the first to the last."""
    return ids[:: max(1, -(-len(ids) // AT_MOST))]


def _other_paths(routes: Routes) -> list[str]:
    return [path for _, path, _ in routes.described()] + [path for _, path, _ in routes.pages]


def _last(path: str) -> list[re.Match[str]]:
    return list(PARAMETER.finditer(path))[-1:]


def reading(routes: Routes, ids: Ids) -> list[Address]:
    """Give everything that can be read: each address plain, and once for each value of its query parameters."""
    found: list[Address] = []
    for method, template, operation in routes.described():
        if method == "GET" and not template.endswith(STREAMS):
            query = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
            found += [Address("GET", path, template, query) for path in ids.filled(template)]
    for method, template, asked in routes.pages:
        if method == "GET":
            found += [Address("GET", path, template, asked) for path in ids.filled(template)]
    return found


def questions(address: Address, ids: Ids) -> Iterator[dict[str, str]]:
    """Give the queries to ask an address with: small pages, some words of a choice, ids to filter by."""
    yield {}
    for parameter in address.query:
        name, schema = parameter["name"], parameter.get("schema", {})
        if name == "limit":
            yield {"limit": "2"}
        for value in itertools.islice(_choices(schema), 3):
            yield {name: value}
        for value in ids.named.get(name if name.endswith("_id") else f"{name}_id", [])[:2]:
            yield {name: value}


def _choices(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(value) for value in schema.get("enum", ()))
    for part in schema.get("anyOf", ()):
        yield from _choices(part)
    if "items" in schema:
        yield from _choices(schema["items"])
