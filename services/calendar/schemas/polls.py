"""Invitations, polls and votes in requests and answers."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self, cast
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from services.calendar.domain.faults import zone_of
from services.calendar.domain.plans import Visibility
from services.calendar.domain.polls import MOST_DATES, MOST_INVITED, Choice, Invited, PollPlan, Tally
from services.calendar.domain.replies import Answer
from services.calendar.models import Poll
from services.calendar.queries.polls import Ballot, InvitationCard, PollCard
from services.calendar.schemas.asked import Asked
from services.calendar.schemas.fields import Clean, Identifier, Moment, Paragraphs, Title, Zone
from shared.problems import InvalidInput
from shared.reasons import sentence

REMINDER = timedelta(days=1)
"""A reminder goes out so long before a poll closes, where nobody says otherwise."""
GuestName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean]
MailAddress = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320), Clean]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class InvitedBody(Asked):
    """Who is invited: an organisation, a person by id, or a guest by name, whose mail address stays here."""

    organisation_id: Identifier | None = None
    person_id: Identifier | None = None
    name: GuestName = ""
    mail: MailAddress | None = None
    required: bool = Field(default=False, description="Whether the meeting makes no sense without them.")

    def invited(self) -> Invited:
        """Give whom this names."""
        return Invited(self.organisation_id, self.person_id, self.name, self.mail or None, self.required)


class InvitationsBody(Asked):
    """Everybody who is invited to a meeting; who is left out is invited no more."""

    invited: Annotated[tuple[InvitedBody, ...], Field(max_length=MOST_INVITED)]


class DateBody(Asked):
    """A date that a poll offers; half-open."""

    starts_at: Moment
    ends_at: Moment


class PollBody(Asked):
    """A poll for the date of a meeting; each date is held as tentative until the poll is over."""

    title: Title
    organisation_id: Identifier = Field(description="Who calls the meeting.")
    dates: Annotated[tuple[DateBody, ...], Field(min_length=1, max_length=MOST_DATES)]
    closes_at: Moment = Field(description="Votes count until then.")
    remind_at: Moment | None = Field(default=None, description="Who has not voted is reminded then; a day before.")
    zone: Zone | None = Field(default=None, description="IANA name; that of the neighbourhood when absent.")
    invited: Annotated[tuple[InvitedBody, ...], Field(max_length=MOST_INVITED)] = ()
    description: Paragraphs = ""
    venue_id: Identifier | None = None
    link: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Clean] = ""
    visibility: Visibility = Field(default="public", description="Who may read the meeting when it has a date.")

    def plan(self, zone: str) -> PollPlan:
        """Give the plan that this is; `zone` is the neighbourhood's. Raises `InvalidInput`."""
        name = self.zone or zone
        if zone_of(name) is None:
            raise InvalidInput(("/zone", "There is no such time zone; use an IANA name such as Europe/Warsaw"))
        clock = ZoneInfo(name)
        return PollPlan(
            title=self.title,
            organisation_id=self.organisation_id,
            dates=tuple((one.starts_at.astimezone(clock), one.ends_at.astimezone(clock)) for one in self.dates),
            closes_at=self.closes_at,
            remind_at=self.remind_at or self.closes_at - REMINDER,
            zone=name,
            invited=tuple(one.invited() for one in self.invited),
            description=self.description,
            venue_id=self.venue_id,
            link=self.link,
            visibility=self.visibility,
        )


class SettleBody(Asked):
    """Which date the meeting has."""

    date_id: Identifier


class LinksBody(Asked):
    """For whom links are made: for all who have none, for one alone, or one by which a group takes part."""

    invitation_id: Identifier | None = Field(default=None, description="Their earlier links end.")
    open: bool = Field(default=False, description="The group's link; the earlier one ends.")


class VoteBody(Asked):
    """One's answers by id of a date; `name` is asked for where the link is a group's."""

    answers: Annotated[dict[Identifier, Choice], Field(min_length=1, max_length=MOST_DATES)]
    name: GuestName = ""


class InvitationReply(BaseModel):
    """What was said of one date (`held_on`), or of all where that is empty; who `countered` proposes another time."""

    held_on: str
    answer: Answer
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class InvitationAnswer(BaseModel):
    """One who is invited; `answers` are by id of a date, and told to who called the meeting alone."""

    id: str
    organisation_id: str | None
    person_id: str | None
    name: str
    mail: str | None
    required: bool
    answered_at: datetime | None
    answers: dict[str, Choice] = {}
    answer: Literal["yes", "maybe", "no"] | None = None
    """Whether they come to the meeting, by its letter of invitation."""
    answer_at: datetime | None = None
    replies: list[InvitationReply] = []

    @classmethod
    def of(cls, card: InvitationCard, answers: dict[str, Choice] | None = None) -> Self:
        """Show who is invited to somebody who may know everything of it."""
        row = card.invitation
        return cls(
            id=row.id,
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            name=card.name,
            mail=row.mail,
            required=row.required,
            answered_at=row.answered_at,
            answers=answers or {},
            answer=cast(Any, row.answer),
            answer_at=row.answer_at,
            replies=[InvitationReply(held_on=day, **kept) for day, kept in sorted(row.replies.items())],
        )


class InvitationsAnswer(BaseModel):
    """Who is invited to a meeting, those who must come first."""

    items: list[InvitationAnswer]


class PollDateAnswer(BaseModel):
    """One date with what the poll came to so far; `taken`: what it needs is somebody else's by now."""

    id: str
    starts_at: datetime
    ends_at: datetime
    yes: int
    if_needed: int
    no: int
    taken: bool
    suggested: bool
    reasons: list[str]

    @classmethod
    def of(cls, one: Tally, zone: ZoneInfo) -> Self:
        """Show a date."""
        return cls(
            id=one.date.id,
            starts_at=one.date.starts_at.astimezone(zone),
            ends_at=one.date.ends_at.astimezone(zone),
            yes=one.yes,
            if_needed=one.if_needed,
            no=one.no,
            taken=one.date.is_taken,
            suggested=one.is_best,
            reasons=[sentence(why) for why in one.reasons],
        )


class PollAnswer(BaseModel):
    """A poll; `state` open, settled (`event_id` is the meeting) or withdrawn."""

    id: str
    version: int
    title: str
    organisation_id: str
    description: str
    zone: str
    venue_id: str | None
    visibility: str
    closes_at: datetime
    remind_at: datetime
    state: str
    event_id: str | None
    url: str

    @classmethod
    def of(cls, row: Poll) -> Self:
        """Show a poll in a list."""
        return cls(**_facts(row))


class PollCardAnswer(PollAnswer):
    """A poll with its dates; `invited` in full for who may call the meeting, for others their own."""

    link: str
    dates: list[PollDateAnswer]
    answered: int
    asked: int
    invited: list[InvitationAnswer]

    @classmethod
    def of_card(cls, card: PollCard) -> Self:
        """Show a poll with its dates."""
        zone, answers = ZoneInfo(card.poll.zone), {one.id: dict(one.answers) for one in card.voters}
        shown = card.invited if card.voters else card.own
        return cls(
            **_facts(card.poll),
            link=card.poll.link,
            dates=[PollDateAnswer.of(one, zone) for one in card.tallies],
            answered=card.answered,
            asked=len(card.invited),
            invited=[InvitationAnswer.of(one, answers.get(one.invitation.id)) for one in shown],
        )


class LinkMade(BaseModel):
    """A link to a poll: `url` is told once, and null in a repeated answer; without `invitation_id`, a group's."""

    invitation_id: str | None
    name: str
    url: str | None


class LinksMade(BaseModel):
    """The links that were made."""

    items: list[LinkMade]


class BallotDateAnswer(BaseModel):
    """One date and one's own answer for it, if there is one."""

    id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    answer: Choice | None


class BallotAnswer(BaseModel):
    """What a link shows: the dates, and one's own answers; `replaced` says that there were earlier ones.

    `url` is one's own link where one took part by a group's: keep it, it is told once.
    """

    title: str
    host: str
    description: str
    venue: str
    zone: str
    closes_at: datetime
    open: bool
    event_id: str | None
    name: str
    dates: list[BallotDateAnswer]
    replaced: bool = False
    url: str | None = None

    @classmethod
    def of(cls, ballot: Ballot, now: datetime, *, replaced: bool = False, url: str | None = None) -> Self:
        """Show what a link shows."""
        poll, zone = ballot.poll, ZoneInfo(ballot.poll.zone)
        return cls(
            title=poll.title,
            host=ballot.host,
            description=poll.description,
            venue=ballot.venue.name if ballot.venue else "",
            zone=poll.zone,
            closes_at=poll.closes_at.astimezone(zone),
            open=ballot.is_open(now),
            event_id=poll.event_id,
            name=ballot.name,
            dates=[
                BallotDateAnswer(
                    id=one.event_id,
                    starts_at=one.starts_at.astimezone(zone),
                    ends_at=one.ends_at.astimezone(zone),
                    answer=ballot.answers.get(one.event_id),
                )
                for one in ballot.dates
            ],
            replaced=replaced,
            url=url,
        )


def _facts(row: Poll) -> dict[str, Any]:
    zone = ZoneInfo(row.zone)
    return {
        "id": row.id,
        "version": row.version,
        "title": row.title,
        "organisation_id": row.organisation_id,
        "description": row.description,
        "zone": row.zone,
        "venue_id": row.venue_id,
        "visibility": row.visibility,
        "closes_at": row.closes_at.astimezone(zone),
        "remind_at": row.remind_at.astimezone(zone),
        "state": row.state,
        "event_id": row.event_id,
        "url": f"/calendar/meetings/polls/{row.id}",
    }
