"""Outside systems that notifications reach: receivers of webhooks, other networks, the mailbox for answers."""

from services.notifications.clients.receivers import Answered, Receivers

__all__ = [
    "Answered",
    "Receivers",
]
