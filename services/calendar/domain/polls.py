"""Polls: what is asked, who is invited, what a poll came to for each date, and which date is best, with reasons."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from services.calendar.domain.plans import Visibility
from shared.messages import Reason

Choice = Literal["yes", "if_needed", "no"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
PollState = Literal["open", "settled", "withdrawn"]
MOST_DATES = 40
MOST_INVITED = 200
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Invited:
    """Somebody who is asked to come: an organisation or a person by id, or a guest by name, perhaps with mail."""

    organisation_id: str | None = None
    person_id: str | None = None
    name: str = ""
    mail: str | None = None
    required: bool = False


@dataclass(frozen=True)
class PollPlan:
    """What a poll asks: `dates` are half-open instants with a zone; `remind_at` is before `closes_at`."""

    title: str
    organisation_id: str
    dates: tuple[Span, ...]
    closes_at: datetime
    remind_at: datetime
    zone: str
    invited: tuple[Invited, ...] = ()
    description: str = ""
    venue_id: str | None = None
    link: str = ""
    visibility: Visibility = "public"


@dataclass(frozen=True)
class Voter:
    """One who may answer, and what they answered, by date; `required` is who must be able to come."""

    id: str
    name: str
    required: bool
    answers: Mapping[str, Choice]


@dataclass(frozen=True)
class Date:
    """One date that is offered; `is_taken` says that what it needs is somebody else's by now."""

    id: str
    starts_at: datetime
    ends_at: datetime
    is_taken: bool = False


@dataclass(frozen=True)
class Tally:
    """What a poll came to for one date; `missed` names those who must come and cannot."""

    date: Date
    yes: int
    if_needed: int
    no: int
    missed: tuple[str, ...] = ()
    is_best: bool = False
    reasons: tuple[Reason, ...] = ()


def faults_of_poll(plan: PollPlan, now: datetime) -> list[tuple[str, str]]:
    """List what is wrong with a poll by itself: JSON pointers and English gettext source strings."""
    faults = []
    if not plan.dates:
        faults.append(("/dates", "Choose at least one date"))
    if len(plan.dates) > MOST_DATES:
        faults.append(("/dates", "A poll has at most 40 dates; choose the best"))
    if any(ends <= starts for starts, ends in plan.dates):
        faults.append(("/dates", "A date must end after it begins"))
    if len(set(plan.dates)) < len(plan.dates):
        faults.append(("/dates", "Each date can stand here once"))
    if plan.closes_at <= now:
        faults.append(("/closes_at", "The poll must close in the future"))
    if plan.dates and min(starts for starts, _ in plan.dates) <= plan.closes_at:
        faults.append(("/closes_at", "The poll must close before the first date that it offers"))
    if plan.remind_at > plan.closes_at:
        faults.append(("/remind_at", "The reminder must go out before the poll closes"))
    return faults + faults_of_invited(plan.invited) + faults_of_link(plan.link)


def faults_of_invited(invited: Sequence[Invited]) -> list[tuple[str, str]]:
    """List what is wrong with a list of who is invited."""
    faults = []
    if len(invited) > MOST_INVITED:
        faults.append(("/invited", "At most 200 can be invited"))
    for number, one in enumerate(invited):
        who = (one.organisation_id, one.person_id, one.name or None)
        if not any(who):
            faults.append((f"/invited/{number}", "Say who is invited: an organisation, a person or a name"))
        if one.mail and not _is_mail(one.mail):
            faults.append((f"/invited/{number}/mail", "This is not a mail address"))
    organisations = Counter(one.organisation_id for one in invited if one.organisation_id and not one.person_id)
    if any(number > 1 for number in organisations.values()):
        faults.append(("/invited", "An organisation is invited once"))
    return faults


def faults_of_link(link: str) -> list[tuple[str, str]]:
    """Refuse a link to a meeting that a browser should not follow."""
    if link and not link.startswith(("https://", "http://")):
        return [("/link", "A link begins with https://")]
    return []


def tallies(dates: Sequence[Date], voters: Sequence[Voter]) -> list[Tally]:
    """Count the answers for each date, in the order in which they are; the best one is marked, and says why."""
    counted = [_counted(date, voters) for date in dates]
    best = best_of(counted) if any(voter.answers for voter in voters) else None
    return [_explained(one, counted, voters, is_best=one is best) for one in counted]


def best_of(counted: Sequence[Tally]) -> Tally | None:
    """Choose the best date that is not taken; none where all are.

    Best is where all who must come can, then where most say yes, then where fewest come only if need be, then where
    nobody is kept away, then what is earlier.
    """
    return min((one for one in counted if not one.date.is_taken), key=_rank, default=None)


def _rank(one: Tally) -> tuple[int, int, int, int, datetime]:
    return len(one.missed), -one.yes, one.if_needed, one.no, one.date.starts_at


def _counted(date: Date, voters: Sequence[Voter]) -> Tally:
    answers = Counter(voter.answers[date.id] for voter in voters if date.id in voter.answers)
    missed = tuple(voter.name for voter in voters if voter.required and voter.answers.get(date.id) == "no")
    return Tally(date, answers["yes"], answers["if_needed"], answers["no"], missed)


def _explained(one: Tally, counted: Sequence[Tally], voters: Sequence[Voter], *, is_best: bool) -> Tally:
    reasons = []
    if one.date.is_taken:
        reasons.append(Reason(code="poll_taken"))
    if one.missed:
        reasons.append(Reason(code="poll_missed", values={"names": list(one.missed)}))
    elif is_best and (silent := _silent(voters, one.date.id)):
        reasons.append(Reason(code="poll_silent", values={"names": silent}))
    elif is_best and any(voter.required for voter in voters):
        reasons.append(Reason(code="poll_all_required"))
    if is_best:
        others = [other.yes for other in counted if other is not one and not other.date.is_taken]
        code = "poll_most" if others and one.yes > max(others) else "poll_count"
        reasons.append(Reason(code=code, values={"yes": one.yes, "if_needed": one.if_needed, "no": one.no}))
        if _is_earliest_of_equals(one, counted):
            reasons.append(Reason(code="poll_earlier"))
    return Tally(one.date, one.yes, one.if_needed, one.no, one.missed, is_best, tuple(reasons))


def _silent(voters: Sequence[Voter], date_id: str) -> list[str]:
    """Name those who must come and did not say whether they can."""
    return [voter.name for voter in voters if voter.required and date_id not in voter.answers]


def _is_earliest_of_equals(one: Tally, counted: Collection[Tally]) -> bool:
    return any(other is not one and not other.date.is_taken and _rank(other)[:4] == _rank(one)[:4] for other in counted)


def _is_mail(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(at and name and "." in host.strip(".")) and not any(sign.isspace() or sign in "<>,;" for sign in text)
