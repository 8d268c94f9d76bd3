"""What is held of one person, for themselves."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import (
    Alert,
    AlertFeed,
    Base,
    Delivery,
    FollowedTopic,
    InvitationLetter,
    KnownMembership,
    KnownPerson,
    LinkPress,
    PushAddress,
    RefusedAddress,
    Webhook,
    Wishes,
)
from shared import erasing

KNOWN = ("name", "email", "language", "email_until", "neighbourhood_coordinator", "erased")
TOLD = ("id", "kind", "organisation_id", "event_ids", "event_titles", "created_at", "read_at")
SENT = ("id", "channel", "state", "pace", "created_at", "sent_at", "error")
MADE = ("id", "organisation_id", "url", "kinds", "active", "created_at")
INVITED = ("invitation_id", "state", "created_at", "sent_at", "error")
PRESSED = ("alert_id", "action", "state", "asked_at")
PUSHED = ("id", "scheme", "organisation_id", "active", "created_at")
WISHED = ("mail", "muted_kinds", "rhythms", "quiet_from", "quiet_until", "zone")
"""What somebody is given of the rows about themselves."""


def own_data(session: Session, person_id: str) -> dict[str, Any]:
    """Give what is held of a person, by their id: how to reach them, what they want, what they were told."""
    known = session.get(KnownPerson, person_id)
    told = select(Alert).where(Alert.person_id == person_id).order_by(Alert.id)
    sent = select(Delivery).where(Delivery.person_id == person_id).order_by(Delivery.id)
    belongs = select(KnownMembership.organisation_id).where(KnownMembership.person_id == person_id)
    wanted = session.get(Wishes, person_id)
    made = select(Webhook).where(Webhook.made_by_id == person_id).order_by(Webhook.id)
    feed = session.get(AlertFeed, person_id)
    pushed = select(PushAddress).where(PushAddress.person_id == person_id).order_by(PushAddress.id)
    refused = session.get(RefusedAddress, person_id)
    followed = FollowedTopic.kind, FollowedTopic.value, FollowedTopic.name
    follows = select(*followed).where(FollowedTopic.person_id == person_id)
    invited = select(InvitationLetter).where(InvitationLetter.person_id == person_id).order_by(InvitationLetter.id)
    return {
        "known_as": None if known is None else {name: getattr(known, name) for name in KNOWN},
        "address_refused_at": refused and refused.refused_at,
        "invitations": [{name: getattr(one, name) for name in INVITED} for one in session.scalars(invited)],
        "follows": [dict(row._mapping) for row in session.execute(follows)],
        "organisation_ids": list(session.scalars(belongs)),
        "wishes": None if wanted is None else {name: getattr(wanted, name) for name in WISHED},
        "alerts": [{name: getattr(one, name) for name in TOLD} for one in session.scalars(told)],
        "deliveries": [{name: getattr(one, name) for name in SENT} for one in session.scalars(sent)],
        "webhooks": [{name: getattr(one, name) for name in MADE} for one in session.scalars(made)],
        "pressed": [
            {name: getattr(one, name) for name in PRESSED}
            for one in session.scalars(select(LinkPress).where(LinkPress.person_id == person_id))
        ],
        "private_feed_made_at": feed and feed.made_at,
        "push_addresses": [{name: getattr(one, name) for name in PUSHED} for one in session.scalars(pushed)],
        **erasing.held_everywhere(session, Base.metadata, person_id),
    }
