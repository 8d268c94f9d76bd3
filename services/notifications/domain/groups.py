"""What kinds of alerts are about: whoever chooses what to hear of chooses among a few things, not among all kinds."""

from dataclasses import dataclass

from services.notifications.domain.plans import AlertKind


@dataclass(frozen=True)
class Group:
    """Kinds of alerts that are about the same, and its name, as a gettext source string."""

    id: str
    name: str
    kinds: tuple[AlertKind, ...]


GROUPS = (
    Group(
        "conflicts",
        "Conflicts of dates, places and people",
        ("conflict_detected", "conflict_changed", "conflict_accepted", "conflict_resolved", "left_open"),
    ),
    Group(
        "together",
        "Doing something together",
        (
            "opportunity_found",
            "opportunity_proposed",
            "opportunity_accepted",
            "opportunity_declined",
            "opportunity_withdrawn",
            "left_unanswered",
        ),
    ),
    Group("lending", "Places and things that are lent", ("booking_requested", "booking_answered")),
    Group(
        "meetings",
        "Meetings and tasks",
        (
            "poll_opened",
            "poll_reminder",
            "meeting_called",
            "guest_not_reached",
            "minutes_published",
            "task_recorded",
            "task_due",
        ),
    ),
    Group("events", "Events that concern you", ("event_planned", "event_moved", "event_cancelled")),
    Group("needs", "Needs and offers", ("match_suggested", "match_accepted", "match_declined", "need_closed")),
    Group(
        "neighbourhood",
        "Problems and initiatives of the neighbourhood",
        ("problem_named", "initiative_suggested", "suggestion_accepted", "suggestion_declined", "initiative_formed"),
    ),
    Group("rest", "Other news", ("news", "webhook_disabled")),
)
