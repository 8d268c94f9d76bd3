"""What goes to programs and networks goes by somebody's rights: when these end, it ends, whatever ended them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.commands.posting import disable
from services.notifications.commands.pushing import turn_off
from services.notifications.domain.permissions import may_manage_push_address, may_manage_webhook
from services.notifications.models import KnownApiKey, KnownMembership, KnownPerson, PushAddress, Webhook
from shared.people import Person


def end_rights(session: Session, *, now: datetime) -> int:
    """Turn off the webhooks and addresses whose makers may not manage them any more; gives how many.

    A key that was revoked or is over ends what was made with it. Of whom too little is known, nothing ends.
    """
    ended = 0
    for webhook in session.scalars(select(Webhook).where(Webhook.active)).all():
        maker = _maker(session, webhook.made_by_id, webhook.organisation_id)
        may_not = maker is not None and not may_manage_webhook(maker, webhook.organisation_id)
        if may_not or _is_over(session, webhook.made_by_key_id, now):
            disable(session, webhook, "rights_ended", now)
            ended += 1
    of_institutions = select(PushAddress).where(PushAddress.active, PushAddress.organisation_id.is_not(None))
    for address in session.scalars(of_institutions).all():
        maker = _maker(session, address.made_by_id, address.organisation_id)
        if maker is not None and not may_manage_push_address(maker, address.organisation_id, None):
            turn_off(session, address, "rights_ended")
            ended += 1
    return ended


def _maker(session: Session, person_id: str | None, organisation_id: str | None) -> Person | None:
    """Give who made it, with the rights that they have now; none where these are not known."""
    known = session.get(KnownPerson, person_id) if person_id else None
    if known is None or known.administrator is None:
        return None
    membership = session.get(KnownMembership, (organisation_id, known.id)) if organisation_id else None
    if membership is not None and membership.role is None:
        return None
    roles = {membership.organisation_id: membership.role} if membership and membership.role else {}
    return Person(id=known.id, administrator=known.administrator, roles=roles)


def _is_over(session: Session, key_id: str | None, now: datetime) -> bool:
    """Say whether a key is known to hold no more."""
    key = session.get(KnownApiKey, key_id) if key_id else None
    if key is None:
        return False
    return key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
