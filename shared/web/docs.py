"""`/<service>/docs`, what `openapi.json` says as a page for people, and `/<service>/asyncapi.json`, what is told."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from shared import asyncapi

METHODS = ("get", "post", "put", "patch", "delete")


def docs_router(service: str) -> APIRouter:
    """Make the routes `/<service>/docs` and `/<service>/asyncapi.json`."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"/{service}/docs")
    async def docs(request: Request) -> Response:
        """Show the API as a page."""
        description = request.app.openapi()
        operations = list(operations_of(description))
        page: Response = request.app.state.pages.page(request, "docs.html", operations=operations)
        return page

    @router.get(f"/{service}/asyncapi.json")
    async def messages(request: Request) -> JSONResponse:
        """Give what the service tells and hears on the bus."""
        heard = getattr(request.app.state.bus, "heard_types", ())
        return JSONResponse(asyncapi.document(service, heard))

    return router


def operations_of(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every operation of an OpenAPI document: method, path, summary, parameters, body."""
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                yield _operation(method, path, methods[method], description)


def _operation(method: str, path: str, operation: dict[str, Any], description: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("description") or operation.get("summary", ""),
        "parameters": [
            {"name": one["name"], "place": one["in"], "required": one.get("required", False)}
            for one in operation.get("parameters", [])
        ],
        "body": sorted(_fields(content, description)),
    }


def _fields(content: dict[str, Any], description: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the fields of a JSON body with their types."""
    schema = content.get("application/json", {}).get("schema", {})
    named = schema.get("$ref", "").rpartition("/")[2]
    schema = description.get("components", {}).get("schemas", {}).get(named, schema)
    for name, field in schema.get("properties", {}).items():
        yield name, _type_of(field)


def _type_of(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_type_of(one) for one in field["anyOf"])
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if field.get("type") == "array":
        return f"[{_type_of(field.get('items', {}))}]"
    kind: str = field.get("format") or field.get("type") or field.get("$ref", "object").rpartition("/")[2]
    return kind
