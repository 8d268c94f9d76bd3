"""Keeping what is searched: each public thing stands there as it is now, in the transaction that changes it."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, selectinload

from services.registry.commands import facts
from services.registry.domain.searching import SEARCHED_KINDS, STEMMER, SearchedKind, is_shown, texts_of
from services.registry.domain.stems import stems, written
from services.registry.domain.themes import KnownTheme, Taxonomy
from services.registry.domain.typos import SHORTEST, trigrams
from services.registry.models import Initiative, Organisation, Searched, SearchedTrigram, SearchedWord, Theme
from services.registry.queries.searching import MODELS, title_of
from shared.messages.registry import InitiativeChanged, NeedStated, ResourceChanged, VenueChanged

OFFERED: tuple[SearchedKind, ...] = ("venue", "resource", "need")
"""What an organisation has and lacks: found by its name too, and hidden with it."""
ADDRESSES: dict[SearchedKind, Callable[[Any], str]] = {
    "organisation": lambda row: facts.organisation_address(row.id),
    "venue": lambda row: facts.venue_facts(VenueChanged, row).url,
    "resource": lambda row: facts.resource_facts(ResourceChanged, row).url,
    "need": lambda row: facts.need_facts(NeedStated, row).url,
    "problem": lambda row: facts.problem_named(row).url,
    "initiative": lambda row: facts.initiative_facts(InitiativeChanged, row).url,
}
ROWS_A_UNIT = 200
LONGEST_WORD = 60


def remember_searched(session: Session, row: Any) -> None:
    """Let a thing be found as it is now, or not at all; of what is not searched nothing is kept."""
    kind = _kind_of(row)
    if kind is None:
        return
    found = session.scalars(select(Searched).where(Searched.id == row.id)).one_or_none()
    owner = session.get(Organisation, row.organisation_id) if kind in OFFERED else None
    before = found.title if found is not None else None
    after = None
    if is_shown(row) and (owner is None or is_shown(owner)):
        after = _write(session, kind, row, owner, found or Searched(id=row.id, kind=kind)).title
    elif found is not None:
        session.delete(found)
    session.flush()
    is_new = before is None and row.version == 1
    if kind == "organisation" and before != after and not is_new:
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
    if kind == "initiative":
        wanted = wanted.options(selectinload(Initiative.members), selectinload(Initiative.problems))
    rows = session.scalars(wanted.order_by(model.id).limit(ROWS_A_UNIT)).all()
    for row in rows:
        remember_searched(session, row)
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


def _write(session: Session, kind: SearchedKind, row: Any, owner: Organisation | None, found: Searched) -> Searched:
    """Write the row of a thing, and the words that were not known yet."""
    title = title_of(row)
    subtitle = owner.name if owner is not None else getattr(row, "address", "") or ""
    codes, names = _themes(session, getattr(row, "themes", None) or ())
    texts = [*texts_of(row), *names]
    found.version, found.stemmer = row.version, STEMMER
    found.organisation_id = row.id if kind == "organisation" else getattr(row, "organisation_id", None)
    found.title, found.subtitle, found.url = title, subtitle, ADDRESSES[kind](row)
    found.themes = f" {' '.join(codes)} "
    found.title_stems = " ".join(stems(title))
    found.organisation_stems = " ".join(stems(owner.name)) if owner is not None else ""
    found.text_stems = " ".join(stems(*texts))
    session.add(found)
    _know_words(session, title, *texts)
    return found


def _remember_offered(session: Session, organisation_id: str) -> None:
    """Let what an organisation has and lacks follow its name, and be hidden with it."""
    for offered in OFFERED:
        model = MODELS[offered]
        for row in session.scalars(select(model).where(model.organisation_id == organisation_id)):
            remember_searched(session, row)


def _themes(session: Session, named: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the codes of themes with the wider ones, and all words for them; a word of nobody's stands as it is."""
    asked = list(named)
    if not asked:
        return [], []
    known = {theme.code: theme for theme in session.scalars(select(Theme))}
    taxonomy = Taxonomy(
        KnownTheme(one.code, one.parent_code, (one.name_pl, one.name_en, *one.synonyms)) for one in known.values()
    )
    codes = [code for name in asked for code in taxonomy.with_wider(taxonomy.code_of(name) or name)]
    texts = [" ".join((known[code].name_pl, known[code].name_en)) for code in codes if code in known]
    return list(dict.fromkeys(codes)), [*asked, *texts]


def _know_words(session: Session, *texts: str) -> None:
    """Keep the words that are new, for who mistypes them; sorted, so that no two writers wait for each other."""
    said = {word: marked for word, marked in written(*texts).items() if SHORTEST <= len(word) <= LONGEST_WORD}
    known: set[str] = session.info.setdefault("searched_words", set())
    unsure = sorted(word for word in said if word not in known and word.isalpha())
    if not unsure:
        return
    known.update(session.scalars(select(SearchedWord.word).where(SearchedWord.word.in_(unsure))))
    fresh = [word for word in unsure if word not in known]
    if not fresh:
        return
    known.update(fresh)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [{"word": word, "written": said[word][:LONGEST_WORD]} for word in fresh]
    session.execute(insert(SearchedWord).on_conflict_do_nothing(), rows)
    parts = [{"trigram": part, "word": word} for word in fresh for part in sorted(trigrams(word))]
    session.execute(insert(SearchedTrigram).on_conflict_do_nothing(), parts)
