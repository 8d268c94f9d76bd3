"""Paper: a poster is one sheet of the chosen size whatever stands on it, and nothing but the sheet is printed."""

import re
from typing import Any

from tests.browser.town import DESKTOP, Opener, Town

SIZES = {"a4": (595, 842), "a3": (842, 1191)}
"""In points."""


def sheets(document: bytes) -> list[tuple[int, int]]:
    """Give the size of each page of a PDF as Chromium writes it."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", document)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def test_a_poster_is_one_sheet_and_its_code_is_on_it(opened: Opener, town: Town) -> None:
    words = "Bardzo długi opis tego, co się będzie działo. " * 60
    values: dict[str, Any] = {"description": words, "audiences": ["families"], "accessibility": "Pomożemy wejść."}
    title = "Spotkanie z bardzo długim tytułem, którego nikt by nie zmieścił w jednej linii na plakacie"
    event = town.stack.plan(title, town.ids["hall"], town.ids["ours"], days=20, hour=6, **values)
    page = opened(width=DESKTOP)
    for size, points in SIZES.items():
        page.emulate_media(media="null")
        page.goto(f"/calendar/events/{event['id']}/poster?size={size}")
        assert sheets(page.pdf(prefer_css_page_size=True)) == [points]
        page.emulate_media(media="print")
        for away in (".masthead", ".foot", ".print-bar"):
            assert not page.locator(away).is_visible()
        sheet, code = page.locator(".poster").bounding_box(), page.locator(".poster .qr").bounding_box()
        assert sheet
        assert code
        assert code["y"] + code["height"] <= sheet["y"] + sheet["height"]
        assert code["width"] > 100


def test_a_notice_board_is_as_many_sheets_as_it_needs(opened: Opener) -> None:
    page = opened(width=DESKTOP)
    page.goto("/calendar/print?size=a3")
    printed = sheets(page.pdf(prefer_css_page_size=True))
    assert set(printed) == {SIZES["a3"]}
    page.goto("/calendar/month")
    assert sheets(page.pdf())
