"""What of a thing is searched, whether it is shown at all, and what a typed line asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from services.registry.domain.stems import stem, words

SearchedKind = Literal["organisation", "venue", "resource", "need", "problem", "initiative"]
SEARCHED_KINDS: tuple[SearchedKind, ...] = get_args(SearchedKind)
STEMMER = 1
"""Grows with the rules of `domain.stems` or of what is searched: then every row is made anew."""
TEXTS = ("description", "description_en", "plain_description", "goal", "affected", "conditions", "equipment", "address")
"""The public texts of things, by the names of their columns; a thing has some of them."""
HIDDEN = frozenset({"waiting", "refused", "withdrawn", "merged"})
"""A thing of such a status is shown to nobody who searches."""
SMALL_WORDS = """
a aby albo ale and at by co czy dla do for gdzie i ich in is jak jest lub ma na nad nie o od of on or oraz po pod przy
sa sie ta te the to u w we with z za ze
"""
EMPTY_WORDS = frozenset(SMALL_WORDS.split())
"""Words that say nothing alone; they are left out of what is typed if any other is there."""
MOST_WORDS = 12
SHORTEST_PREFIX = 3


def is_shown(thing: Any) -> bool:
    """Say whether a thing, by itself, may be found: the one place that knows."""
    return getattr(thing, "status", None) not in HIDDEN and getattr(thing, "merged_into_id", None) is None


def texts_of(thing: Any) -> list[str]:
    """Give the public texts of a thing."""
    found = [getattr(thing, name, None) or "" for name in TEXTS]
    return [" ".join(one) if isinstance(one, list | tuple) else str(one) for one in found if one]


@dataclass(frozen=True)
class Term:
    """What one typed word asks for: a stem that occurs, or a word that begins so."""

    word: str
    stem: str
    prefixes: tuple[str, ...] = ()


def terms(typed: str) -> tuple[Term, ...]:
    """Read a typed line; the last word may be one that is still being typed."""
    said = words(typed)
    asked = ([word for word in said if word not in EMPTY_WORDS] or said)[:MOST_WORDS]
    return tuple(Term(word, stem(word), _prefixes(word) if word is asked[-1] else ()) for word in asked)


def on_sqlite(asked: Sequence[Term], *, every: bool) -> str:
    """Write terms as FTS5 takes them (sqlite.org/fts5.html §3); they hold letters and digits alone."""
    each = ["(" + " OR ".join([f'"{term.stem}"', *(f'"{one}"*' for one in term.prefixes)]) + ")" for term in asked]
    return (" AND " if every else " OR ").join(each)


def on_postgresql(asked: Sequence[Term], *, every: bool) -> str:
    """Write terms as `to_tsquery` takes them (PostgreSQL §8.11.2)."""
    each = ["(" + " | ".join([f"'{term.stem}'", *(f"'{one}':*" for one in term.prefixes)]) + ")" for term in asked]
    return (" & " if every else " | ").join(each)


def _prefixes(word: str) -> tuple[str, ...]:
    return tuple(sorted(one for one in {word, stem(word)} if len(one) >= SHORTEST_PREFIX))
