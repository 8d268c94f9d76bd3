"""The base of the map's tables, and the column of theirs that is their own."""

from collections.abc import Callable

from sqlalchemy import Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

from shared import columns


class Words(TypeDecorator[tuple[str, ...]]):
    """A few words as one text with bars between them: read much more often, and sooner, than JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Write the words."""
        return None if value is None else "|".join(word.replace("|", " ") for word in value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], tuple[str, ...]]:
        """Read them: without the steps between, which cost more than the reading."""
        return lambda value: tuple(value.split("|")) if value else ()


class Base(DeclarativeBase):
    """The tables of the map."""

    metadata = columns.new_metadata()
