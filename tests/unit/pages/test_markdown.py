"""Markdown of what people write: nothing but text and its order comes out, whatever is put in."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.pages.markdown import ELEMENTS, LONGEST, SAFE_LINK, markdown


class Read(HTMLParser):
    """Notes every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Read()
    reader.feed(str(markdown(text)))
    reader.close()
    return reader.seen


TAGS = ("<script>", "</p>", "<img src=x onerror=y>", "<", ">", "onclick=")
MARKS = ("](", "[", "![", ")", '"', "'", "`", "```", "*", "# ", "- ", "1. ", "> ", "\n", "\t")
ADDRESSES = ("javascript:", "data:text/html", "http://a.b", "&", "&#106;", "\x00", "ą", "a")
PIECES = st.sampled_from((*TAGS, *MARKS, *ADDRESSES))


@given(st.lists(PIECES, max_size=40).map("".join))
@example("[x](javascript:alert(1))")
@example("<a href='javascript:x'>y</a>")
@example("[x](  \tJaVaScRiPt:x)")
@example("[x](&#106;avascript:x)")
@example("[x](data:text/html;base64,x)")
@example("[x](//evil.example.org)")
@example("![x](https://evil.example.org/x.png)")
@example("```<script>\nx\n```")
def test_nothing_but_a_few_elements_without_power_comes_out(text: str) -> None:
    for tag, attributes in elements(text):
        assert tag in ELEMENTS
        assert set(attributes) <= {"href", "title", "rel", "class", "start"}, (tag, attributes)
        assert tag == "a" or "href" not in attributes
        assert SAFE_LINK.match(attributes["href"] or "") if "href" in attributes else True


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("raz\ndwa", "<p>raz<br />\ndwa</p>\n"),
        ("- raz\n- **dwa**", "<ul>\n<li>raz</li>\n<li><strong>dwa</strong></li>\n</ul>\n"),
        ("# Tytuł", "<h4>Tytuł</h4>\n"),
        ("##### Głęboko", "<h6>Głęboko</h6>\n"),
        ("[strona](https://a.pl)", '<p><a href="https://a.pl" rel="nofollow noreferrer">strona</a></p>\n'),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("", ""),
    ],
)
def test_what_people_write_is_laid_out(text: str, html: str) -> None:
    assert markdown(text) == html


def test_headings_begin_where_the_page_says() -> None:
    assert markdown("# Tytuł\n\n## Niżej\n\n###### Głęboko", first_heading=2) == (
        "<h2>Tytuł</h2>\n<h3>Niżej</h3>\n<h6>Głęboko</h6>\n"
    )


def test_what_is_too_long_to_read_is_cut() -> None:
    assert markdown("a" * (LONGEST + 1)) == f"<p>{'a' * LONGEST}</p>\n"
