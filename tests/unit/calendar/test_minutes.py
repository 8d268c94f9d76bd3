"""Minutes as one Markdown text: plain words stay plain, whatever they look like."""

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.minutes import Headings, Line, Point, Written, minutes_text, narrowest, plain
from shared.pages.markdown import markdown

CONTROL: tuple[Literal["C"]] = ("C",)
HEADINGS = Headings("Porządek", "Obecni", "Przebieg", "Ustalenia", "Zadania")


def test_everything_that_is_written_stands_under_its_heading():
    written = Written(
        when="wtorek, 3 marca 2026",
        place="Sala *nr* 1",
        agenda=(Point("Ławki"), Point("Zieleń")),
        attendance=("Klub: 3 osoby",),
        minutes="Rozmawiano o **ławkach**.",
        decisions=(Line("Kupić ławki", ("Klub", "", "zrobione")),),
        tasks=(Line("Zapytać o cenę"),),
    )
    assert minutes_text(written, HEADINGS) == (
        "wtorek, 3 marca 2026, Sala \\*nr\\* 1\n\n"
        "# Obecni\n\n- Klub: 3 osoby\n\n"
        "# Porządek\n\n1. Ławki\n2. Zieleń\n\n"
        "# Przebieg\n\nRozmawiano o **ławkach**.\n\n"
        "# Ustalenia\n\n- Kupić ławki (Klub; zrobione)\n\n"
        "# Zadania\n\n- Zapytać o cenę\n"
    )


def test_what_was_said_of_a_point_stands_under_it():
    text = minutes_text(Written("dziś", agenda=(Point("Ławki", "Będą *trzy*."), Point("Zieleń"))), HEADINGS)
    assert "## 1. Ławki\n\nBędą *trzy*.\n\n## 2. Zieleń" in text


def test_what_is_empty_is_left_out():
    assert minutes_text(Written("dziś"), HEADINGS) == "dziś\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=CONTROL), max_size=60))
def test_plain_words_are_read_as_they_are(text):
    words = " ".join(text.split())
    shown = str(markdown(plain(text))).removeprefix("<p>").removesuffix("</p>\n")
    for tag, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        shown = shown.replace(tag, letter)
    assert shown == words


def test_of_two_audiences_the_narrower_counts():
    assert narrowest("public", "members") == "members"
    assert narrowest("partners", "public") == "partners"
