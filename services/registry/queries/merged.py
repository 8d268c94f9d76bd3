"""Organisations that were merged: which one was kept, and what follows for whoever has a role there."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import Membership, Organisation
from shared.messages.registry import Role


def merged_into(session: Session) -> dict[str, str]:
    """Say of each organisation that was merged which one was kept in the end."""
    merged = select(Organisation.id, Organisation.merged_into_id).where(Organisation.merged_into_id.is_not(None))
    into = {row.id: row.merged_into_id or "" for row in session.execute(merged)}
    return {one: followed(one, into) for one in into}


def followed(organisation_id: str, into: Mapping[str, str]) -> str:
    """Name the organisation that was kept in the end, or this one itself."""
    while organisation_id in into:
        organisation_id = into[organisation_id]
    return organisation_id


def acting_roles(session: Session, memberships: Iterable[Membership]) -> dict[str, Role]:
    """Give the roles of a person by organisation: who has one in a kept organisation has it in those merged into it.

    So they go on speaking for events and the like that other services know under the old id.
    """
    roles: dict[str, Role] = {one.organisation_id: one.role for one in memberships}
    if roles:
        for merged_id, kept_id in merged_into(session).items():
            if kept_id in roles:
                roles[merged_id] = roles[kept_id]
    return dict(sorted(roles.items()))
