"""Everything that changes something in notifications, one function per intent."""

from services.notifications.commands.copies import EVENTS, ORGANISATIONS, PEOPLE, THEMES, VENUES, keep_person
from services.notifications.commands.erasing import ERASED_PEOPLE, confirm_erasure, forget_person
from services.notifications.commands.following import follow, tell_followers, unfollow
from services.notifications.commands.reaching import (
    Parcel,
    record_failure,
    record_refusal,
    record_sent,
    retry_delivery,
    take_due,
)
from services.notifications.commands.retention import retention_rules
from services.notifications.commands.telling import mark_all_read, mark_read, tell
from services.notifications.commands.wishes import ask_for_test, change_wishes, stop_letters

__all__ = [
    "ERASED_PEOPLE",
    "EVENTS",
    "ORGANISATIONS",
    "PEOPLE",
    "THEMES",
    "VENUES",
    "Parcel",
    "ask_for_test",
    "change_wishes",
    "confirm_erasure",
    "follow",
    "forget_person",
    "keep_person",
    "mark_all_read",
    "mark_read",
    "record_failure",
    "record_refusal",
    "record_sent",
    "retention_rules",
    "retry_delivery",
    "stop_letters",
    "take_due",
    "tell",
    "tell_followers",
    "unfollow",
]
