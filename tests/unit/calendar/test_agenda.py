"""An agenda: what becomes of an item, by whom; the order of items; whether all of it fits."""

from dataclasses import dataclass
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calendar.domain.agenda import ItemState, balance, begins_after, may_become, placed


@dataclass(frozen=True)
class Item:
    minutes_planned: int | None


TURNS = {
    ("proposed", "accepted"): "hosts",
    ("proposed", "refused"): "hosts",
    ("accepted", "refused"): "hosts",
    ("refused", "accepted"): "hosts",
    ("proposed", "withdrawn"): "proposer",
    ("accepted", "withdrawn"): "proposer",
}


@pytest.mark.parametrize("before", get_args(ItemState))
@pytest.mark.parametrize("after", get_args(ItemState))
def test_hosts_decide_and_whoever_proposed_takes_back(before: ItemState, after: ItemState) -> None:
    by = TURNS.get((before, after))
    assert may_become(before, after, hosts=True, proposer=False) is (by == "hosts")
    assert may_become(before, after, hosts=False, proposer=True) is (by == "proposer")
    assert may_become(before, after, hosts=True, proposer=True) is (by is not None)
    assert not may_become(before, after, hosts=False, proposer=False)


def test_minutes_are_set_against_the_length_of_the_meeting() -> None:
    items = [Item(30), Item(None), Item(45)]
    assert (balance(items, 60).planned, balance(items, 60).over, balance(items, 90).over) == (75, 15, 0)
    assert begins_after(items) == [0, 30, None]
    assert begins_after([]) == []


@given(st.lists(st.text(min_size=1), min_size=1, unique=True), st.integers(-3, 300), st.data())
def test_an_item_is_put_where_it_was_wished_and_the_others_keep_their_order(
    ids: list[str], position: int, data: st.DataObject
) -> None:
    moved = data.draw(st.sampled_from(ids))
    order = placed(ids, moved, position)
    assert sorted(order) == sorted(ids)
    assert order.index(moved) == min(max(position, 1), len(ids)) - 1
    assert [one for one in order if one != moved] == [one for one in ids if one != moved]
