"""Words without accents."""

import pytest

from services.map.domain.folding import folded, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Święto na Łące", "swieto na lace"),
        ("ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "zazolc gesla jazn"),
        ("Straße", "strasse"),
        ("a\u0301  b", "a b"),
        ("№ 5", "no 5"),
        ("", ""),
    ],
)
def test_accents_capitals_and_spaces_do_not_count(text, plain):
    assert folded(text) == plain


def test_each_word_is_looked_for():
    assert words("  Dom  Kultury ") == ("dom", "kultury")
