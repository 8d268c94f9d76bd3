"""What the search looks through: a row for each public thing, and the words that occur in them."""

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import Base
from shared.columns import Id


class Searched(Base):
    """One public thing as the search finds it; kept right by `commands.searching` alone.

    The stems are looked through by an index that each database has its own kind of (migration 0030): the FTS5 table
    `searched_words` on SQLite, the column of that name on PostgreSQL. Both follow this table by themselves.
    """

    __tablename__ = "searched"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    id: Mapped[str] = mapped_column(Id, unique=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int]
    """Of the thing that it tells of."""
    stemmer: Mapped[int]
    """Which rules made the stems."""
    organisation_id: Mapped[str | None] = mapped_column(Id, index=True)
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(300))
    themes: Mapped[str] = mapped_column(Text)
    """The codes of its themes and of the wider ones, each between spaces."""
    title_stems: Mapped[str] = mapped_column(Text)
    organisation_stems: Mapped[str] = mapped_column(Text)
    text_stems: Mapped[str] = mapped_column(Text)


class SearchedWord(Base):
    """A word that occurs in what is searched, to be offered to who mistyped it."""

    __tablename__ = "searched_word"

    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Folded."""
    written: Mapped[str] = mapped_column(String(60))


class SearchedTrigram(Base):
    """Three letters of a word: words that share many are alike."""

    __tablename__ = "searched_trigram"

    trigram: Mapped[str] = mapped_column(String(3), primary_key=True)
    word: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
