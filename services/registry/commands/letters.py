"""Letters: one is ordered with what it is about; a job takes it when it is due, and remembers what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.plans import Language, LetterKind
from services.registry.models import Letter
from shared import clock
from shared.retries import wait_before

LONGEST_ERROR = 500
AT_ONCE = 50


@dataclass(frozen=True)
class DueLetter:
    """A letter that was taken to be sent: its kind and what it is about."""

    id: str
    kind: LetterKind
    about_id: str


@dataclass(frozen=True)
class Envelope:
    """To whom a letter goes, and the secret that was drawn for it: only its hash is stored, and it is sent once.

    `person_ids` are the people whose letter it is: erasure finds a letter that was kept as a file by them.
    `secret` opens the link in it, `code` is typed; `about` names what it is about in the reader's words.
    """

    email: str
    language: Language
    name: str = ""
    person_ids: tuple[str, ...] = ()
    secret: str = ""
    code: str | None = None
    about: str = ""


def order_letter(session: Session, *, kind: LetterKind, about_id: str) -> None:
    """Let a letter go out as soon as may be: about a sign-in link, an invitation or a person, by its kind."""
    now = clock.now()
    session.add(Letter(kind=kind, about_id=about_id, due_at=now, created_at=now))


def take_due_letters(session: Session, *, now: datetime, lease: timedelta) -> list[DueLetter]:
    """Take letters that are due; nobody else takes them while the lease lasts."""
    due = (
        select(Letter)
        .where(Letter.state == "due", Letter.due_at <= now)
        .order_by(Letter.due_at, Letter.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(due).all()
    for row in rows:
        row.due_at = now + lease
        row.attempts += 1
    return [DueLetter(row.id, row.kind, row.about_id) for row in rows]


def record_letter_sent(session: Session, *, letter_id: str) -> None:
    """Remember that a letter left."""
    row = session.get(Letter, letter_id, with_for_update=True)
    if row is not None:
        row.state, row.sent_at, row.error = "sent", clock.now(), None


def record_letter_needless(session: Session, *, letter_id: str) -> None:
    """Remember that there is nobody to write to, or nothing to be said any more."""
    row = session.get(Letter, letter_id, with_for_update=True)
    if row is not None:
        row.state = "given_up"


def record_letter_failed(session: Session, *, letter_id: str, error: str, first_delay: timedelta, tries: int) -> None:
    """Remember that a letter failed: it is tried again later, with a new secret, or given up."""
    row = session.get(Letter, letter_id, with_for_update=True)
    if row is None:
        return
    row.error = error[:LONGEST_ERROR]
    if row.attempts >= tries:
        row.state = "given_up"
    else:
        row.due_at = clock.now() + wait_before(row.attempts, first_delay)
