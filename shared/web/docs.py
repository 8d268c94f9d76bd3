"""What a service says of itself: its API as a page, its messages as a page, as AsyncAPI and as JSON Schemas."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from shared import asyncapi
from shared.messages import TYPES, Message
from shared.problems import NotFound
from shared.web.api import page_router

METHODS = ("get", "post", "put", "patch", "delete")


def docs_router(service: str) -> APIRouter:
    """Make the routes `/<service>/docs`, `messages`, `asyncapi.json` and `schemas/<type>.json` (`ce-dataschema`)."""
    router = page_router(f"/{service}")

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        """Show the API as a page."""
        description = request.app.openapi()
        operations = list(operations_of(description))
        page: Response = request.app.state.pages.page(request, "docs.html", operations=operations)
        return page

    @router.get("/messages")
    async def messages(request: Request) -> Response:
        """Show what the service tells and hears on the bus as a page."""
        shown = asyncapi.shown_by(service, _heard(request))
        told = [_message_of(message, service) for message in asyncapi.told_by(service)]
        heard = [_message_of(TYPES[name], service if name in shown else TYPES[name].owner) for name in _heard(request)]
        page: Response = request.app.state.pages.page(request, "messages.html", told=told, heard=heard)
        return page

    @router.get("/asyncapi.json")
    async def described(request: Request) -> JSONResponse:
        """Give what the service tells and hears on the bus."""
        return JSONResponse(asyncapi.document(service, _heard(request)))

    @router.get("/schemas/{type_name}.json")
    async def schema(request: Request, type_name: str) -> JSONResponse:
        """Give the JSON Schema of one message's body."""
        message = asyncapi.shown_by(service, _heard(request)).get(type_name)
        if message is None:
            raise NotFound
        return JSONResponse(asyncapi.schema_of(message), media_type="application/schema+json")

    return router


def _heard(request: Request) -> tuple[str, ...]:
    heard: tuple[str, ...] = getattr(request.app.state.bus, "heard_types", ())
    return heard


def _message_of(message: type[Message], shown_by: str) -> dict[str, Any]:
    """Give of one message what a page shows; `shown_by` is the service that has its schema."""
    schema = asyncapi.schema_of(message)
    return {
        "type": message.type,
        "summary": asyncapi.summary_of(message),
        "subject": message.subject_pattern(),
        "stream": message.stream,
        "schema": f"/{shown_by}/schemas/{message.type}.json",
        "fields": [
            {"name": name, "type": _type_of(field), "required": name in schema.get("required", ())}
            for name, field in schema["properties"].items()
        ],
    }


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
