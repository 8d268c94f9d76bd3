"""The taxonomy of themes, as it stands."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.themes import KnownTheme, Taxonomy
from services.registry.models import Theme
from services.registry.problems import NothingHere
from shared.paging import Paging

KEPT = "taxonomy"
"""Under this name a session keeps the taxonomy: an import asks for it with every row."""


def taxonomy(session: Session) -> Taxonomy:
    """Read all themes at once, the wider ones first, so that a word that two claim means the wider one."""
    kept = session.info.get(KEPT)
    if not isinstance(kept, Taxonomy):
        rows = session.scalars(select(Theme)).all()
        kept = Taxonomy(_known(row) for row in sorted(rows, key=lambda row: (row.parent_code or "", row.code)))
        session.info[KEPT] = kept
    return kept


def themes(session: Session, *, paging: Paging) -> Sequence[Theme]:
    """Give themes by code."""
    wanted = select(Theme).where(paging.beyond(Theme.code)).order_by(Theme.code).limit(paging.rows)
    return session.scalars(wanted).all()


def all_themes(session: Session) -> Sequence[Theme]:
    """Give every theme by code; a neighbourhood has tens of them."""
    return session.scalars(select(Theme).order_by(Theme.code)).all()


def offered_themes(session: Session) -> Sequence[Theme]:
    """Give the themes that are offered, the wider ones before those that lie in them."""
    offered = select(Theme).where(~Theme.retired)
    return session.scalars(offered.order_by(Theme.parent_code.is_not(None), Theme.code)).all()


def theme(session: Session, code: str) -> Theme:
    """Find one theme. Raises `NothingHere`."""
    row = session.get(Theme, code)
    if row is None:
        raise NothingHere
    return row


def theme_names(session: Session) -> Mapping[str, Mapping[str, str]]:
    """Give the name of every theme in each language, by code."""
    rows = session.execute(select(Theme.code, Theme.name_pl, Theme.name_en).order_by(Theme.name_pl))
    return {row.code: {"pl": row.name_pl, "en": row.name_en} for row in rows}


def _known(row: Theme) -> KnownTheme:
    words = (row.name_pl, row.name_en, *row.synonyms)
    return KnownTheme(row.code, row.parent_code, words, row.name_pl, row.name_en, row.retired)
