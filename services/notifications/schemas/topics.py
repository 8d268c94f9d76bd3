"""Shapes of what people follow."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.domain.topics import AUDIENCES, EVENT_KINDS, Topic, TopicKind
from services.notifications.models import FollowedTopic
from shared.i18n import say
from shared.reasons import AUDIENCE_LABELS

TOPIC_KIND_NAMES: dict[TopicKind, str] = {
    "audience": "Audience",
    "kind": "Kind of event",
    "theme": "Theme",
    "organisation": "Institution",
    "venue": "Place",
}
EVENT_KIND_NAMES: dict[str, str] = {
    "meeting": "Leaders' meeting",
    "feast": "Feast",
    "celebration": "Celebration",
    "opening": "Opening",
    "works": "Works together",
    "consultation": "Consultation",
    "course": "Course or workshop",
    "service": "Help or advice",
    "other": "Other event",
}


class TopicBody(BaseModel):
    """Something of the calendar to follow: `kind` says what `value` is, a code (audience, kind, theme) or an id."""

    model_config = ConfigDict(extra="forbid")

    kind: TopicKind
    value: str = Field(max_length=100)

    def topic(self) -> Topic:
        """Bring it to what the command takes."""
        return Topic(self.kind, self.value)


class TopicShown(BaseModel):
    """Something of the calendar that a person follows."""

    id: str
    kind: TopicKind
    value: str
    name: str


def topic_shown(followed: FollowedTopic, names: Mapping[Topic, str]) -> TopicShown:
    """Render what somebody follows; `names` are those that others told us."""
    topic = Topic(followed.kind, followed.value)
    return TopicShown(id=followed.id, kind=topic.kind, value=topic.value, name=topic_name(topic, names))


def topic_name(topic: Topic, names: Mapping[Topic, str]) -> str:
    """Name something to follow, in the language of the running request; by its value while we know no better."""
    if topic.kind == "audience":
        return say(AUDIENCE_LABELS.get(topic.value, topic.value))
    if topic.kind == "kind":
        return say(EVENT_KIND_NAMES.get(topic.value, topic.value))
    return names.get(topic, topic.value)


def topics_to_choose(names: Mapping[Topic, str]) -> dict[str, list[tuple[str, str]]]:
    """Give what there is to follow, in groups: each as `kind:value` with its name."""
    fixed = [Topic("audience", one) for one in AUDIENCES] + [Topic("kind", one) for one in EVENT_KINDS]
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic in [*fixed, *names]:
        named = f"{topic.kind}:{topic.value}", topic_name(topic, names)
        groups.setdefault(say(TOPIC_KIND_NAMES[topic.kind]), []).append(named)
    return groups
