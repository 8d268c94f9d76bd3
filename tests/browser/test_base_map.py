"""A base map of the operator's: fetched only where there is one, in parts, and drawn within the budget."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import watch
from tests.browser.town import DESKTOP, Noted
from tests.service.map.builders import a_base_map
from tests.system.stack import Embedded

BUDGET = 220_000
PAINTED = """() => [...document.querySelectorAll(".leaflet-tile-pane canvas")].some((canvas) =>
  canvas.width && canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] > 0)"""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Embedded]:
    file = tmp_path / "azory.pmtiles"
    file.write_bytes(a_base_map())
    embedded = Embedded(tmp_path / "data", demo=False, OSIEDLE_BASEMAP=str(file))
    embedded.start()
    yield embedded
    embedded.stop()


def test_the_operators_file_is_drawn_under_the_pins_within_the_budget(chromium: Browser, stack: Embedded) -> None:
    context = chromium.new_context(viewport={"width": DESKTOP, "height": 900}, base_url=stack.address)
    noted = Noted()
    watch(context, noted, refused=False)
    page = context.new_page()
    loaded: list[tuple[str, int]] = []
    page.on("requestfinished", lambda request: loaded.append((request.url, request.sizes()["responseBodySize"])))
    page.goto("/map/")
    page.wait_for_function(PAINTED)
    page.wait_for_load_state("networkidle")

    assert "OpenStreetMap" in page.locator(".leaflet-control-attribution").inner_text()
    assert any(address.endswith("/map/basemap.pmtiles") for address, _ in loaded)
    assert sum(size for _, size in loaded) <= BUDGET, loaded
    assert noted == Noted()
    context.close()
