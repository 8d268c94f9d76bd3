"""Outside systems that the calendar asks: the servers where others publish their calendars."""

from services.calendar.clients.calendars import Calendars, Fetched

__all__ = ["Calendars", "Fetched"]
