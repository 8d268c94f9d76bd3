"""Private feeds of alerts: made anew, and ended, by those whose they are."""

from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_have_wishes
from services.notifications.models import AlertFeed
from shared import auth, clock
from shared.people import Person, is_human, must


def make_feed(session: Session, *, by: Person) -> str:
    """Give somebody the secret of a new private feed, this once; one that they had before ends."""
    must(is_human(by) and may_have_wishes(by))
    secret = auth.new_key_secret()
    session.merge(AlertFeed(person_id=by.id, secret_hash=auth.key_hash(secret), made_at=clock.now()))
    return auth.key_text(by.id, secret)


def end_feed(session: Session, *, by: Person) -> None:
    """Let nobody read somebody's alerts by their private address any more; again changes nothing."""
    must(is_human(by) and may_have_wishes(by))
    if (feed := session.get(AlertFeed, by.id)) is not None:
        session.delete(feed)
