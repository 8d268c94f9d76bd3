"""The kernel of the pages: attributes, addresses, the sketch, the packing, the vendored files."""

import hashlib

import pytest
from starlette.datastructures import Headers

from shared.pages import ASSETS, Pages
from shared.pages.packing import takes_gzip
from shared.pages.pages import attributes
from shared.pages.qr import qr_svg
from shared.pages.sketch import place


def rendered(text: str, **values: object) -> str:
    return Pages("calendar").environment.from_string(text).render(service="calendar", language="en", **values)


def test_attributes_are_escaped_and_absent_ones_left_out() -> None:
    assert attributes(a='"<', data_x=1, b=None, c=False, d=True, class_="k") == (
        ' a="&#34;&lt;" data-x="1" d class="k"'
    )


def test_a_field_names_its_hint_and_its_error() -> None:
    html = rendered('{% from "components.html" import field with context %}{{ field("x", "X", "<", "how", "wrong") }}')
    assert '<label for="x">X</label>' in html
    assert 'aria-describedby="x-hint x-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="&lt;"' in html


def test_a_pin_cannot_close_the_script_that_holds_it() -> None:
    html = rendered(
        '{% from "components.html" import map_island with context %}{{ map_island(pins, "Map") }}',
        pins=[{"title": "</script><script>alert(1)"}],
    )
    assert html.count("</script>") == 1


def test_the_sketch_ends_where_the_estate_ends() -> None:
    inside = place(50.0885, 19.9110)
    assert inside is not None
    assert 0 < inside.x < inside.width
    assert place(52.2297, 21.0122) is None


@pytest.mark.parametrize(
    ("header", "takes"), [("gzip, br", True), ("br", False), ("", False), ("gzip;q=0", False), ("gzip; q=0.5", True)]
)
def test_only_who_takes_gzip_gets_it(header: str, takes: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": header})) is takes


def test_the_vendored_files_are_those_that_were_listed() -> None:
    folder = ASSETS / "vendor"
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    listed = {line.split("  ")[1]: line.split("  ")[0] for line in lines}
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert found == listed


def test_the_style_sheet_asks_nobody_else_for_anything() -> None:
    for path in [*ASSETS.glob("*.css"), *ASSETS.glob("*.js"), ASSETS / "vendor" / "leaflet.css"]:
        text = path.read_text().replace("http://www.w3.org", "")
        assert "http://" not in text, path
        assert "https://" not in text, path


def test_a_qr_code_holds_the_address_and_nothing_of_it_is_markup() -> None:
    drawn = qr_svg('https://osiedle.example/?a="<b>&c=d')
    assert drawn.startswith('<svg aria-hidden="true"')
    assert "<b>" not in drawn
    assert len(qr_svg("https://osiedle.example/" + "x" * 300)) > len(drawn)
