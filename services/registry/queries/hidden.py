"""Confidential addresses, for those who may know them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.permissions import may_see_hidden_address
from services.registry.models import HiddenAddress
from services.registry.problems import NothingHere
from shared.people import Person, must


def hidden_address(session: Session, *, viewer: Person | None, row_id: str) -> HiddenAddress:
    """Give where a confidential organisation or venue is. Raises `NotAllowed`, and `NothingHere` for any other."""
    must(may_see_hidden_address(viewer))
    found = session.get(HiddenAddress, row_id)
    if found is None:
        raise NothingHere
    return found


def hidden_addresses(session: Session, *, viewer: Person | None, row_ids: Iterable[str]) -> dict[str, HiddenAddress]:
    """Give by id where these are, as far as they are confidential and this viewer may know it."""
    if not may_see_hidden_address(viewer):
        return {}
    rows = session.scalars(select(HiddenAddress).where(HiddenAddress.id.in_(list(row_ids))))
    return {row.id: row for row in rows}
