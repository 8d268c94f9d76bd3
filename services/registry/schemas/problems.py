"""Shapes of problems: what is asked and answered of them, by institutions and by residents without an account."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.registry.commands.resident_problems import Waiting
from services.registry.domain import plans
from services.registry.domain.plans import Stage, WaitingState
from services.registry.models import Problem, WaitingProblem
from services.registry.schemas.answers import Answered
from services.registry.schemas.fields import Audiences, Clean, Identifier, Line, Name, Paragraphs, Words
from services.registry.schemas.requests import Asked, Pointed
from shared.messages.registry import ProblemStatus

Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^(https?://\S+)?$"), Clean]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), Clean]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Clean]


class EvidenceBody(Asked):
    """Something that shows a problem: a text, an address on the internet, or both."""

    text: Text = ""
    link: Link = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.link:
            raise ValueError("Evidence needs a text or a link")
        return self


class ProblemChange(Pointed):
    """What can be changed of a problem; what is absent stays."""

    title: Name = ""
    description: Paragraphs = ""
    address: Line = ""
    affected: Text = ""
    affected_number: Annotated[int | None, Field(ge=1, le=10_000_000)] = None
    audiences: Audiences = ()
    themes: Words = ()
    evidence: Annotated[tuple[EvidenceBody, ...], Field(max_length=30)] = ()

    def changes(self) -> plans.Changes:
        """Give the fields that an edit names."""
        said = dict(super().changes())
        if "evidence" in said:
            said["evidence"] = _evidence(self.evidence)
        return said


class ProblemBody(ProblemChange):
    """A problem to be named."""

    title: Name

    def plan(self) -> plans.ProblemPlan:
        """Give what the command takes."""
        said = self.model_dump(exclude={"evidence"})
        return plans.ProblemPlan(**said, evidence=_evidence(self.evidence))


class StatusBody(Asked):
    """What became of a problem, and why: the reason is public."""

    status: ProblemStatus
    because: Said

    def plan(self) -> plans.StatusPlan:
        """Give what the command takes."""
        return plans.StatusPlan(self.status, self.because)


class SupportBody(Asked):
    """Who supports a problem."""

    organisation_id: Identifier


class StageBody(Asked):
    """A step of the participation path: when, at which event, and what came of it."""

    held_on: Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]
    event_id: Identifier | None = None
    result: Text = ""

    def plan(self) -> plans.StagePlan:
        """Give what the command takes."""
        return plans.StagePlan(self.held_on, self.event_id, self.result)


class ResidentProblemBody(Pointed):
    """A problem that somebody names without an account: say nothing about yourself or others by name."""

    title: Name
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=3000), Clean] = ""
    address: Line = ""

    def plan(self) -> plans.ResidentProblemPlan:
        """Give what the command takes."""
        return plans.ResidentProblemPlan(**self.model_dump())


class RefusalBody(Asked):
    """Why a problem is not let through; whoever named it can read this."""

    because: Said


class EvidenceAnswer(BaseModel):
    """Something that shows a problem."""

    text: str
    link: str


class StageAnswer(BaseModel):
    """A step of the participation path."""

    model_config = ConfigDict(from_attributes=True)

    stage: Stage
    held_on: date
    event_id: str | None
    result: str


class ProblemAnswer(Answered):
    """Something in the neighbourhood to be solved; steps in their order."""

    title: str
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    affected: str
    affected_number: int | None
    audiences: list[str]
    themes: list[str]
    evidence: list[EvidenceAnswer]
    status: ProblemStatus
    supporter_ids: list[str]
    stages: list[StageAnswer]


class StatusAnswer(BaseModel):
    """What became of a problem, when and why; `by_name` is for those who may see people."""

    model_config = ConfigDict(from_attributes=True)

    status: ProblemStatus
    at: datetime
    because: str
    by_person_id: str | None
    by_name: str | None


class SupportsAnswer(BaseModel):
    """Who supports a problem: organisations by id, and how often residents said so. That is an indication, no vote."""

    organisation_ids: list[str]
    residents: int
    counted: bool | None = None
    """Whether this request counted; from one address it does once a day."""


class WaitingAnswer(BaseModel):
    """A problem that waits now; `address` is where to look what became of it, and is given this once."""

    id: str
    state: WaitingState = "waiting"
    address: str | None = None


class WaitingProblemAnswer(Answered):
    """What a resident named, for those who let it through or refuse it."""

    title: str
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    state: WaitingState
    because: str
    problem_id: str | None


def problem_answer(row: Problem) -> ProblemAnswer:
    """Show a problem; its supports and steps must have been read."""
    said = ProblemAnswer.model_validate(row)
    return said.model_copy(update={"stages": sorted(said.stages, key=lambda one: PLACES[one.stage])})


def waiting_answer(made: Waiting, address: str | None = None) -> WaitingAnswer:
    """Show what waits now; with the installation's `address` also where to look what became of it."""
    where = f"{address}/registry/problems/waiting?key={made.secret}" if address else None
    return WaitingAnswer(id=made.id, address=where)


def waiting_problem_answer(row: WaitingProblem) -> WaitingProblemAnswer:
    """Show what waits to those who decide about it."""
    return WaitingProblemAnswer.model_validate(row)


PLACES: dict[Stage, int] = {"diagnosis": 0, "poll": 1, "consultation": 2, "works": 3}


def _evidence(said: tuple[EvidenceBody, ...]) -> tuple[plans.Evidence, ...]:
    return tuple(plans.Evidence(one.text, one.link) for one in said)
