"""Importing: an iCalendar file read item by item, and what of it is new (RFC 5545)."""

from services.calendar.domain.components import Limits, UnreadableCalendar
from services.calendar.domain.importing.archives import CalendarFile, files_of
from services.calendar.domain.importing.calendars import read_calendar
from services.calendar.domain.importing.decisions import Known, plan_import
from services.calendar.domain.importing.items import Item, Reading

__all__ = [
    "CalendarFile",
    "Item",
    "Known",
    "Limits",
    "Reading",
    "UnreadableCalendar",
    "files_of",
    "plan_import",
    "read_calendar",
]
