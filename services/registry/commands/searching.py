"""Keeping what is searched: each public thing stands there as it is now, in the transaction that changes it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from services.registry.commands import facts
from services.registry.domain.searching import SEARCHED_KINDS, STEMMER, SearchedKind, is_shown, texts_of
from services.registry.domain.stems import stems, written
from services.registry.domain.typos import SHORTEST, trigrams
from services.registry.models import Organisation, Searched, SearchedTrigram, SearchedWord
from services.registry.queries.searching import MODELS, title_of
from services.registry.queries.themes import taxonomy
from shared.inserting import insert_into
from shared.messages.registry import NeedStated, ResourceChanged, VenueChanged

OFFERED: tuple[SearchedKind, ...] = ("venue", "resource", "need")
"""What an organisation has and lacks: found by its name too, and hidden with it."""
ADDRESSES: dict[SearchedKind, Callable[[Any], str]] = {
    "organisation": lambda row: facts.organisation_address(row.id),
    "venue": lambda row: facts.venue_facts(VenueChanged, row).url,
    "resource": lambda row: facts.resource_facts(ResourceChanged, row).url,
    "need": lambda row: facts.need_facts(NeedStated, row).url,
    "problem": lambda row: facts.problem_address(row.id),
    "initiative": lambda row: facts.initiative_address(row.id),
}
ROWS_A_UNIT = 200
WORDS_AT_ONCE = 1000
LONGEST_WORD = 60


def remember_searched(session: Session, row: Any) -> None:
    """Let a thing be found as it is now, or not at all; of what is not searched nothing is kept."""
    remember_all_searched(session, [row])


def remember_all_searched(session: Session, rows: Iterable[Any]) -> None:
    """Do the same for many things, each once: what is kept of them is read and written together."""
    searched = [(kind, row) for row in rows if (kind := _kind_of(row)) is not None]
    if not searched:
        return
    wanted = select(Searched).where(Searched.id.in_([row.id for _, row in searched]))
    kept = {one.id: one for one in session.scalars(wanted)}
    before = {one.id: one.title for one in kept.values()}
    after = _write(session, searched, kept)
    session.flush()
    for kind, row in searched:
        is_new = row.id not in before and row.version == 1
        if kind == "organisation" and before.get(row.id) != after.get(row.id) and not is_new:
            _remember_offered(session, row.id)


def catch_up(session: Session, *, kind: SearchedKind, after: str = "") -> str | None:
    """Put right up to 200 things of a kind whose row is missing or old; gives the id to go on after, or none.

    It fills the table the first time, and after an import of a backup, a change of the rules or of a table by hand.
    """
    model = MODELS[kind]
    is_right = select(Searched.id).where(
        Searched.id == model.id, Searched.version == model.version, Searched.stemmer == STEMMER
    )
    wanted = select(model).where(~is_right.exists())
    if after:
        wanted = wanted.where(model.id > after)
    rows = session.scalars(wanted.order_by(model.id).limit(ROWS_A_UNIT)).all()
    remember_all_searched(session, rows)
    if len(rows) == ROWS_A_UNIT:
        return str(rows[-1].id)
    session.execute(delete(Searched).where(Searched.kind == kind, Searched.id.not_in(select(model.id))))
    return None


def forget_words(session: Session, words: Iterable[str]) -> None:
    """Remove words that occur nowhere any more."""
    gone = list(words)
    session.execute(delete(SearchedTrigram).where(SearchedTrigram.word.in_(gone)))
    session.execute(delete(SearchedWord).where(SearchedWord.word.in_(gone)))


def _kind_of(row: Any) -> SearchedKind | None:
    return next((kind for kind in SEARCHED_KINDS if isinstance(row, MODELS[kind])), None)


def _write(
    session: Session, searched: Sequence[tuple[SearchedKind, Any]], kept: Mapping[str, Searched]
) -> dict[str, str]:
    """Write the rows of things and the words that were not known yet; gives the titles of what is shown, by id."""
    owners = _owners(session, searched)
    fresh, titles, said = [], {}, []
    for kind, row in searched:
        owner = owners[row.organisation_id] if kind in OFFERED else None
        found = kept.get(row.id)
        if not (is_shown(row) and (owner is None or is_shown(owner))):
            if found is not None:
                session.delete(found)
            continue
        values, texts = _values(session, kind, row, owner)
        titles[row.id] = values["title"]
        said += texts
        if found is None:
            fresh.append({"id": row.id, "kind": kind, **values})
        else:
            for name, value in values.items():
                setattr(found, name, value)
    if fresh:
        session.execute(insert(Searched), fresh)
    _know_words(session, *said)
    return titles


def _owners(session: Session, searched: Sequence[tuple[SearchedKind, Any]]) -> dict[str, Organisation | None]:
    """Read whose the things are that somebody has or lacks."""
    ids = sorted({row.organisation_id for kind, row in searched if kind in OFFERED})
    if len(ids) > 1:
        rows = session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
        return dict.fromkeys(ids) | {row.id: row for row in rows}
    return {one: session.get(Organisation, one) for one in ids}


def _values(
    session: Session, kind: SearchedKind, row: Any, owner: Organisation | None
) -> tuple[dict[str, Any], list[str]]:
    """Give what is kept of a thing, and the texts whose words may be mistyped."""
    title = title_of(row)
    codes, names = _themes(session, getattr(row, "themes", None) or ())
    texts = [*texts_of(row), *names]
    values = {
        "version": row.version,
        "stemmer": STEMMER,
        "organisation_id": row.id if kind == "organisation" else getattr(row, "organisation_id", None),
        "title": title,
        "subtitle": owner.name if owner is not None else getattr(row, "address", "") or "",
        "url": ADDRESSES[kind](row),
        "themes": f" {' '.join(codes)} ",
        "title_stems": " ".join(stems(title)),
        "organisation_stems": " ".join(stems(owner.name)) if owner is not None else "",
        "text_stems": " ".join(stems(*texts)),
    }
    return values, [title, *texts]


def _remember_offered(session: Session, organisation_id: str) -> None:
    """Let what an organisation has and lacks follow its name, and be hidden with it."""
    for offered in OFFERED:
        model = MODELS[offered]
        theirs = session.scalars(select(model).where(model.organisation_id == organisation_id))
        remember_all_searched(session, theirs.all())


def _themes(session: Session, named: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the codes of themes with the wider ones, and all words for them; a word of nobody's stands as it is."""
    asked = list(named)
    if not asked:
        return [], []
    known = taxonomy(session)
    codes = dict.fromkeys(code for name in asked for code in known.with_wider(known.code_of(name) or name))
    names = [known.names_of(code) for code in codes]
    return list(codes), [*asked, *(" ".join(both) for both in names if len(both) > 1)]


def _know_words(session: Session, *texts: str) -> None:
    """Keep the words that are new, for who mistypes them; sorted, so that no two writers wait for each other."""
    said = {word: marked for word, marked in written(*texts).items() if SHORTEST <= len(word) <= LONGEST_WORD}
    known: set[str] = session.info.setdefault("searched_words", set())
    unsure = sorted(word for word in said if word not in known and word.isalpha())
    for start in range(0, len(unsure), WORDS_AT_ONCE):
        asked = unsure[start : start + WORDS_AT_ONCE]
        known.update(session.scalars(select(SearchedWord.word).where(SearchedWord.word.in_(asked))))
    fresh = [word for word in unsure if word not in known]
    if not fresh:
        return
    known.update(fresh)
    rows = [{"word": word, "written": said[word][:LONGEST_WORD]} for word in fresh]
    session.execute(insert_into(session, SearchedWord).on_conflict_do_nothing(), rows)
    parts = [{"trigram": part, "word": word} for word in fresh for part in sorted(trigrams(word))]
    session.execute(insert_into(session, SearchedTrigram).on_conflict_do_nothing(), parts)
