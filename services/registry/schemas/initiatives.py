"""Shapes of coalitions: members, goal, money, tasks and the application; and of those that are suggested."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.domain import plans
from services.registry.domain.permissions import may_see_budget
from services.registry.domain.plans import BudgetStatus, SuggestionKind, SuggestionReply, SuggestionState
from services.registry.models import Initiative, InitiativeSuggestion
from services.registry.schemas.answers import Answered
from services.registry.schemas.fields import Clean, Identifier, Line, Name, Paragraphs, Quantity
from services.registry.schemas.requests import Asked
from shared import reasons
from shared.messages.base import Reason
from shared.messages.registry import InitiativeRole
from shared.people import Person

Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]
Ids = Annotated[tuple[Identifier, ...], Field(max_length=50)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Clean]


class Pledge(Asked):
    """Something that a member gives: one of its resources, or what it says."""

    organisation_id: Identifier
    resource_id: Identifier | None = None
    what: Line = ""
    quantity: Quantity = 1


class BudgetLine(Asked):
    """What is paid for, how much it is in the neighbourhood's currency, and whose money."""

    what: Name
    amount: Amount
    source: Line = ""
    status: BudgetStatus = "planned"


class Task(Asked):
    """What is to be done, by whom and until when."""

    what: Name
    organisation_id: Identifier | None = None
    until_on: Day | None = None
    done: bool = False


class Application(Asked):
    """An application to the participatory budget."""

    edition: Name
    deadline_on: Day
    amount_asked: Amount | None = None


class InitiativeChange(Asked):
    """What can be changed of a coalition; what is absent stays. Members join and leave by themselves."""

    title: Name = ""
    goal: Paragraphs = ""
    problem_ids: Ids = ()
    event_ids: Ids = ()
    pledges: Annotated[tuple[Pledge, ...], Field(max_length=100)] = ()
    budget: Annotated[tuple[BudgetLine, ...], Field(max_length=100)] = ()
    tasks: Annotated[tuple[Task, ...], Field(max_length=100)] = ()
    application: Application | None = None

    def changes(self) -> plans.Changes:
        """Give the fields that an edit names, as tables keep them."""
        return self.model_dump(mode="json", include=self.model_fields_set)


class InitiativeBody(Asked):
    """A coalition to be formed; the first of its organisations leads it."""

    title: Name
    goal: Paragraphs = ""
    organisation_ids: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=50)]
    problem_ids: Ids = ()

    def plan(self) -> plans.InitiativePlan:
        """Give what the command takes."""
        return plans.InitiativePlan(**self.model_dump())


class MemberBody(Asked):
    """An organisation that joins, or has another role from now on."""

    organisation_id: Identifier
    role: InitiativeRole = "partner"


class AcceptBody(Asked):
    """Which organisation wants a coalition."""

    organisation_id: Identifier


class DeclineBody(Asked):
    """Which organisation does not want a coalition, and why."""

    organisation_id: Identifier
    because: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Clean] = ""


class MemberAnswer(BaseModel):
    """An organisation in a coalition."""

    model_config = ConfigDict(from_attributes=True)

    organisation_id: str
    role: InitiativeRole


class InitiativeAnswer(Answered):
    """A coalition of organisations with a goal; its budget is empty to strangers: partners alone see it."""

    title: str
    goal: str
    organisation_ids: list[str]
    problem_ids: list[str]
    members: list[MemberAnswer]
    event_ids: list[str]
    pledges: list[Pledge]
    budget: list[BudgetLine]
    tasks: list[Task]
    application: Application | None


class ReplyAnswer(BaseModel):
    """What one organisation answered to a suggestion."""

    model_config = ConfigDict(from_attributes=True)

    organisation_id: str
    answer: SuggestionReply
    because: str
    answered_at: datetime


class SuggestionAnswer(Answered):
    """A coalition that is suggested, and why, in the reader's language; each of its organisations answers for itself.

    When two have accepted it is formed, and `initiative_id` names it; the others may still join.
    """

    kind: SuggestionKind
    title: str
    problem_id: str | None
    organisation_ids: list[str]
    state: SuggestionState
    reasons: list[str]
    answers: list[ReplyAnswer]
    initiative_id: str | None


def initiative_answer(row: Initiative, viewer: Person | None = None) -> InitiativeAnswer:
    """Show a coalition to somebody; its members and problems must have been read."""
    said = InitiativeAnswer.model_validate(row)
    members = sorted(said.members, key=lambda one: one.organisation_id)
    return said.model_copy(update={"members": members, **({} if may_see_budget(viewer) else {"budget": []})})


def suggestion_answer(row: InitiativeSuggestion) -> SuggestionAnswer:
    """Show a coalition that is suggested."""
    said = ("reasons", "answers")
    fields: dict[str, Any] = {name: getattr(row, name) for name in SuggestionAnswer.model_fields if name not in said}
    answers = [ReplyAnswer.model_validate(one) for one in sorted(row.answers, key=lambda one: one.answered_at)]
    return SuggestionAnswer(**fields, answers=answers, reasons=reasons_in_words(row))


def reasons_in_words(row: InitiativeSuggestion) -> list[str]:
    """Say why a coalition is suggested, in the reader's language."""
    return [reasons.sentence(Reason(**one)) for one in row.reasons]
