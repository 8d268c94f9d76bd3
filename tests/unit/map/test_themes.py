"""Themes: what a word means, and what lies in what it means."""

from services.map.domain.themes import Theme, meant, with_narrower, words_about

GREENERY = Theme("greenery", "zieleń", "greenery")
GARDENING = Theme("gardening", "ogrodnictwo", "gardening", "greenery", ("ogród", "działka"))
COMPOST = Theme("compost", "kompost", "compost", "gardening")
DANCE = Theme("dance", "taniec", "dance")
ALL = (COMPOST, DANCE, GARDENING, GREENERY)


def test_a_theme_is_meant_by_its_code_its_names_and_its_synonyms() -> None:
    for written in ("gardening", "Ogrodnictwo", "OGROD", " działka "):
        assert meant(written, ALL) == (GARDENING,)
    assert meant("ogro", ALL) == ()
    assert meant("", ALL) == ()


def test_of_two_themes_with_a_word_the_one_whose_code_it_is_comes_first() -> None:
    other = Theme("allotments", "działki", "allotments", synonyms=("gardening",))
    assert meant("gardening", (other, *ALL)) == (GARDENING, other)


def test_a_theme_has_the_narrower_ones_with_it_at_any_depth_and_not_the_wider() -> None:
    assert set(with_narrower([GREENERY], ALL)) == {GREENERY, GARDENING, COMPOST}
    assert with_narrower([COMPOST], ALL) == (COMPOST,)


def test_a_circle_of_themes_ends() -> None:
    circle = (Theme("a", "a", "a", "b"), Theme("b", "b", "b", "a"))
    assert set(with_narrower(circle[:1], circle)) == set(circle)


def test_a_theme_is_found_by_all_its_words_and_an_unknown_word_by_itself() -> None:
    assert words_about("zieleń", ALL) == (
        "compost", "dzialka", "gardening", "greenery", "kompost", "ogrod", "ogrodnictwo", "zielen",
    )  # fmt: skip
    assert words_about("Ruch", ALL) == ("ruch",)
