"""Sends pages and their files small: gzip, where the browser takes it."""

import gzip
from functools import lru_cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ASSETS = Path(__file__).parent / "assets"
"""The folder that every service serves at `/<service>/assets/`."""
TEXT = frozenset({".css", ".js", ".json", ".svg", ".txt"})
LEVEL = 6
SMALLEST = 1_000
"""Fewer bytes than these are not worth packing."""


class PackedFiles(StaticFiles):
    """Files of one folder, packed where they are text and the browser takes that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file; each is packed once."""
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse) and response.status_code == 200:
            return _packed_file(response, scope)
        return response


def _packed_file(response: FileResponse, scope: Scope) -> Response:
    file = Path(response.path)
    if file.suffix not in TEXT or not takes_gzip(Headers(scope=scope)):
        return response
    headers = {"ETag": response.headers["etag"], "Last-Modified": response.headers["last-modified"]}
    headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(_packed(file, file.stat().st_mtime_ns), media_type=response.media_type, headers=headers)


@lru_cache(maxsize=256)
def _packed(file: Path, _changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), LEVEL, mtime=0)


def pack(request: Request, response: Response) -> None:
    """Pack a rendered page, where the browser takes that."""
    response.headers.add_vary_header("Accept-Encoding")
    if len(response.body) < SMALLEST or not takes_gzip(request.headers):
        return
    response.body = gzip.compress(bytes(response.body), LEVEL, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))


def takes_gzip(headers: Headers) -> bool:
    """Say whether the other side unpacks gzip (RFC 9110 §12.5.3)."""
    offers = [part.strip().replace(" ", "") for part in headers.get("accept-encoding", "").split(",")]
    return any(offer == "gzip" or (offer.startswith("gzip;q=") and offer != "gzip;q=0") for offer in offers)
