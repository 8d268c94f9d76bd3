"""Every way in which the calendar refuses, beyond what every service refuses."""

from shared.problems import ChangedMeanwhile, InvalidInput, NotFound, NotSignedIn, Problem


class EventBlocked(Problem):
    """A venue that takes one event at a time, or a resource, is taken; nothing was saved.

    `extra` has `conflicts` (as in the API, without id) and `slots` (the three nearest free ones).
    """

    status = 409
    type = "event-blocked"
    title = "What this event needs is taken at that time"
    detail = "Choose one of the free slots, another place, or agree with the other event's hosts."


class EventOver(Problem):
    """What is cancelled or done is not edited any more."""

    status = 409
    type = "event-over"
    title = "This event is cancelled"
    detail = "A cancelled event stays as it is; plan a new one."


class EventJoined(EventOver):
    """It became one event with another, which goes on in its place: `extra` has `joined_into_id`."""

    type = "event-joined"
    title = "This event was joined with another one"
    detail = "It goes on as part of the joint event; change that one, or plan a new one."


class OpportunitySettled(Problem):
    """The opportunity is in another state than what is asked of it; `extra` has `state`."""

    status = 409
    type = "opportunity-settled"
    title = "This opportunity is not open to that any more"
    detail = "It was proposed, answered or withdrawn meanwhile, or one of the events is called off."


class ProposalOutdated(OpportunitySettled):
    """One of the events was moved or got other hosts since; who proposed it did not mean them as they are now."""

    type = "proposal-outdated"
    title = "The events are not as they were when this was proposed"
    detail = "One was moved or has other hosts since. Whoever proposed it can take it back and propose it anew."


class EventBegun(Problem):
    """What takes place already, or did, is not joined or coordinated any more."""

    status = 409
    type = "event-begun"
    title = "One of the events has begun"
    detail = "What came of it stays with its hosts. Part a series at its next date, and what follows can be joined."


class NoThanks(OpportunitySettled):
    """The other side said no; only they can come back to it."""

    type = "no-thanks"
    title = "The other side said no, thank you"
    detail = "Only they can come back to it."


class RequestSettled(Problem):
    """The request waits for nobody any more; `extra` has its `state`."""

    status = 409
    type = "request-settled"
    title = "This request does not wait any more"
    detail = "It was answered, taken back or left too long, or the event begins or is called off."


class StatusNotPossible(Problem):
    """This status does not follow the one that the event has (`domain.statuses`)."""

    status = 409
    type = "status-not-possible"
    title = "The event cannot become this"
    detail = "From “{before}” it cannot become “{after}”; an event is done when its last date is over."


class EventOfAnother(Problem):
    """An event of a subscribed calendar is edited where it is published."""

    status = 409
    type = "event-of-another"
    title = "This event is from a subscribed calendar"
    detail = "Change it where it is published; the next fetch brings the change here."


class AlreadySubscribed(InvalidInput):
    """An organisation subscribes to one calendar once."""

    status = 409
    type = "already-subscribed"
    title = "Your organisation has subscribed to this calendar already"


class ConflictSettled(Problem):
    """Only an open conflict can be accepted."""

    status = 409
    type = "conflict-settled"
    title = "This conflict is not open any more"


class NotAMeeting(Problem):
    """Agenda, minutes and decisions belong to events of kind meeting."""

    status = 409
    type = "not-a-meeting"
    title = "This event is not a meeting"
    detail = "Agenda, minutes and decisions belong to events of the kind meeting."


class ItemFixed(Problem):
    """An item of an agenda cannot be made that by who asks, or not any more."""

    status = 409
    type = "item-fixed"
    title = "This cannot be done with this item of the agenda"
    detail = "Read the agenda again: somebody has decided about this item, or minutes are written for it already."


class SectionChanged(ChangedMeanwhile):
    """Somebody else wrote this part of the minutes since it was read; what stands there now is told with it."""

    detail = "Read what stands there now, put both texts together, and send that with the new version."

    def __init__(self, text: str, version: int) -> None:
        super().__init__(extra={"current": {"text": text, "version": version}}, headers={"ETag": f'"{version}"'})


class AgendaFull(Problem):
    """There are as many items as a meeting can have."""

    status = 409
    type = "agenda-full"
    title = "There are too many items on this agenda"
    detail = "Use an item that is there, or plan another meeting."


class NothingToPublish(Problem):
    """Nothing is written about the meeting: no minutes, nobody who came, nothing agreed."""

    status = 409
    type = "nothing-to-publish"
    title = "Nothing is written about this meeting yet"
    detail = "Write the minutes, who came, or what was decided; then publish them."


class MessageRefused(InvalidInput):
    """A municipal system's message is not right; sending it again cannot help."""

    type = "message-refused"
    title = "This message cannot be taken in"


class UnknownPartner(Problem):
    """Nobody is let in by this name, or not with this key."""

    status = 403
    type = "unknown-partner"
    title = "This door is not yours"
    detail = "A partner has its own door only, and only while the operator lets it in."


class PartnerKeyRefused(NotSignedIn):
    """The key of the HTTP door is nobody's; which partners there are is told to nobody."""

    type = "key-refused"
    title = "This key does not hold"
    detail = "Send Authorization: Bearer and the key that the operator handed over; a revoked one opens nothing."


class FileRefused(Problem):
    """A calendar file that is refused whole: it is none, or over a limit; `detail` says which."""

    status = 422
    type = "file-refused"
    title = "This file cannot be imported"


class PeriodNotOver(Problem):
    """Only a period whose last day is over can be closed."""

    status = 409
    type = "period-not-over"
    title = "This period is not over yet"
    detail = "It can be frozen from the day after its last day."


class PeriodFrozen(Problem):
    """The figures of a period that is frozen stay as they are, those that were entered too."""

    status = 409
    type = "period-frozen"
    title = "This period is frozen"
    detail = "What was entered or counted for it stays as it is."


class EventHeld(Problem):
    """A date that a poll holds changes with its poll alone; `extra` has `poll_id`."""

    status = 409
    type = "event-held"
    title = "This date is held by a poll"
    detail = "Settle the poll or call it off; then its dates can be changed like any event."


class PollSettled(Problem):
    """The poll has a result, or was called off; `extra` has its `state`, and `event_id` where a date was chosen."""

    status = 409
    type = "poll-settled"
    title = "This poll is over"
    detail = "A date was chosen already, or it was called off. Look at the poll again."


class PollDateOver(Problem):
    """A meeting cannot be called to a time that has begun."""

    status = 409
    type = "poll-date-over"
    title = "This date has begun or is over"
    detail = "Choose a later date of the poll, or call it off and ask anew."


class PollClosed(Problem):
    """Nobody votes any more: the closing time is over, a date was chosen, or the poll was called off."""

    status = 409
    type = "poll-closed"
    title = "This poll is closed"
    detail = "Votes are counted until its closing time only. Whoever sent you the link can tell you the date."


class PollLinkUnknown(NotFound):
    """A link that leads to no poll: cut off, mistyped, forged, or replaced by a new one."""

    type = "poll-link-unknown"
    title = "This link leads to no poll"
    detail = "Look whether the address was copied whole. If so, ask whoever sent it for a new link."


class QuestionsClosed(Problem):
    """The questions about an event are not open: not yet, not any more, or so many answered that it is no event's."""

    status = 409
    type = "questions-closed"
    title = "These questions are not open"
    detail = "They are open from the start of the event and for two weeks after it."
