"""The themes that the registry told of."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.map.domain.themes import Theme
from services.map.models import KnownTheme


def themes(session: Session) -> Sequence[Theme]:
    """Give every theme by code, retired ones too; a neighbourhood has tens of them."""
    return [_theme(row) for row in session.scalars(select(KnownTheme).order_by(KnownTheme.code))]


def offered_themes(session: Session) -> Sequence[Theme]:
    """Give the themes that are not retired, by code."""
    rows = select(KnownTheme).where(KnownTheme.retired.is_(False)).order_by(KnownTheme.code)
    return [_theme(row) for row in session.scalars(rows)]


def _theme(row: KnownTheme) -> Theme:
    return Theme(row.code, row.name_pl, row.name_en, row.parent_code, row.synonyms)
