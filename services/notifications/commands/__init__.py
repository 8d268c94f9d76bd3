"""Everything that changes something in notifications, one function per intent."""

from services.notifications.commands.copies import EVENTS, ORGANISATIONS, PEOPLE, THEMES, VENUES, keep_person
from services.notifications.commands.erasing import ERASED_PEOPLE, confirm_erasure, forget_person
from services.notifications.commands.following import follow, tell_followers, unfollow
from services.notifications.commands.posting import Message, record_answer, take_messages
from services.notifications.commands.reaching import (
    Parcel,
    record_failure,
    record_refusal,
    record_sent,
    retry_delivery,
    take_due,
)
from services.notifications.commands.retention import retention_rules
from services.notifications.commands.telling import mark_all_read, mark_read, tell, tell_person
from services.notifications.commands.webhooks import (
    ask_for_webhook_test,
    change_webhook,
    make_webhook,
    remove_webhook,
    replay,
)
from services.notifications.commands.wishes import ask_for_test, change_wishes, stop_letters

__all__ = [
    "ERASED_PEOPLE",
    "EVENTS",
    "ORGANISATIONS",
    "PEOPLE",
    "THEMES",
    "VENUES",
    "Message",
    "Parcel",
    "ask_for_test",
    "ask_for_webhook_test",
    "change_webhook",
    "change_wishes",
    "confirm_erasure",
    "follow",
    "forget_person",
    "keep_person",
    "make_webhook",
    "mark_all_read",
    "mark_read",
    "record_answer",
    "record_failure",
    "record_refusal",
    "record_sent",
    "remove_webhook",
    "replay",
    "retention_rules",
    "retry_delivery",
    "stop_letters",
    "take_due",
    "take_messages",
    "tell",
    "tell_followers",
    "tell_person",
    "unfollow",
]
