"""Markdown that people write, as HTML that is safe to show: no tags of theirs, no pictures from elsewhere."""

from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

LONGEST = 200_000
"""Letters; what is longer is cut, so that nobody keeps a worker busy with one page."""
SMALLEST_HEADING = 6


def rendered(text: str) -> Markup:
    """Render CommonMark as HTML to put into a page whose heading is an `h1`: headings begin at `h2`.

    Tags are shown as they were typed, links lead to http, https, mailto or this site and pass nothing on, and a
    picture is but its description: no request leaves for what somebody wrote.
    """
    return Markup(_markdown().render(text[:LONGEST]))  # noqa: S704 - the parser escapes all but its own tags


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable("strikethrough")
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    for name in ("heading_open", "heading_close"):
        parser.add_render_rule(name, _lower)
    parser.add_render_rule("link_open", _plain_link)
    parser.add_render_rule("image", _description)
    return parser


def _is_allowed(url: str) -> bool:
    address = url.strip().lower()
    return address.startswith(("http://", "https://", "mailto:", "/", "#")) and not address.startswith("//")


def _lower(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    number: int,
    options: OptionsDict,
    _kept: MutableMapping[str, Any],
) -> str:
    """Make a heading one smaller, for the page has one of its own."""
    level = min(int(tokens[number].tag[1]) + 1, SMALLEST_HEADING)
    token = tokens[number].copy(tag=f"h{level}")
    return renderer.renderToken([*tokens[:number], token, *tokens[number + 1 :]], number, options, {})


def _plain_link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    number: int,
    options: OptionsDict,
    _kept: MutableMapping[str, Any],
) -> str:
    tokens[number].attrSet("rel", "noreferrer nofollow")
    return renderer.renderToken(tokens, number, options, {})


def _description(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    number: int,
    options: OptionsDict,
    kept: Mapping[str, Any],
) -> str:
    return renderer.renderInlineAsText(tokens[number].children or [], options, dict(kept))
