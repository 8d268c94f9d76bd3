"""What a first visit costs, with nothing kept from before: fonts, styles, scripts and the page itself."""

import pytest

from tests.browser.town import PHONE, Opener, Town

KILOBYTE = 1_000
BUDGETS = {"/calendar/": 100, "/calendar/plan": 110, "/map/?view=map": 220}


@pytest.mark.parametrize(("address", "kilobytes"), BUDGETS.items(), ids=BUDGETS)
def test_a_first_visit_stays_in_its_budget(opened: Opener, town: Town, address: str, kilobytes: int) -> None:
    page = opened(width=PHONE, signed_in=True)
    loaded: dict[str, int] = {}
    page.on("requestfinished", lambda request: loaded.update({request.url: request.sizes()["responseBodySize"]}))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len(loaded) >= 4
    assert sum(loaded.values()) <= kilobytes * KILOBYTE, loaded
