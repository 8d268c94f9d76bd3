"""Outside systems that notifications reach: the programs that receive webhooks, and the mailbox for answers."""

from services.notifications.clients.receivers import Answered, Receivers

__all__ = ["Answered", "Receivers"]
