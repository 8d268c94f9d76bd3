"""Outside systems that notifications reach: the programs that receive webhooks, and other networks by apprise."""

from services.notifications.clients.receivers import Answered, Receivers

# `pushing` is not named here: its child process, `pushing_once`, lies in this package and must start with little.

__all__ = ["Answered", "Receivers"]
