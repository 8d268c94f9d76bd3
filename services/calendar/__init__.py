"""The calendar: events, occurrences, conflicts, opportunities, meetings and feeds."""
