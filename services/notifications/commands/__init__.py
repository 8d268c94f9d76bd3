"""Everything that changes something in notifications, one function per intent."""

from services.notifications.commands.answering import answer_invitation, retry_invitation, take_reply
from services.notifications.commands.bouncing import record_bounce
from services.notifications.commands.copies import EVENTS, ORGANISATIONS, PEOPLE, THEMES, VENUES, keep_person
from services.notifications.commands.erasing import ERASED_PEOPLE, confirm_erasure, forget_person
from services.notifications.commands.feeds import end_feed, make_feed
from services.notifications.commands.following import follow, tell_followers, unfollow
from services.notifications.commands.invitations import ENDED_INVITATIONS, INVITATIONS, end_invitation, keep_invitation
from services.notifications.commands.linked import press_button, record_answered
from services.notifications.commands.pacing import LETTERS
from services.notifications.commands.posting import Message, record_answer, take_messages
from services.notifications.commands.pushes import Push, record_pushed, retry_push, take_pushes
from services.notifications.commands.pushing import add_push_address, remove_push_address, try_push_address
from services.notifications.commands.raising import EVERYBODY, topic_of
from services.notifications.commands.reaching import (
    Parcel,
    give_back,
    record_failure,
    record_refusal,
    record_sent,
    retry_delivery,
    take_due,
)
from services.notifications.commands.retention import retention_rules
from services.notifications.commands.rights import end_rights
from services.notifications.commands.sending import (
    Envelope,
    record_invitation_failure,
    record_invitation_refusal,
    record_invitation_sent,
    take_due_invitations,
)
from services.notifications.commands.telling import mark_all_read, mark_read, tell, tell_each, tell_people
from services.notifications.commands.watching import tell_coordinators, tell_of_left_open, watch, watch_no_more
from services.notifications.commands.webhooks import (
    ask_for_webhook_test,
    change_webhook,
    make_webhook,
    remove_webhook,
    replay,
)
from services.notifications.commands.wishes import ask_for_test, change_wishes, stop_letters

__all__ = [
    "ENDED_INVITATIONS",
    "ERASED_PEOPLE",
    "EVENTS",
    "EVERYBODY",
    "INVITATIONS",
    "LETTERS",
    "ORGANISATIONS",
    "PEOPLE",
    "THEMES",
    "VENUES",
    "Envelope",
    "Message",
    "Parcel",
    "Push",
    "add_push_address",
    "answer_invitation",
    "ask_for_test",
    "ask_for_webhook_test",
    "change_webhook",
    "change_wishes",
    "confirm_erasure",
    "end_feed",
    "end_invitation",
    "end_rights",
    "follow",
    "forget_person",
    "give_back",
    "keep_invitation",
    "keep_person",
    "make_feed",
    "make_webhook",
    "mark_all_read",
    "mark_read",
    "press_button",
    "record_answer",
    "record_answered",
    "record_bounce",
    "record_failure",
    "record_invitation_failure",
    "record_invitation_refusal",
    "record_invitation_sent",
    "record_pushed",
    "record_refusal",
    "record_sent",
    "remove_push_address",
    "remove_webhook",
    "replay",
    "retention_rules",
    "retry_delivery",
    "retry_invitation",
    "retry_push",
    "stop_letters",
    "take_due",
    "take_due_invitations",
    "take_messages",
    "take_pushes",
    "take_reply",
    "tell",
    "tell_coordinators",
    "tell_each",
    "tell_followers",
    "tell_of_left_open",
    "tell_people",
    "topic_of",
    "try_push_address",
    "unfollow",
    "watch",
    "watch_no_more",
]
