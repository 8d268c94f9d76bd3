"""The base of the notifications' tables: its own metadata."""

from datetime import datetime

from sqlalchemy.orm import DeclarativeBase

from shared import columns
from shared.columns import Instant


class Base(DeclarativeBase):
    """The tables of notifications."""

    metadata = columns.new_metadata()
    type_annotation_map = {datetime: Instant}  # noqa: RUF012 -- SQLAlchemy reads this name
