"""Following the calendar: what somebody wants to hear of, and telling them of events that are about it."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.telling import tell_each
from services.notifications.domain.permissions import may_have_wishes
from services.notifications.domain.plans import News
from services.notifications.domain.topics import LARGEST_RADIUS_M, MOST_TOPICS, Area, Point, Topic, area_of
from services.notifications.models import FollowedTopic, KnownMembership
from services.notifications.problems import NoSuchTopic, TooManyTopics
from shared import clock
from shared.people import Person, must
from shared.problems import InvalidInput

METRES_IN_A_DEGREE = 111_000
"""From north to south, a little less than it is."""
NO_AREA = "Write an area as latitude, longitude and metres (50 to 5000), for example 50.0885,19.9110,500."


def follow(session: Session, *, by: Person, topic: Topic, name: str | None = None) -> FollowedTopic:
    """Have somebody follow something; again changes nothing. Raises `NoSuchTopic`, `TooManyTopics`, `InvalidInput`.

    `name` says what an area lies around; other things have names of their own.
    """
    must(may_have_wishes(by))
    area = area_of(topic.value) if topic.kind == "area" else None
    if topic.kind == "area" and area is None:
        raise InvalidInput(("/value", NO_AREA))
    topic = Topic("area", area.value) if area else topic
    if not queries.is_a_topic(session, topic):
        raise NoSuchTopic
    mine = select(FollowedTopic).where(FollowedTopic.person_id == by.id)
    found = session.scalar(mine.where(FollowedTopic.kind == topic.kind, FollowedTopic.value == topic.value))
    if found is not None:
        return found
    if (session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST_TOPICS:
        raise TooManyTopics
    followed = FollowedTopic(person_id=by.id, kind=topic.kind, value=topic.value, created_at=clock.now())
    if area is not None:
        followed.latitude, followed.longitude = area.middle.latitude, area.middle.longitude
        followed.radius_m, followed.name = area.radius_m, (name or "").strip() or None
    session.add(followed)
    session.flush()
    return followed


def unfollow(session: Session, *, by: Person, topic_id: str) -> None:
    """Have somebody not follow something any more; raises `NoSuchTopic` where it is not theirs."""
    session.delete(queries.followed_topic(session, by=by, topic_id=topic_id))


def tell_followers(
    session: Session,
    news: News,
    topics: Sequence[Topic],
    point: Point | None = None,
    *,
    but_not_of: Collection[str] = (),
    but_not: Collection[str] = (),
) -> None:
    """Tell everybody who follows one of these topics, or an area in which the point lies.

    Those who know it are not told: the people of some organisations, and some people.
    """
    about = tuple_(FollowedTopic.kind, FollowedTopic.value).in_([(one.kind, one.value) for one in topics])
    theirs = select(KnownMembership.person_id).where(KnownMembership.organisation_id.in_(list(but_not_of)))
    others = FollowedTopic.person_id.not_in(theirs), FollowedTopic.person_id.not_in(list(but_not))
    wanted = set(session.scalars(select(FollowedTopic.person_id).where(about, *others).distinct()))
    if point is not None:
        wanted |= {one.person_id for one in session.scalars(_areas_near(point).where(*others)) if _has(one, point)}
    tell_each(session, sorted(wanted), news)


def _areas_near(point: Point) -> Select[FollowedTopic]:
    """Find followed areas whose middle is no farther north or south than any area reaches."""
    degrees = LARGEST_RADIUS_M / METRES_IN_A_DEGREE
    near = FollowedTopic.latitude.between(point.latitude - degrees, point.latitude + degrees)
    return select(FollowedTopic).where(FollowedTopic.kind == "area", near)


def _has(followed: FollowedTopic, point: Point) -> bool:
    middle = Point.known(followed.latitude, followed.longitude)
    return middle is not None and Area(middle, followed.radius_m or 0).has(point)
