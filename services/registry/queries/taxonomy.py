"""All themes at once, as finding and naming them asks."""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.themes import KnownTheme, Taxonomy
from services.registry.models import Theme


def taxonomy(session: Session) -> Taxonomy:
    """Read the whole taxonomy; retired themes are found too, for what is named so keeps them."""
    rows = session.execute(
        select(Theme.code, Theme.parent_code, Theme.name_pl, Theme.name_en, Theme.synonyms).order_by(Theme.code)
    )
    return _made(
        tuple(KnownTheme(row.code, row.parent_code, (row.name_pl, row.name_en, *row.synonyms)) for row in rows)
    )


@lru_cache(maxsize=4)
def _made(known: tuple[KnownTheme, ...]) -> Taxonomy:
    """Make the taxonomy of these themes; it is asked often and edited seldom."""
    return Taxonomy(known)


def theme_names(session: Session) -> Mapping[str, Mapping[str, str]]:
    """Give the name of every theme in each language, by code."""
    rows = session.execute(select(Theme.code, Theme.name_pl, Theme.name_en).order_by(Theme.name_pl))
    return {row.code: {"pl": row.name_pl, "en": row.name_en} for row in rows}
