"""Other services tell: what concerns somebody becomes news, and names and titles are kept."""

from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.models import KnownApiKey, KnownKey, RevokedAccess
from services.notifications.subscribers import conflicts, described, events, meetings, neighbourhood
from services.notifications.subscribers.news import (
    asked,
    booking_news,
    match_news,
    meeting_news,
    news_of,
    pair_news,
    poll_news,
    suggestion_news,
    without,
)
from shared import auth, clock
from shared.broker import Bus
from shared.messages import calendar, registry


def subscribe(bus: Bus, zone: str) -> None:
    """Name what notifications listens to; `zone` is the neighbourhood's, for what comes without one."""
    bus.hears(calendar.ConflictDetected, conflicts.on_conflict_detected)
    bus.hears(calendar.ConflictChanged, conflicts.on_conflict_changed)
    bus.hears(calendar.ConflictAccepted, conflicts.on_conflict_accepted)
    bus.hears(calendar.ConflictResolved, conflicts.on_conflict_resolved)
    bus.hears(calendar.OpportunityFound, on_opportunity_found)
    bus.hears(calendar.OpportunityProposed, on_opportunity_proposed)
    bus.hears(calendar.OpportunityAccepted, on_opportunity_accepted)
    bus.hears(calendar.OpportunityDeclined, on_opportunity_declined)
    bus.hears(calendar.OpportunityWithdrawn, on_opportunity_withdrawn)
    bus.hears(calendar.BookingRequested, on_booking_requested)
    bus.hears(calendar.BookingAnswered, on_booking_answered)
    bus.hears(calendar.ActionAnswered, on_action_answered)
    bus.hears(calendar.PollOpened, on_poll_opened)
    bus.hears(calendar.PollReminded, on_poll_reminded)
    bus.hears(calendar.MeetingCalled, on_meeting_called)
    bus.keeps(calendar.InvitationChanged, commands.INVITATIONS, live=commands.keep_invitation)
    bus.hears(calendar.InvitationEnded, commands.end_invitation)
    bus.copies.add(calendar.InvitationEnded, commands.ENDED_INVITATIONS)
    meetings.subscribe(bus)
    bus.hears(registry.MatchSuggested, partial(on_match_suggested, zone=zone))
    bus.hears(registry.MatchAccepted, partial(on_match_accepted, zone=zone))
    bus.hears(registry.MatchDeclined, partial(on_match_declined, zone=zone))
    bus.hears(registry.NeedClosed, on_need_closed)
    bus.hears(registry.InitiativeSuggested, on_initiative_suggested)
    bus.hears(registry.SuggestionAccepted, on_suggestion_accepted)
    bus.hears(registry.SuggestionDeclined, on_suggestion_declined)
    bus.hears(registry.ProblemNamed, neighbourhood.on_problem_named)
    bus.hears(registry.InitiativeFormed, neighbourhood.on_initiative_formed)
    bus.keeps(calendar.EventPlanned, commands.EVENTS)
    bus.keeps(calendar.EventMoved, commands.EVENTS)
    bus.keeps(calendar.EventChanged, commands.EVENTS)
    bus.keeps(calendar.EventCancelled, commands.EVENTS)
    bus.keeps(registry.OrganisationRegistered, commands.ORGANISATIONS)
    bus.keeps(registry.OrganisationChanged, commands.ORGANISATIONS)
    bus.keeps(registry.VenueRegistered, commands.VENUES)
    bus.keeps(registry.VenueChanged, commands.VENUES)
    bus.keeps(registry.ThemeChanged, commands.THEMES)
    bus.hears(calendar.EventPlanned, events.on_event_planned)
    bus.hears(calendar.EventMoved, events.on_event_moved)
    bus.hears(calendar.EventCancelled, events.on_event_cancelled)
    bus.keeps(registry.PersonChanged, commands.PEOPLE, live=commands.keep_person)
    bus.copies.add(registry.PersonErased, commands.ERASED_PEOPLE)
    auth.hear_access(bus, KnownKey, RevokedAccess, KnownApiKey, forget_person=commands.forget_person)
    described.hear_described(bus)


def on_opportunity_found(session: Session, message: calendar.OpportunityFound) -> None:
    """Tell those who could work together."""
    commands.tell(session, pair_news("opportunity_found", message))


def on_opportunity_proposed(session: Session, message: calendar.OpportunityProposed) -> None:
    """Tell those who are asked; if nobody answers, who looks after the neighbourhood will hear of it."""
    commands.tell(session, pair_news("opportunity_proposed", message, asked(message), message=message.message))
    commands.watch(session, "left_unanswered", pair_news("left_unanswered", message))


def on_opportunity_accepted(session: Session, message: calendar.OpportunityAccepted) -> None:
    """Tell both sides that they do it together."""
    commands.tell(session, news := pair_news("opportunity_accepted", message))
    commands.watch_no_more(session, news)


def on_opportunity_declined(session: Session, message: calendar.OpportunityDeclined) -> None:
    """Tell those who proposed it; nobody, where it was but a suggestion."""
    news = pair_news("opportunity_declined", message, message.proposer_ids, because=message.because)
    commands.tell(session, news)
    commands.watch_no_more(session, news)


def on_opportunity_withdrawn(session: Session, message: calendar.OpportunityWithdrawn) -> None:
    """Tell those who were asked that they need not answer."""
    commands.tell(session, news := pair_news("opportunity_withdrawn", message, asked(message)))
    commands.watch_no_more(session, news)


def on_booking_requested(session: Session, message: calendar.BookingRequested) -> None:
    """Tell the owner of a venue or a resource that somebody asks for it."""
    commands.tell(session, booking_news("booking_requested", "asked", message, (message.owner_id,)))


def on_booking_answered(session: Session, message: calendar.BookingAnswered) -> None:
    """Tell those who asked what became of it; the owner when they took it back, both when it is agreed.

    Where nobody answered in time, who looks after the neighbourhood hears of it.
    """
    hosts, owner = message.host_ids, (message.owner_id,)
    told = {"withdrawn": owner, "accepted": (*hosts, *owner)}.get(message.answer, hosts)
    news = booking_news("booking_answered", message.answer, message, told, because=message.because)
    commands.tell(session, news)
    if message.answer == "expired":
        commands.tell_coordinators(session, replace(news, kind="left_unanswered"))


def on_action_answered(session: Session, message: calendar.ActionAnswered) -> None:
    """Remember what came of a button that somebody pressed in a letter."""
    commands.record_answered(session, told=message)


def on_poll_opened(session: Session, message: calendar.PollOpened) -> None:
    """Tell those who are asked when they can come."""
    commands.tell(session, poll_news("poll_opened", message))


def on_poll_reminded(session: Session, message: calendar.PollReminded) -> None:
    """Tell those who have not said when they can come that it is time."""
    commands.tell(session, poll_news("poll_reminder", message))


def on_meeting_called(session: Session, message: calendar.MeetingCalled) -> None:
    """Tell those who are invited, organisations and people by themselves, and whether the meeting needs them."""
    for code, is_needed in (("meeting_needed", True), ("meeting_welcome", False)):
        told = [one for one in message.organisation_ids if (one in message.required_ids) is is_needed]
        commands.tell(session, meeting_news(message, code, told))
        people = [one for one in message.person_ids if (one in message.required_ids) is is_needed]
        commands.tell_each(session, people, meeting_news(message, code, ()))


def on_match_suggested(session: Session, message: registry.MatchSuggested, zone: str) -> None:
    """Tell both sides; who needs something asked for it, who could lend it did not."""
    commands.tell(session, match_news("match_suggested", message, zone, message.need_organisation_id, "answer"))
    commands.tell(session, match_news("match_suggested", message, zone, message.resource_organisation_id, "match"))


def on_match_accepted(session: Session, message: registry.MatchAccepted, zone: str) -> None:
    """Tell both sides that it may become true."""
    for side in message.organisation_ids:
        commands.tell(session, match_news("match_accepted", message, zone, side, "answer"))


def on_match_declined(session: Session, message: registry.MatchDeclined, zone: str) -> None:
    """Tell both sides that it does not suit, and why."""
    why = {"decline_reason": message.decline_reason, "because": message.because}
    for side in message.organisation_ids:
        commands.tell(session, match_news("match_declined", message, zone, side, "answer", **why))


def on_need_closed(session: Session, message: registry.NeedClosed) -> None:
    """Ask those whose need the clock closed what came of it; who closed it themselves knows."""
    if message.because != "past":
        return
    at = message.closed_at or clock.now()
    news = news_of(
        "need_closed",
        message,
        subject_kind="need",
        event_titles=(message.title,),
        organisation_ids=(message.organisation_id,),
        starts_at=at,
        ends_at=at,
        zone="UTC",
        reason_code="need_past",
    )
    commands.tell(session, news)


def on_initiative_suggested(session: Session, message: registry.InitiativeSuggested) -> None:
    """Tell each of those who could form a coalition once, also who joined the suggestion later."""
    values = {"reasons": [reason.model_dump(mode="json") for reason in message.reasons]}
    news = suggestion_news("initiative_suggested", message, message.organisation_ids, "coalition", values)
    commands.tell(session, replace(news, cause_version=1))


def on_suggestion_accepted(session: Session, message: registry.SuggestionAccepted) -> None:
    """Tell the others who says yes: all who are asked until it is formed, later only who is in it."""
    is_open = message.formed or message.initiative_id is None
    told = without(message.organisation_ids if is_open else message.accepted_ids, message.by_organisation_id)
    said = "coalition_formed" if message.formed else "coalition_accepted"
    values = {"who": message.by_organisation_name}
    commands.tell(session, suggestion_news("suggestion_accepted", message, told, said, values))


def on_suggestion_declined(session: Session, message: registry.SuggestionDeclined) -> None:
    """Tell those who said yes who says no, and why."""
    told = without(message.accepted_ids, message.by_organisation_id)
    values = {"who": message.by_organisation_name}
    news = suggestion_news("suggestion_declined", message, told, "coalition_declined", values)
    commands.tell(session, replace(news, details={"because": message.because} if message.because else {}))
