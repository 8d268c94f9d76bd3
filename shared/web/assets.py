"""The files that pages need: style sheet, scripts, font, icons; kept by browsers for ever under their digest."""

from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.types import Scope

from shared.pages import PackedFiles

FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


class Assets(PackedFiles):
    """Files from one folder; an address that names a digest (`?v=`) never changes what it gives."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, and say how long it may be kept."""
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            digest = QueryParams(scope["query_string"]).get("v")
            response.headers["Cache-Control"] = FOR_EVER if digest else AN_HOUR
        return response
