"""Words without accents."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.map.domain.folding import WITHOUT_DECOMPOSITION, folded, words


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


@given(st.text() | st.text("ąĄćłŁ́̈ \u0345ΆῼßİŉДй한ﬁ№"))
def test_letter_by_letter_gives_what_unicode_says_of_the_whole_text(text):
    """Fails where a letter is folded otherwise when it stands beside others."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    assert folded(text) == " ".join(plain.casefold().translate(WITHOUT_DECOMPOSITION).split())


def test_each_word_is_looked_for():
    assert words("  Dom  Kultury ") == ("dom", "kultury")
