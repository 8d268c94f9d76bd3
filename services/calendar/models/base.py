"""The base of the calendar's tables: its own metadata."""

from sqlalchemy.orm import DeclarativeBase

from shared import columns


class Base(DeclarativeBase):
    """The calendar's own metadata; no other service's tables are in it."""

    metadata = columns.new_metadata()
