"""Private feeds: whose address this is, and the alerts that stand at it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import AlertFeed, KnownMembership, KnownPerson
from services.notifications.queries.alerts import AlertSeen, WantedAlerts, alerts
from shared import auth
from shared.identifiers import is_id
from shared.paging import Paging
from shared.people import Person
from shared.problems import NotFound

MOST_ENTRIES = 50


def alert_feed(session: Session, *, by: Person) -> AlertFeed | None:
    """Give somebody's private feed, if they have one; its address is known to nobody but whom it was shown."""
    return session.get(AlertFeed, by.id) if is_id(by.id) else None


def subscriber(session: Session, *, secret: str) -> Person:
    """Give the person at whose private address somebody asks, as they belong to organisations now.

    Raises `NotFound` where there is none, whatever the reason.
    """
    parts = auth.key_parts(secret)
    feed = session.get(AlertFeed, parts[0]) if parts else None
    known = session.get(KnownPerson, parts[0]) if parts else None
    if parts is None or feed is None or not auth.is_same_secret(parts[1], feed.secret_hash):
        raise NotFound
    if known is None or known.erased:
        raise NotFound
    belongs = select(KnownMembership).where(KnownMembership.person_id == known.id)
    roles = {one.organisation_id: one.role or "member" for one in session.scalars(belongs)}
    return Person(id=known.id, language="en" if known.language == "en" else "pl", roles=roles)


def feed_entries(session: Session, *, by: Person) -> list[AlertSeen]:
    """Give the alerts of somebody's page that a feed reader gets, the newest first."""
    newest = Paging(limit=MOST_ENTRIES, after=None)
    return alerts(session, newest, by=by, wanted=WantedAlerts(on_my_page=True))[:MOST_ENTRIES]
