"""Cells: the squares of web maps (EPSG:3857) as whole numbers, so that what lies near has numbers that lie near.

A cell of level z is one of the 2^z × 2^z squares of the world; its number interleaves the bits of its column and row
(Z-order), so that all cells inside a bigger one are one range of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import asinh, floor, pi, radians, tan

from services.map.domain.areas import Box

FINEST = 24
"""The level of the cell that each place has: about two metres wide at the equator."""
EDGE = 85.05112877980659
"""Web maps end at this latitude; what is beyond counts as there."""
GRID = 2
"""A tile of a web map holds 4 × 4 cells of a cluster map: 64 pixels each."""
KEPT_LEVELS = (8, 11, 14, 17, 20)
"""Levels at which it is kept how many places there are in each cell."""

SPREAD = tuple(sum((number >> bit & 1) << 2 * bit for bit in range(8)) for number in range(256))
"""Every number of eight bits with a zero bit before each of them."""

Range = tuple[int, int]
"""The lowest and the highest number, both included."""


def cell_of(latitude: float, longitude: float, level: int = FINEST) -> int:
    """Give the cell in which a point lies."""
    column, row = _column(longitude, level), _row(latitude, level)
    return _spread(column) | _spread(row) << 1


def coarser(cell: int, level: int, wanted: int) -> int:
    """Give the cell of a coarser level that holds a cell of `level`."""
    return cell >> 2 * (level - wanted)


def within(cell: int, level: int, finer: int = FINEST) -> Range:
    """Give the numbers of all cells of a finer level that lie in a cell of `level`."""
    shift = 2 * (finer - level)
    return cell << shift, ((cell + 1) << shift) - 1


def kept_level(level: int) -> int | None:
    """Give the coarsest kept level from which a level can be counted; none where it is finer than all."""
    return next((kept for kept in KEPT_LEVELS if kept >= level), None)


@dataclass(frozen=True)
class Window:
    """The cells of one level that a box touches: columns and rows, both ends included."""

    level: int
    west: int
    north: int
    east: int
    south: int

    @property
    def number(self) -> int:
        """How many cells it has."""
        return (self.east - self.west + 1) * (self.south - self.north + 1)

    def coarser(self) -> Window:
        """Give the cells of the level above that hold these."""
        return Window(self.level - 1, self.west >> 1, self.north >> 1, self.east >> 1, self.south >> 1)

    def holds(self, cell: int) -> bool:
        """Say whether a cell of this level is one of it."""
        return self.west <= _gather(cell) <= self.east and self.north <= _gather(cell >> 1) <= self.south


def windows(box: Box, level: int) -> tuple[Window, ...]:
    """Give the cells of a level that a box touches; two windows where it crosses the 180th meridian."""
    parts = [(box.west, box.east)]
    if box.crosses_the_date_line:
        parts = [(box.west, 180.0), (-180.0, box.east)]
    north, south = _row(box.north, level), _row(box.south, level)
    return tuple(Window(level, _column(west, level), north, _column(east, level), south) for west, east in parts)


def level_for(box: Box, zoom: int, most: int) -> int:
    """Give the level of the cluster map at a zoom of web maps, coarser where the box would have over `most` cells."""
    level = min(zoom + GRID, FINEST)
    while level > 0 and sum(window.number for window in windows(box, level)) > most:
        level -= 1
    return level


def ranges(box: Box, level: int = FINEST, most: int = 16) -> list[Range]:
    """Cover a box by at most `most` ranges of cells of `level`; they may hold some that lie outside of it."""
    touched = windows(box, level)
    while touched[0].level > 0 and sum(window.number for window in touched) > most:
        touched = tuple(window.coarser() for window in touched)
    coarse = touched[0].level
    cells = sorted(cell for window in touched for cell in _cells(window))
    found: list[Range] = []
    for low, high in (within(cell, coarse, level) for cell in cells):
        if found and found[-1][1] + 1 >= low:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found


def _cells(window: Window) -> Iterator[int]:
    for row in range(window.north, window.south + 1):
        for column in range(window.west, window.east + 1):
            yield _spread(column) | _spread(row) << 1


def _column(longitude: float, level: int) -> int:
    return _clamped((longitude + 180) / 360, level)


def _row(latitude: float, level: int) -> int:
    """Give the row, from the north (Mercator's projection)."""
    inside = min(max(latitude, -EDGE), EDGE)
    return _clamped((1 - asinh(tan(radians(inside))) / pi) / 2, level)


def _clamped(part: float, level: int) -> int:
    number: int = 1 << level
    return min(max(floor(part * number), 0), number - 1)


def _spread(number: int) -> int:
    """Put a zero bit before every bit of a number below 2^24, byte by byte."""
    return SPREAD[number & 255] | SPREAD[number >> 8 & 255] << 16 | SPREAD[number >> 16] << 32


def _gather(cell: int) -> int:
    """Take every second bit, from the lowest: the column; of the cell shifted by one the row."""
    cell &= 0x5555555555555555
    cell = (cell | cell >> 1) & 0x3333333333333333
    cell = (cell | cell >> 2) & 0x0F0F0F0F0F0F0F0F
    cell = (cell | cell >> 4) & 0x00FF00FF00FF00FF
    cell = (cell | cell >> 8) & 0x0000FFFF0000FFFF
    return (cell | cell >> 16) & 0x00000000FFFFFFFF
