"""What other municipal systems tell us, at the stored door `municipal.<partner>.>`."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field, StringConstraints

from shared.messages.base import Message, Value

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class BilingualText(Value):
    """One text in Polish and, where there is one, in English."""

    pl: Text
    en: Text | None = None


class MunicipalMessage(Message):
    """A message of a municipal system; its stream is `MUNICIPAL_<PARTNER>`, told by the subject it came on."""

    stream: ClassVar[str] = "MUNICIPAL"
    version: int = 1


class ClosureAnnounced(MunicipalMessage):
    """A road, a park or a building is closed within `radius_m` metres of a point (WGS 84 degrees)."""

    type: ClassVar[str] = "municipal.closure.announced.v1"

    title: BilingualText
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: str = "Europe/Warsaw"
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    radius_m: int = Field(default=100, ge=1, le=20_000)
    url: str | None = None


class ClosureWithdrawn(MunicipalMessage):
    """A closure is off."""

    type: ClassVar[str] = "municipal.closure.withdrawn.v1"


class MunicipalEventPlanned(MunicipalMessage):
    """A municipal system plans an event of its own."""

    type: ClassVar[str] = "municipal.event.planned.v1"

    title: BilingualText
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    zone: str = "Europe/Warsaw"
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    radius_m: int = Field(default=300, ge=1, le=20_000)
    audiences: tuple[str, ...] = ()
    url: str | None = None


class MunicipalEventCancelled(MunicipalMessage):
    """A municipal system's event is off."""

    type: ClassVar[str] = "municipal.event.cancelled.v1"


def partner_of(subject: str) -> str:
    """Tell which partner published on `municipal.<partner>.…`."""
    return subject.split(".")[1]


MESSAGES: tuple[type[Message], ...] = (
    ClosureAnnounced,
    ClosureWithdrawn,
    MunicipalEventPlanned,
    MunicipalEventCancelled,
)
