"""The clock tells: letters whose time has come get their secret, leave, and what came of it is remembered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.registry import commands
from services.registry.commands import DueLetter, Envelope
from services.registry.domain.plans import LetterKind
from services.registry.jobs import invitation_letter, own_data_letter, review_letter, sign_in_letter
from services.registry.jobs.wording import Words, letter_of
from services.registry.settings import Settings
from shared import clock, i18n, mail
from shared.database import Database

LEASE = timedelta(minutes=2)
"""A process that dies while it sends holds its letters back so long."""


@dataclass(frozen=True)
class Writer:
    """How a kind of letter is made: `seal` draws and stores its secret, `words` says what it says and where it leads.

    `seal` takes the database, what the letter is about and the settings; it gives None when nobody is to get one.
    `words` takes the envelope and the settings, in the reader's language.
    """

    seal: Callable[[Database, str, Settings], Awaitable[Envelope | None]]
    words: Callable[[Envelope, Settings], Words]


WRITERS: Mapping[LetterKind, Writer] = {
    "sign_in": Writer(sign_in_letter.seal, sign_in_letter.words),
    "invitation": Writer(invitation_letter.seal, invitation_letter.words),
    "own_data": Writer(own_data_letter.seal, own_data_letter.words),
    "review": Writer(review_letter.seal, review_letter.words),
}


async def send_due_letters(settings: Settings, database: Database, post: mail.Mail) -> None:
    """Send every letter that is due, one after the other; beside other processes that do the same."""
    while due := await database.write(commands.take_due_letters, now=clock.now(), lease=LEASE):
        for letter in due:
            await _send(settings, database, post, letter)


async def _send(settings: Settings, database: Database, post: mail.Mail, letter: DueLetter) -> None:
    try:
        envelope = await WRITERS[letter.kind].seal(database, letter.about_id, settings)
        if envelope is not None:
            await post.send(_written(letter, envelope, settings))
    except Exception as error:  # whatever a mail server does to us, the next letter is tried too
        await database.write(
            commands.record_letter_failed,
            letter_id=letter.id,
            error=mail.said(error),
            first_delay=timedelta(seconds=settings.first_delay_seconds),
            tries=settings.tries,
        )
    else:
        record = commands.record_letter_needless if envelope is None else commands.record_letter_sent
        await database.write(record, letter_id=letter.id)


def _written(letter: DueLetter, envelope: Envelope, settings: Settings) -> mail.Letter:
    token = i18n.language.set(envelope.language)
    try:
        return letter_of(letter, envelope, WRITERS[letter.kind].words(envelope, settings))
    finally:
        i18n.language.reset(token)
