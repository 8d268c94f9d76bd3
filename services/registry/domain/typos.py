"""Words that were mistyped: how far apart two words are, and which known word was meant."""

from collections.abc import Iterable

from services.registry.domain.stems import stem

SHORTEST = 4
"""In shorter words one letter makes another word: they are not guessed."""
LONG = 7
"""So many letters may hold two mistakes, fewer one."""
TOO_MANY = 3


def trigrams(word: str) -> frozenset[str]:
    """Give all parts of three letters, the word's beginning and end marked by a space."""
    marked = f" {word} "
    return frozenset(marked[place : place + 3] for place in range(len(marked) - 2))


def meant(word: str, known: Iterable[str]) -> list[str]:
    """Give the known words that this one may be a slip of, in the same form or in another, the nearest first."""
    if len(word) < SHORTEST or not word.isalpha():
        return []
    parts = trigrams(word)
    near = [(_slips(word, one), -len(parts & trigrams(one)), one) for one in known if one != word]
    return [one for slips, _, one in sorted(near) if slips < TOO_MANY]


def _slips(word: str, known: str) -> int:
    """Count the slips between two words, or between their stems; beyond what their length allows it says `TOO_MANY`."""
    counts = []
    for one, other in ((word, known), (stem(word), stem(known))):
        most = 0 if len(one) < SHORTEST else 1 if len(one) < LONG else 2
        count = distance(one, other, most)
        counts.append(count if count <= most else TOO_MANY)
    return min(counts)


def distance(one: str, other: str, most: int) -> int:
    """Count the letters to add, leave out, exchange or swap with the next (Damerau); beyond `most` it says `most + 1`.

    The two must begin alike or with two letters swapped: slips in the first letter are rare, and other words many.
    """
    if abs(len(one) - len(other)) > most or (one[:1] != other[:1] and one[:2] != other[1::-1]):
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        previous, row, earlier = row, [place], before
        for index, wanted in enumerate(other, 1):
            cost = min(previous[index] + 1, row[index - 1] + 1, previous[index - 1] + (letter != wanted))
            if place > 1 and index > 1 and letter == other[index - 2] and one[place - 2] == wanted:
                cost = min(cost, earlier[index - 2] + 1)
            row.append(cost)
        before = previous
    return min(row[-1], most + 1)
