"""Questions of one shape are one statement, with values of their own; a row is told as the shape of a place says."""

from datetime import UTC, datetime

import pytest

from services.map.domain.areas import Box
from services.map.queries import TOLD, PlaceFound, Wanted
from services.map.queries.wanted import conditions, lies_in, may_lie_in
from services.map.schemas import Place, place_item

NOON = datetime(2031, 5, 8, 12, tzinfo=UTC)
LATER = datetime(2031, 5, 9, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"kinds": ("venue",)}, {"kinds": ("need", "fact")}),
        ({"text": "klub seniora"}, {"text": "dom kultury"}),
        ({"audiences": ("seniors",)}, {"audiences": ("youth",)}),
        ({"lends": "space sala"}, {"lends": "equipment rzutnik"}),
        ({"this_week": True, "step_free": True}, {"this_week": True, "step_free": True}),
    ],
)
def test_questions_of_one_shape_have_the_same_conditions_and_values_of_their_own(one, other):
    first, second = conditions(None, Wanted(**one), NOON), conditions(None, Wanted(**other), LATER)

    assert all(mine is theirs for mine, theirs in zip(first.clauses, second.clauses, strict=True))
    assert first.values.keys() == second.values.keys()
    assert first.values != second.values


def test_boxes_that_need_as_many_ranges_are_one_condition():
    one, other = Box(19.9, 50.05, 19.901, 50.051), Box(19.9, 50.05, 19.901, 50.0510001)

    assert lies_in(one).clauses == lies_in(other).clauses
    assert may_lie_in(one).clauses == may_lie_in(other).clauses
    assert lies_in(one).values != lies_in(other).values


def test_questions_of_different_shapes_differ():
    shapes = [{}, {"step_free": True}, {"text": "klub"}, {"text": "klub seniora"}, {"this_week": True}]

    assert len({conditions(None, Wanted(**one), NOON).clauses for one in shapes}) == len(shapes)


def test_a_place_is_told_by_exactly_the_names_of_its_shape():
    row = FakeRow(TOLD)

    assert place_item(PlaceFound(row, ())).keys() == Place.model_fields.keys()


def test_what_a_row_has_besides_is_not_told():
    row = FakeRow((*TOLD, "kept to ourselves"))

    assert "kept to ourselves" not in place_item(PlaceFound(row, ())).values()


class FakeRow(tuple):
    """A row whose values are the names of its columns, with what a list reads by name."""

    __slots__ = ()
    name, name_in_english, organisation_name = "Klub", None, None
