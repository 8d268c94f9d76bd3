"""Putting right what is searched: at the first start everything, later what was changed past the commands."""

from services.registry import commands, queries
from services.registry.domain.searching import SEARCHED_KINDS
from shared.database import Database

WORDS_A_UNIT = 500


async def keep_search_right(database: Database) -> None:
    """Write missing and old rows anew, in short units, and forget the words that nothing says any more."""
    for kind in SEARCHED_KINDS:
        after: str | None = ""
        while after is not None:
            after = await database.write(commands.catch_up, kind=kind, after=after)
    words = await database.read(queries.unused_words)
    for place in range(0, len(words), WORDS_A_UNIT):
        await database.write(commands.forget_words, words[place : place + WORDS_A_UNIT])
