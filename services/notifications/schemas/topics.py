"""Shapes of what people follow."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.domain.topics import AUDIENCES, EVENT_KINDS, RADII_M, Area, Topic, TopicKind, area_of
from services.notifications.models import FollowedTopic
from services.notifications.queries import Middle
from shared.i18n import say
from shared.problems import InvalidInput
from shared.reasons import AUDIENCE_LABELS

TOPIC_KIND_NAMES: dict[TopicKind, str] = {
    "audience": "Audience",
    "kind": "Kind of event",
    "theme": "Theme",
    "organisation": "Institution",
    "venue": "Place",
    "area": "Area",
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
    """Something to follow: `kind` says what `value` is, a code (audience, kind, theme), an id, or an area.

    An area is its middle and how many metres it reaches, `50.0885,19.9110,500`; `name` says what it lies around.
    """

    model_config = ConfigDict(extra="forbid")

    kind: TopicKind
    value: str = Field(max_length=100)
    name: str | None = Field(default=None, max_length=200)

    def topic(self) -> Topic:
        """Bring it to what the command takes."""
        return Topic(self.kind, self.value)


class TopicShown(BaseModel):
    """Something that a person follows."""

    id: str
    kind: TopicKind
    value: str
    name: str


def topic_shown(followed: FollowedTopic, names: Mapping[Topic, str]) -> TopicShown:
    """Render what somebody follows; `names` are those that others told us."""
    topic = Topic(followed.kind, followed.value)
    name = area_name(followed) if topic.kind == "area" else topic_name(topic, names)
    return TopicShown(id=followed.id, kind=topic.kind, value=topic.value, name=name)


def area_name(followed: FollowedTopic) -> str:
    """Name an area by how far it reaches around what, or around which point."""
    around = followed.name or f"{followed.latitude:.4f}, {followed.longitude:.4f}"
    return say("{metres} m around {name}", metres=followed.radius_m, name=around)


def middles_to_choose(middles: Sequence[Middle]) -> dict[str, list[tuple[str, str]]]:
    """Give what an area can lie around, in groups: each by its id with its name."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in middles:
        groups.setdefault(say(TOPIC_KIND_NAMES[one.kind]), []).append((one.id, one.name))
    return groups


class AreaForm(BaseModel):
    """The form of an area: around a venue or an organisation, by its id, or around a point that was put or pasted."""

    around: str = Field(default="", max_length=36)
    point: str = Field(default="", max_length=60)
    radius: int = RADII_M[0]

    def typed_area(self) -> Area | None:
        """Read the point that was typed; none where there is none. Raises `InvalidInput`."""
        if not self.point.strip():
            return None
        area = area_of(f"{self.point.strip()},{self.radius}")
        if area is None:
            raise InvalidInput(("/point", "Write two numbers, like 50.0885, 19.9110."))
        return area


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
