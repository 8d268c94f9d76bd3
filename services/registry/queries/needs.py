"""Needs, as lists and pages ask for them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import LIVE, MatchKey, Need
from shared.messages.registry import NeedStatus, ResourceKind
from shared.paging import Paging


def needs(
    session: Session,
    *,
    paging: Paging,
    organisation_id: str | None = None,
    kind: ResourceKind | None = None,
    status: NeedStatus | None = None,
) -> Sequence[Need]:
    """Give needs in the order in which they were stated."""
    wanted = select(Need)
    if organisation_id is not None:
        wanted = wanted.where(Need.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Need.kind == kind)
    if status is not None:
        wanted = wanted.where(Need.status == status)
    rows = wanted.where(paging.beyond(Need.id)).order_by(Need.id).limit(paging.rows)
    return session.scalars(rows).all()


def standing_needs(
    session: Session,
    *,
    paging: Paging,
    organisation_id: str | None = None,
    kind: ResourceKind | None = None,
    theme: str | None = None,
) -> Sequence[Need]:
    """Give needs that stand, those stated last first; a theme stands for all that lie in it."""
    wanted = select(Need).where(Need.status.in_(LIVE))
    if organisation_id is not None:
        wanted = wanted.where(Need.organisation_id == organisation_id)
    if kind is not None:
        wanted = wanted.where(Need.kind == kind)
    if theme is not None:
        about = select(MatchKey.about_id).where(MatchKey.side == "need", MatchKey.key == f"t:{theme}")
        wanted = wanted.where(Need.id.in_(about))
    rows = wanted.where(paging.beyond(Need.id, descending=True)).order_by(Need.id.desc()).limit(paging.rows)
    return session.scalars(rows).all()
