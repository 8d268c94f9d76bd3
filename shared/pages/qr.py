"""QR codes that lead from paper to a page: drawn as SVG where the page is rendered, no picture to fetch."""

from markupsafe import Markup


def qr_svg(address: str) -> Markup:
    """Draw an address as an inline SVG that is sized by the style sheet (class `qr`), with its quiet zone.

    A seventh of the code may be torn or wet (level M). It is decoration to those who listen: the address must stand
    beside it in words. Of an address that no code can hold nothing is drawn.
    """
    import segno  # only what goes on paper has codes

    try:
        code = segno.make_qr(address, error="m")
    except segno.DataOverflowError:
        return Markup()
    drawn = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    hidden = drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return Markup(hidden)  # noqa: S704 it holds numbers of a path, and nothing that anybody wrote
