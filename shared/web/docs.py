"""`/<service>/docs`: the API described in `openapi.json`, readable by people."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse


def docs_router(service: str) -> APIRouter:
    """Make the route `/<service>/docs`."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"/{service}/docs")
    async def docs(request: Request) -> Response:
        """Show the API as a page."""
        return JSONResponse(request.app.openapi())

    return router
