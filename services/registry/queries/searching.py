"""Searching all that is public: by stems, by the beginning of the last word, and past slips of the finger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.registry.domain import typos
from services.registry.domain.searching import (
    SEARCHED_KINDS,
    SearchedKind,
    Term,
    is_shown,
    on_postgresql,
    on_sqlite,
    terms,
    texts_of,
)
from services.registry.domain.stems import stem, words
from services.registry.models import (
    Initiative,
    Need,
    Organisation,
    Problem,
    Resource,
    SearchedTrigram,
    SearchedWord,
    Theme,
    Venue,
)

MODELS: dict[SearchedKind, Any] = {
    "organisation": Organisation,
    "venue": Venue,
    "resource": Resource,
    "need": Need,
    "problem": Problem,
    "initiative": Initiative,
}

FOUND = "s.position, s.kind, s.id, s.organisation_id, s.title, s.subtitle, s.url"
SQLITE = "FROM searched_words JOIN searched s ON s.position = searched_words.rowid WHERE searched_words MATCH :wanted"
POSTGRESQL = "FROM searched s, to_tsquery('simple', :wanted) AS wanted WHERE s.searched_words @@ wanted"
SQLITE_ORDER = "searched_words.rank"
SQLITE_BEST = """(SELECT rowid AS place, rank AS fit FROM searched_words WHERE searched_words MATCH :wanted
    ORDER BY rank LIMIT :limit) JOIN searched s ON s.position = place"""
"""FTS5 alone knows the best fast; what else is asked of them has to look at the row of each."""
POSTGRESQL_ORDER = "ts_rank('{0.1, 0.1, 0.4, 1}', s.searched_words, wanted) DESC"
ALIKE = 200
"""So many known words that share letters with a mistyped one are compared with it."""
READ_AT_ONCE = 1000
TRIED = 5
"""So many of the nearest are looked for."""


@dataclass(frozen=True)
class Found:
    """A thing that was found; its subtitle is its organisation, or its address."""

    kind: SearchedKind
    id: str
    organisation_id: str | None
    title: str
    subtitle: str
    url: str


@dataclass(frozen=True)
class Findings:
    """What was found, the best first.

    `meant` is what was looked for instead, where a word seemed mistyped; `has_every_word` is false where nothing has
    all of the words, and things are given that have some. `counts` says of each kind how many there are.
    """

    items: Sequence[Found]
    meant: str | None = None
    has_every_word: bool = True
    counts: dict[SearchedKind, int] | None = None


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the terms, all of them or any, within a kind and a theme."""

    terms: tuple[Term, ...]
    kind: SearchedKind | None = None
    theme: str | None = None
    every: bool = True


def search(
    session: Session, *, q: str, kind: SearchedKind | None = None, theme: str | None = None, limit: int = 20
) -> Findings:
    """Find what has these words; where nothing has, what has the words that were meant, or some of them."""
    for wanted, meant in _attempts(session, Wanted(terms(q), kind, theme)):
        items = _found(session, wanted, limit)
        if items:
            return Findings(items, meant, wanted.every)
    return Findings(())


def search_by_kind(session: Session, *, q: str, theme: str | None = None, each: int = 5) -> Findings:
    """Find the best few of every kind, in the order of the kinds, and count all."""
    for wanted, meant in _attempts(session, Wanted(terms(q), None, theme)):
        counts = _counts(session, wanted)
        if counts:
            items = [one for kind in counts for one in _found(session, replace(wanted, kind=kind), each)]
            return Findings(items, meant, wanted.every, counts)
    return Findings((), counts={})


def title_of(thing: Any) -> str:
    """Give the name or title of a thing."""
    title: str = thing.name if hasattr(thing, "name") else thing.title
    return title


def unused_words(session: Session) -> list[str]:
    """Give the words that are offered to who mistypes them although nothing says them any more."""
    said: set[str] = set()
    for theme in session.scalars(select(Theme)):
        said.update(words(theme.name_pl, theme.name_en))
    for model in MODELS.values():
        for thing in filter(is_shown, _every(session, model)):
            said.update(words(title_of(thing), *texts_of(thing), *(getattr(thing, "themes", None) or ())))
    return [word for word in session.scalars(select(SearchedWord.word)) if word not in said]


def _every(session: Session, model: Any) -> Iterator[Any]:
    """Give all things of a kind, read a thousand at a time."""
    rows = session.scalars(select(model).order_by(model.id).limit(READ_AT_ONCE)).all()
    while rows:
        yield from rows
        following = select(model).where(model.id > rows[-1].id).order_by(model.id).limit(READ_AT_ONCE)
        session.expunge_all()
        rows = session.scalars(following).all()


def _attempts(session: Session, wanted: Wanted) -> Iterator[tuple[Wanted, str | None]]:
    """Give what to look for, one after the other until something is found."""
    if not wanted.terms:
        return
    yield wanted, None
    better = _corrected(session, wanted.terms)
    if better is not None:
        yield replace(wanted, terms=terms(better)), better
    if len(wanted.terms) > 1:
        yield replace(wanted, every=False), None


def _corrected(session: Session, asked: tuple[Term, ...]) -> str | None:
    """Write the terms again with the known words that were probably meant; none where nothing would change."""
    better = [_meant(session, term) or term.word for term in asked]
    return " ".join(better) if better != [term.word for term in asked] else None


def _meant(session: Session, term: Term) -> str | None:
    """Give the word that a term without any finding is a slip of, as it is written."""
    if _found(session, Wanted((term,)), 1):
        return None
    alike = (
        select(SearchedTrigram.word)
        .where(SearchedTrigram.trigram.in_(typos.trigrams(term.word)))
        .group_by(SearchedTrigram.word)
        .order_by(func.count().desc(), SearchedTrigram.word)
        .limit(ALIKE)
    )
    for word in typos.meant(term.word, session.scalars(alike).all())[:TRIED]:
        if _found(session, Wanted((Term(word, stem(word)),)), 1):
            return session.get_one(SearchedWord, word).written
    return None


def _found(session: Session, wanted: Wanted, limit: int) -> list[Found]:
    source, order, values = _parts(session, wanted)
    if source == SQLITE:
        source, order = f"FROM {SQLITE_BEST}", "fit"
    statement = text(f"SELECT {FOUND} {source} ORDER BY {order}, s.position LIMIT :limit")
    return [
        Found(row.kind, str(row.id), row.organisation_id and str(row.organisation_id), row.title, row.subtitle, row.url)
        for row in session.execute(statement, {**values, "limit": limit})
    ]


def _counts(session: Session, wanted: Wanted) -> dict[SearchedKind, int]:
    source, _, values = _parts(session, wanted)
    statement = text(f"SELECT s.kind, count(*) {source} GROUP BY s.kind")
    counted = {row[0]: row[1] for row in session.execute(statement, values)}
    return {kind: counted[kind] for kind in SEARCHED_KINDS if kind in counted}


def _parts(session: Session, wanted: Wanted) -> tuple[str, str, dict[str, Any]]:
    """Write where to look, the best first, and the values of both."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    source, order = (SQLITE, SQLITE_ORDER) if is_sqlite else (POSTGRESQL, POSTGRESQL_ORDER)
    write = on_sqlite if is_sqlite else on_postgresql
    values: dict[str, Any] = {"wanted": write(wanted.terms, every=wanted.every)}
    if wanted.kind is not None:
        source, values["kind"] = f"{source} AND s.kind = :kind", wanted.kind
    if wanted.theme is not None:
        source, values["theme"] = f"{source} AND strpos(s.themes, :theme) > 0", f" {wanted.theme} "
        source = source.replace("strpos", "instr") if is_sqlite else source
    return source, order, values
