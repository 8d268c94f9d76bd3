"""Keeping small numbers back: a count of fewer than five people is not shown, nor what would give it away."""

from collections.abc import Mapping

SMALLEST = 5


def withheld(cells: Mapping[str, int]) -> tuple[frozenset[str], bool]:
    """Say which cells of one table, and whether their total, are not shown; nothing of either is negative.

    A cell of 1 to 4 is kept back. The total minus what is shown gives the sum of what is not: so larger cells are kept
    back too, the smallest first, until each small one could still be anything from 1 to 4 to somebody who knows that
    sum, and which of the cells are small. Where that takes more cells than there are, the total is kept back.
    """
    small = [name for name, count in cells.items() if 0 < count < SMALLEST]
    larger = sorted((count, name) for name, count in cells.items() if count >= SMALLEST)
    kept = list(small)
    while small and not _is_safe(cells, small, kept):
        if not larger:
            return frozenset(small), True
        kept.append(larger.pop(0)[1])
    return frozenset(kept), False


def _is_safe(cells: Mapping[str, int], small: list[str], kept: list[str]) -> bool:
    """Say whether every small cell could be any of 1 to 4, given the sum of all that are kept back."""
    known_sum = sum(cells[name] for name in kept)
    large = len(kept) - len(small)
    least = (len(small) - 1) + SMALLEST * large
    most = None if large else (SMALLEST - 1) * (len(small) - 1)
    return known_sum - (SMALLEST - 1) >= least and (most is None or known_sum - 1 <= most)
