"""Markdown as people write it at meetings, as HTML that can hold nothing else than text and its order.

What they type is never HTML: a tag is shown as it was typed. The reader makes these elements alone: paragraphs, line
breaks, lists, headings (small ones, so that they stand below those of the page), emphasis, code, quotations, rules and
links to the web, to mail and within the site; no images, so that a page asks nobody else for anything.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

FIRST_HEADING = 4
LONGEST = 200_000
"""Letters; what is longer is cut, so that nobody keeps a worker busy with one page."""
SAFE_LINK = re.compile(r"(https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
ELEMENTS = frozenset(
    {"p", "br", "ul", "ol", "li", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "blockquote", "hr", "a"}
)
"""All that can come out."""


class _Renderer(RendererHTML):
    """Writes headings below the page's own, and links that lead away without saying from where."""

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Write a heading of the page's order."""
        return f"<{_heading(tokens[idx].tag, env)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """End such a heading."""
        return f"</{_heading(tokens[idx].tag, env)}>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Write a link, which vouches for nothing."""
        token = tokens[idx]
        token.attrSet("rel", "nofollow noreferrer")
        return self.renderToken(tokens, idx, options, env)


def _heading(tag: str, env: EnvType) -> str:
    return f"h{min(6, env['first_heading'] + int(tag[1:]) - 1)}"


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    reader.disable(["image", "html_inline", "html_block"])
    reader.validateLink = lambda url: SAFE_LINK.match(url.strip()) is not None  # type: ignore[method-assign]
    return reader


_READER = _reader()


def markdown(text: str, first_heading: int = FIRST_HEADING) -> Markup:
    """Give a text in Markdown (CommonMark without HTML and images) as safe HTML, headings from this level on."""
    return Markup(_READER.render(text[:LONGEST], {"first_heading": first_heading}))  # noqa: S704 made of the elements above alone, with every text escaped
