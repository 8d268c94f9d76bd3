"""What requests and answers say of a meeting's agenda, of what is offered for it, and of its minutes by section."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints

from services.calendar.domain.agenda import LONGEST_ITEM_MINUTES, About, AboutKind, ItemPlan, ItemState
from services.calendar.models import AgendaItem
from services.calendar.queries.agenda_items import GENERAL, Offered, Section
from services.calendar.queries.publishing import ItemReader
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import AtDate, Clean, Identifier, Paragraphs, Title
from services.calendar.schemas.lists import Answered
from shared.identifiers import is_id
from shared.people import Person, is_oneself

Planned = Annotated[int, Field(ge=1, le=LONGEST_ITEM_MINUTES, description="How long it is planned to take, in minutes")]
Description = Annotated[str, StringConstraints(max_length=5000), Clean]


def _section(text: str) -> str:
    if text != GENERAL and not is_id(text):
        raise ValueError("This is neither an item of the agenda nor general")
    return text


SectionId = Annotated[str, AfterValidator(_section), Field(description="The id of an item of the agenda, or general")]


class ItemAboutBody(Asked):
    """What an item is about."""

    kind: AboutKind
    id: Identifier


class ItemBody(Asked):
    """A new item; the owner leads it at the meeting."""

    title: Title
    description: Description = ""
    owner_id: Identifier | None = Field(default=None, description="The organisation that leads it")
    owner_person_id: Identifier | None = None
    minutes_planned: Planned | None = None
    proposed_for_id: Identifier | None = Field(default=None, description="In the name of which of one's organisations")
    about: ItemAboutBody | None = None

    def plan(self) -> ItemPlan:
        """Give the plan that this is."""
        about = About(self.about.kind, self.about.id) if self.about else None
        values = {name: getattr(self, name) for name in type(self).model_fields if name != "about"}
        return ItemPlan(**values, about=about)


class ItemChange(Asked):
    """A change of an item: what is absent stays, null empties what may be empty."""

    title: Title = ""
    description: Description = ""
    owner_id: Identifier | None = None
    owner_person_id: Identifier | None = None
    minutes_planned: Planned | None = None
    state: ItemState = "proposed"
    position: int = Field(default=1, ge=1, le=1000, description="Its place among those that are accepted; first is 1")

    def changes(self) -> dict[str, Any]:
        """Give the fields that the request names."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class SectionBody(Asked):
    """What shall stand in a section of the minutes, in Markdown."""

    text: Paragraphs


class ItemAnswer(Answered):
    """An item of a meeting's agenda; who it is by, as a person, is told to those who take part alone."""

    id: str
    version: int
    event_id: str
    held_on: AtDate
    position: int
    title: str
    description: str
    state: ItemState
    owner_id: str | None
    owner_person_id: str | None
    proposed_for_id: str | None
    proposed_by_id: str | None
    minutes_planned: int | None
    about_kind: AboutKind | None
    about_id: str | None
    about_title: str
    minutes: str = Field(description="As they are written now; empty for who neither hosts, leads nor is invited")
    minutes_version: int
    minutes_changed_at: datetime | None

    @classmethod
    def of(cls, row: AgendaItem, reader: ItemReader) -> Self:
        """Show an item to somebody."""
        hidden: dict[str, Any] = {} if reader.takes_part else {"owner_person_id": None, "proposed_by_id": None}
        if not reader.reads_minutes:
            hidden |= {"minutes": "", "minutes_changed_at": None}
        return cls.model_validate(row).model_copy(update=hidden)


class OfferedAnswer(Answered):
    """Something that the meeting could talk about; the title of a problem or initiative is the registry's to say."""

    kind: AboutKind
    id: str
    title: str
    event_id: str | None
    event_title: str
    owner_id: str | None
    due_on: date | None
    is_overdue: bool
    status: str = Field(description="How far a problem is, as the registry says it; empty for the others")

    @classmethod
    def of(cls, one: Offered) -> Self:
        """Show what is offered."""
        return cls.model_validate(one)


class SectionAnswer(Answered):
    """A section of a meeting's minutes; `organisation_id` is whose people wrote there last."""

    id: str
    title: str
    text: str
    version: int
    changed_at: datetime | None
    organisation_id: str | None
    is_own: bool = Field(description="Whether it was oneself who wrote there last")

    @classmethod
    def of(cls, one: Section, person: Person | None) -> Self:
        """Show a section to somebody."""
        return cls(
            id=one.id,
            title=one.title,
            text=one.text,
            version=one.version,
            changed_at=one.changed_at,
            organisation_id=one.for_id,
            is_own=one.by_id is not None and is_oneself(person, one.by_id),
        )


class OfferedList(Answered):
    """All that is offered."""

    items: list[OfferedAnswer]


class SectionList(Answered):
    """All sections, items in their order, general last."""

    items: list[SectionAnswer]
