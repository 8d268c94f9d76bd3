"""Telephone numbers: one form for each, whichever way somebody writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.phones import e164_of, normal_phone


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("112", "112"),
        ("12 345 67 89 wew. 5", "+48 12 345 67 89 wew. 5"),
        ("12 411 41 21, w. 12", "+48 12 411 41 21 wew. 12"),
        ("0-12 411 41 21", "+48 12 411 41 21"),
        ("0048 12 4114121", "+48 12 411 41 21"),
        ("48124114121", "+48 12 411 41 21"),
        ("(+48) 600 444 444", "+48 600 444 444"),
        ("+49 30 901820", "+49 30 901820"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(written: str, kept: str):
    assert normal_phone(written) == kept
    assert normal_phone(kept) == kept


@pytest.mark.parametrize(
    "written", ["411 41 21", "--", "proszę pukać", "12 411 41 21 22 23", "+48 12 411", "600 123 456 / 601"]
)
def test_what_nobody_could_call_is_refused(written: str):
    with pytest.raises(ValueError, match="number"):
        normal_phone(written)


def test_a_number_is_dialled_in_e164_with_its_extension_apart():
    assert e164_of("+48 12 345 67 89 wew. 5") == ("+48123456789", "5")
    assert e164_of("112") == ("112", "")
    assert e164_of("as somebody wrote it: 12") == ("12", "")


@given(st.text(alphabet="0123456789+ ()-/.wex", max_size=30))
def test_whatever_is_written_is_kept_in_a_form_that_stays_or_refused(written: str):
    try:
        kept = normal_phone(written)
    except ValueError:
        return
    assert normal_phone(kept) == kept
