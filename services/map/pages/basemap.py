"""The operator's base map: one PMTiles file, of which browsers read the parts that they draw (RFC 9110 §14)."""

from fastapi import Request
from fastapi.responses import FileResponse

from services.map.pages.frame import BASEMAP
from shared.problems import NotFound
from shared.web import page_router

router = page_router()
"""Part of the map only where the operator gave a file."""
A_DAY = "public, max-age=86400"


@router.get(BASEMAP)
async def give_basemap(request: Request) -> FileResponse:
    """Give the file, or the part of it that is asked for."""
    file = request.app.state.settings.basemap
    if file is None or not file.is_file():
        raise NotFound
    return FileResponse(file, media_type="application/vnd.pmtiles", headers={"Cache-Control": A_DAY})
