"""Pure thinking of the calendar: values in, values out; no database, no network, no clock."""
