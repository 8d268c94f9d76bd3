"""Invitations: those that somebody may see, and the one that a link opens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from services.registry.domain.invitations import InvitationState, state_of
from services.registry.domain.permissions import may_invite, may_see_invitations
from services.registry.domain.secrets import hash_of
from services.registry.models import Invitation, Organisation, Person
from services.registry.problems import NothingHere
from shared import clock, people
from shared.paging import Paging
from shared.people import is_administrator, is_neighbourhood_coordinator, may_lead, must


@dataclass(frozen=True)
class InvitationCard:
    """An invitation with the names that its reader knows things by."""

    invitation: Invitation
    state: InvitationState
    organisation_name: str | None = None
    by_name: str | None = None

    @property
    def id(self) -> str:
        """The invitation's id."""
        return self.invitation.id

    @property
    def version(self) -> int:
        """The invitation's version."""
        return self.invitation.version


def invitations(
    session: Session,
    *,
    viewer: people.Person,
    paging: Paging,
    organisation_id: str | None = None,
    only_open: bool = False,
) -> list[InvitationCard]:
    """Give the invitations that the viewer might have sent, the newest first, of one organisation or of all.

    Raises `NotAllowed`.
    """
    must(may_see_invitations(viewer, organisation_id))
    seen = _are_seen_by(viewer, organisation_id)
    wanted = select(Invitation).where(seen, paging.beyond(Invitation.id, descending=True))
    if organisation_id is not None:
        wanted = wanted.where(Invitation.organisation_id == organisation_id)
    if only_open:
        wanted = wanted.where(
            Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > clock.now()
        )
    rows = session.scalars(wanted.order_by(Invitation.id.desc()).limit(paging.rows)).all()
    return [card_of(session, row) for row in rows]


def invitation_card(session: Session, *, viewer: people.Person, invitation_id: str) -> InvitationCard:
    """Give one invitation. Raises `NothingHere`, `NotAllowed`."""
    row = session.get(Invitation, invitation_id)
    if row is None:
        raise NothingHere
    must(may_invite(viewer, row.organisation_id, row.role, row.administrator or row.neighbourhood_coordinator))
    return card_of(session, row)


def open_invitation(session: Session, *, secret: str, now: datetime) -> InvitationCard | None:
    """Give the invitation that this link opens; None when it is settled, over, withdrawn, or never was one."""
    row = session.scalars(select(Invitation).where(Invitation.secret_hash == hash_of(secret))).one_or_none()
    card = card_of(session, row, now) if row is not None else None
    return card if card is not None and card.state == "open" else None


def card_of(session: Session, row: Invitation, now: datetime | None = None) -> InvitationCard:
    """Put the names beside an invitation."""
    state = state_of(
        accepted_at=row.accepted_at,
        withdrawn_at=row.withdrawn_at,
        expires_at=row.expires_at,
        now=now or clock.now(),
    )
    organisation = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    inviter = session.get(Person, row.by_person_id) if row.by_person_id else None
    return InvitationCard(
        row,
        state,
        organisation_name=organisation.name if organisation else None,
        by_name=inviter.name if inviter and inviter.erased_at is None else None,
    )


def _are_seen_by(viewer: people.Person, organisation_id: str | None) -> ColumnElement[bool]:
    """Say in SQL which invitations `may_invite` lets the viewer see."""
    is_for_neighbourhood = or_(Invitation.administrator, Invitation.neighbourhood_coordinator)
    if is_administrator(viewer):
        return true()
    if is_neighbourhood_coordinator(viewer):
        return ~is_for_neighbourhood
    if organisation_id is None:
        return false()
    is_theirs = true() if may_lead(viewer, organisation_id) else Invitation.role == "member"
    return and_(~is_for_neighbourhood, is_theirs)
