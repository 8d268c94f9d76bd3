"""Following the calendar: what somebody wants to hear of, and telling them of events that are about it."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.telling import tell_people
from services.notifications.domain.permissions import may_have_wishes
from services.notifications.domain.plans import News
from services.notifications.domain.topics import MOST_TOPICS, Topic
from services.notifications.models import FollowedTopic, KnownMembership
from services.notifications.problems import NoSuchTopic, TooManyTopics
from shared import clock
from shared.people import Person, must


def follow(session: Session, *, by: Person, topic: Topic) -> FollowedTopic:
    """Have somebody follow something; again changes nothing. Raises `NoSuchTopic`, `TooManyTopics`."""
    must(may_have_wishes(by))
    if not queries.is_a_topic(session, topic):
        raise NoSuchTopic
    mine = select(FollowedTopic).where(FollowedTopic.person_id == by.id)
    found = session.scalar(mine.where(FollowedTopic.kind == topic.kind, FollowedTopic.value == topic.value))
    if found is not None:
        return found
    if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST_TOPICS:
        raise TooManyTopics
    followed = FollowedTopic(person_id=by.id, kind=topic.kind, value=topic.value, created_at=clock.now())
    session.add(followed)
    session.flush()
    return followed


def unfollow(session: Session, *, by: Person, topic_id: str) -> None:
    """Have somebody not follow something any more; raises `NoSuchTopic` where it is not theirs."""
    session.delete(queries.followed_topic(session, by=by, topic_id=topic_id))


def tell_followers(session: Session, news: News, topics: Sequence[Topic], *, but_not_of: Collection[str]) -> None:
    """Tell everybody who follows one of these topics, except the people of some organisations, who know it."""
    about = tuple_(FollowedTopic.kind, FollowedTopic.value).in_([(one.kind, one.value) for one in topics])
    theirs = select(KnownMembership.person_id).where(KnownMembership.organisation_id.in_(list(but_not_of)))
    wanted = select(FollowedTopic.person_id).where(about, FollowedTopic.person_id.not_in(theirs)).distinct()
    tell_people(session, session.scalars(wanted.order_by(FollowedTopic.person_id)).all(), news)
