"""What the map counts of each cell is right after a swap, and goes on being right, however the swap ended."""

import asyncio
import signal
import sys
from collections import Counter

import pytest
from sqlalchemy import select

from services.map.domain.cells import FINEST, KEPT_LEVELS, coarser
from services.map.models import Place, PlaceCell
from tests.harness import running
from tests.system.bus.history import history, put
from tests.system.bus.test_rebuild import ROOT, app_of, bus, deliver_all, rebuilt, settings_of, spoil

__all__ = ["bus"]


def _kept(session):
    return {
        (one.level, one.cell, one.kind): _sums(one) for one in session.scalars(select(PlaceCell)) if any(_sums(one))
    }


def _sums(cell):
    return cell.number, cell.latitude_sum, cell.longitude_sum


def _counted(session):
    """Count the places one by one, in Python."""
    numbers, latitudes, longitudes = Counter(), Counter(), Counter()
    stands = (Place.cell.is_not(None), Place.over_at.is_(None), Place.withdrawn.is_(False))
    for place in session.scalars(select(Place).where(*stands)):
        for level in KEPT_LEVELS:
            key = level, coarser(place.cell, FINEST, level), place.kind
            numbers[key] += 1
            latitudes[key] += round(place.latitude * 1_000_000)
            longitudes[key] += round(place.longitude * 1_000_000)
    return {key: (numbers[key], latitudes[key], longitudes[key]) for key in numbers}


async def _is_right(the_map):
    kept, counted = await the_map.database.read(_kept), await the_map.database.read(_counted)
    assert kept == counted
    return kept


def _miscount(session):
    """Let the cells be wrong in every way: one is lost, one invented, the others count too many."""
    for cell in session.scalars(select(PlaceCell).order_by(PlaceCell.level, PlaceCell.cell)):
        cell.number += 3
    session.delete(session.scalars(select(PlaceCell)).first())
    session.add(PlaceCell(level=20, cell=0, kind="venue", number=1, latitude_sum=1, longitude_sum=1))


async def test_a_rebuild_counts_anew_and_every_message_after_it_is_counted(bus, tmp_path, database_url):
    """Fails when the swap leaves the triggers at rest, or trusts what they counted before."""
    told = list(history(150))
    await put(bus, told)
    async with running(app_of("map"), settings_of("map", tmp_path, database_url), with_key=False) as the_map:
        await deliver_all(the_map, told)
        before = await _is_right(the_map)
        await the_map.database.write(_miscount)
        assert (await rebuilt(the_map)).failures == []
        assert await _is_right(the_map) == before
        await deliver_all(the_map, list(history(100, seed=2)))
        assert await _is_right(the_map) != before


async def test_a_swap_that_is_undone_leaves_the_triggers_at_work(bus, tmp_path, database_url):
    """Fails when the triggers rest outside the transaction of the swap."""
    told = list(history(100))
    await put(bus, told)

    def refuse(session):
        count_places(session)
        raise RuntimeError("I cannot count.")

    async with running(app_of("map"), settings_of("map", tmp_path, database_url), with_key=False) as the_map:
        await deliver_all(the_map, told)
        copies = the_map.app.state.bus.copies
        count_places = copies.counts[Place.__table__]
        copies.count(Place, refuse)
        before = await _is_right(the_map)
        with pytest.raises(RuntimeError, match="cannot count"):
            await rebuilt(the_map)
        assert await _is_right(the_map) == before
        await deliver_all(the_map, list(history(60, seed=2)))
        assert await _is_right(the_map) != before


@pytest.mark.parametrize("moment", ["swapping", "counting", "committing", "cleaning"])
async def test_killed_while_the_triggers_rest_the_next_message_is_counted(bus, tmp_path, database_url, moment):
    told = list(history(100))
    await put(bus, told)
    async with running(app_of("map"), settings_of("map", tmp_path, database_url), with_key=False) as the_map:
        await deliver_all(the_map, told)
        await spoil(the_map)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.system.bus.rebuilder", str(tmp_path), database_url, moment, cwd=ROOT
        )
        assert await killed.wait() == -signal.SIGKILL
        before = await _is_right(the_map)
        await deliver_all(the_map, list(history(60, seed=2)))
        assert await _is_right(the_map) != before
