"""Other services tell: what concerns somebody becomes news, and names and titles are kept."""

from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from services.notifications import commands
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.topics import topics_of
from services.notifications.models import KnownApiKey, KnownKey, RevokedAccess
from services.notifications.subscribers import meetings
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
    bus.hears(calendar.ConflictDetected, on_conflict_detected)
    bus.hears(calendar.ConflictChanged, on_conflict_changed)
    bus.hears(calendar.ConflictAccepted, on_conflict_accepted)
    bus.hears(calendar.ConflictResolved, on_conflict_resolved)
    bus.hears(calendar.OpportunityFound, on_opportunity_found)
    bus.hears(calendar.OpportunityProposed, on_opportunity_proposed)
    bus.hears(calendar.OpportunityAccepted, on_opportunity_accepted)
    bus.hears(calendar.OpportunityDeclined, on_opportunity_declined)
    bus.hears(calendar.OpportunityWithdrawn, on_opportunity_withdrawn)
    bus.hears(calendar.BookingRequested, on_booking_requested)
    bus.hears(calendar.BookingAnswered, on_booking_answered)
    bus.hears(calendar.PollOpened, on_poll_opened)
    bus.hears(calendar.PollReminded, on_poll_reminded)
    bus.hears(calendar.MeetingCalled, on_meeting_called)
    meetings.subscribe(bus)
    bus.hears(registry.MatchSuggested, partial(on_match_suggested, zone=zone))
    bus.hears(registry.MatchAccepted, partial(on_match_accepted, zone=zone))
    bus.hears(registry.MatchDeclined, partial(on_match_declined, zone=zone))
    bus.hears(registry.NeedClosed, on_need_closed)
    bus.hears(registry.InitiativeSuggested, on_initiative_suggested)
    bus.hears(registry.SuggestionAccepted, on_suggestion_accepted)
    bus.hears(registry.SuggestionDeclined, on_suggestion_declined)
    bus.keeps(calendar.EventPlanned, commands.EVENTS)
    bus.keeps(calendar.EventMoved, commands.EVENTS)
    bus.keeps(calendar.EventChanged, commands.EVENTS)
    bus.keeps(calendar.EventCancelled, commands.EVENTS)
    bus.keeps(registry.OrganisationRegistered, commands.ORGANISATIONS)
    bus.keeps(registry.OrganisationChanged, commands.ORGANISATIONS)
    bus.keeps(registry.VenueRegistered, commands.VENUES)
    bus.keeps(registry.VenueChanged, commands.VENUES)
    bus.keeps(registry.ThemeChanged, commands.THEMES)
    bus.hears(calendar.EventPlanned, on_event_planned)
    bus.hears(calendar.EventMoved, on_event_moved)
    bus.hears(calendar.EventCancelled, on_event_cancelled)
    bus.keeps(registry.PersonChanged, commands.PEOPLE, live=commands.keep_person)
    bus.copies.add(registry.PersonErased, commands.ERASED_PEOPLE)
    auth.hear_access(bus, KnownKey, RevokedAccess, KnownApiKey, forget_person=commands.forget_person)


def on_conflict_detected(session: Session, message: calendar.ConflictDetected) -> None:
    """Tell everybody concerned of a new conflict."""
    commands.tell(session, pair_news("conflict_detected", message))


def on_conflict_changed(session: Session, message: calendar.ConflictChanged) -> None:
    """Tell everybody concerned that a conflict is different now."""
    commands.tell(session, pair_news("conflict_changed", message))


def on_conflict_accepted(session: Session, message: calendar.ConflictAccepted) -> None:
    """Tell everybody concerned that a conflict may stay, and why."""
    commands.tell(session, pair_news("conflict_accepted", message, accepted_because=message.accepted_because))


def on_conflict_resolved(session: Session, message: calendar.ConflictResolved) -> None:
    """Tell everybody concerned that a conflict is gone, and how."""
    commands.tell(session, pair_news("conflict_resolved", message, resolved_by=message.resolved_by))


def on_opportunity_found(session: Session, message: calendar.OpportunityFound) -> None:
    """Tell those who could work together."""
    commands.tell(session, pair_news("opportunity_found", message))


def on_opportunity_proposed(session: Session, message: calendar.OpportunityProposed) -> None:
    """Tell those who are asked."""
    commands.tell(session, pair_news("opportunity_proposed", message, asked(message), message=message.message))


def on_opportunity_accepted(session: Session, message: calendar.OpportunityAccepted) -> None:
    """Tell both sides that they do it together."""
    commands.tell(session, pair_news("opportunity_accepted", message))


def on_opportunity_declined(session: Session, message: calendar.OpportunityDeclined) -> None:
    """Tell those who proposed it; nobody, where it was but a suggestion."""
    commands.tell(session, pair_news("opportunity_declined", message, message.proposer_ids, because=message.because))


def on_opportunity_withdrawn(session: Session, message: calendar.OpportunityWithdrawn) -> None:
    """Tell those who were asked that they need not answer."""
    commands.tell(session, pair_news("opportunity_withdrawn", message, asked(message)))


def on_booking_requested(session: Session, message: calendar.BookingRequested) -> None:
    """Tell the owner of a venue or a resource that somebody asks for it."""
    commands.tell(session, booking_news("booking_requested", "asked", message, (message.owner_id,)))


def on_booking_answered(session: Session, message: calendar.BookingAnswered) -> None:
    """Tell those who asked what became of it; the owner when they took it back, both when it is agreed."""
    hosts, owner = message.host_ids, (message.owner_id,)
    told = {"withdrawn": owner, "accepted": (*hosts, *owner)}.get(message.answer, hosts)
    commands.tell(session, booking_news("booking_answered", message.answer, message, told, because=message.because))


def on_poll_opened(session: Session, message: calendar.PollOpened) -> None:
    """Tell those who are asked when they can come."""
    commands.tell(session, poll_news("poll_opened", message))


def on_poll_reminded(session: Session, message: calendar.PollReminded) -> None:
    """Tell those who have not said when they can come that it is time."""
    commands.tell(session, poll_news("poll_reminder", message))


def on_meeting_called(session: Session, message: calendar.MeetingCalled) -> None:
    """Tell those who are invited, and whether the meeting needs them."""
    for code, is_needed in (("meeting_needed", True), ("meeting_welcome", False)):
        told = [one for one in message.organisation_ids if (one in message.required_ids) is is_needed]
        commands.tell(session, meeting_news(message, code, told))


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


def on_event_planned(session: Session, message: calendar.EventPlanned) -> None:
    """Tell those who follow what a new event is about."""
    _tell_followers(session, "event_planned", message)


def on_event_moved(session: Session, message: calendar.EventMoved) -> None:
    """Tell those who follow what an event is about that its time or place is another."""
    _tell_followers(session, "event_moved", message)


def on_event_cancelled(session: Session, message: calendar.EventCancelled) -> None:
    """Tell those who follow what an event is about that it does not take place."""
    _tell_followers(session, "event_cancelled", message)


def _tell_followers(session: Session, kind: AlertKind, message: calendar.EventFacts) -> None:
    """Tell of the next date of an event that everybody may read of; of what is past there is nothing to tell."""
    dates = [calendar.OccurrenceFacts(starts_at=message.starts_at, ends_at=message.ends_at), *message.occurrences]
    following = next((one for one in dates if one.ends_at > clock.now()), None)
    if message.visibility != "public" or following is None:
        return
    news = news_of(
        kind,
        message,
        subject_kind="event",
        event_ids=(message.id,),
        event_titles=(message.title,),
        organisation_ids=(),
        starts_at=following.starts_at,
        ends_at=following.ends_at,
        zone=message.zone,
        reason_code="followed",
    )
    topics = topics_of(message.kind, message.audiences, message.themes, message.host_ids, message.venue_id)
    commands.tell_followers(session, news, topics, but_not_of=message.host_ids)
