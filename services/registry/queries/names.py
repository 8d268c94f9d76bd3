"""What things are called, by id: to be shown beside what names them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import Organisation


def organisation_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Give the names of these organisations, by id."""
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}
