"""Signing in by a letter: a code for the browser that asked, a link for any device; each works once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry import queries
from services.registry.commands.letters import Envelope, order_letter
from services.registry.commands.sessions import Opened, open_session
from services.registry.domain.plans import Device, SignInWay
from services.registry.domain.secrets import hash_of, new_secret
from services.registry.models import Person, SignInLink
from services.registry.problems import CodeNotValid, LinkNotValid
from services.registry.queries import signing_in as asked
from shared import clock

LINK_LIFETIME = timedelta(days=7)
"""Of a link that an operator hands over."""
CODE_LIFETIME = timedelta(minutes=10)
LETTER_LIFETIME = timedelta(hours=1)
"""Of a link in a letter: as long as letters are counted, so that whoever gets no more of them has one that works."""
LETTERS_AN_HOUR = 5
WRONG_CODES = 5
"""So many for one letter; then another one is needed."""
WRONG_CODES_A_DAY = 50
"""So many for one address, whoever tries; then only links sign in until tomorrow."""


@dataclass(frozen=True)
class WhoIsIt:
    """The proof is good for several people who share a mail address: one of them must be chosen."""

    people: Sequence[Person]


@dataclass(frozen=True)
class Tried:
    """A code that is tried: for which link, and what it is compared with."""

    link_id: str
    code_hash: str | None


def make_sign_in_link(session: Session, *, person_id: str) -> str:
    """Give the secret of a link that signs this person in, once, within seven days; only its hash is kept."""
    secret, now = new_secret(), clock.now()
    session.add(
        SignInLink(
            person_id=queries.person(session, person_id).id,
            secret_hash=hash_of(secret),
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    return secret


def ask_for_letter(session: Session, *, email_hash: str, browser_secret: str) -> None:
    """Note that somebody wants to sign in by this address from this browser; the letter's job finds out who it is.

    Nothing here depends on whether the address is known, so the answer and its cost cannot tell. Beyond the limit the
    address is not noted, and nobody gets a letter; what was sent before still works.
    """
    now = clock.now()
    before = asked.letters_asked_for(session, email_hash=email_hash, since=now - LETTER_LIFETIME)
    link = SignInLink(
        email_hash=email_hash if before < LETTERS_AN_HOUR else None,
        browser_hash=hash_of(browser_secret),
        created_at=now,
        expires_at=now + LETTER_LIFETIME,
    )
    session.add(link)
    session.flush()
    order_letter(session, kind="sign_in", about_id=link.id)


def fill_sign_in_letter(
    session: Session, *, link_id: str, secret: str, code: str, code_hash: str, now: datetime
) -> Envelope | None:
    """Store the hashes of what was drawn for a letter, and say to whom it goes; None when nobody is to get one.

    The link of nobody gets hashes too: tries of its code cost and end the same. A letter that could not leave within
    the hour is not waited for any more.
    """
    link = session.get(SignInLink, link_id, with_for_update=True)
    if link is None or link.used_at is not None or link.expires_at <= now:
        return None
    link.secret_hash = hash_of(secret)
    if link.browser_hash is None:
        return _envelope(session, link, secret, None)
    link.code_hash, link.code_expires_at = code_hash, now + CODE_LIFETIME
    link.expires_at = now + LETTER_LIFETIME
    return _envelope(session, link, secret, code)


def _envelope(session: Session, link: SignInLink, secret: str, code: str | None) -> Envelope | None:
    people = asked.people_of_link(session, link)
    contacts = asked.contacts_at(session, link.email_hash) if link.email_hash is not None else []
    ids = tuple(person.id for person in people)
    mine = [contact for contact in contacts if contact.person_id in ids]
    if not mine:
        return None
    return Envelope(
        email=mine[0].value.strip(),
        language=people[0].language,
        name=people[0].name if len(people) == 1 else "",
        person_ids=ids,
        secret=secret,
        code=code,
    )


def count_try(session: Session, *, browser_secret: str) -> Tried:
    """Count a try of a code before it is compared, so that many at once are not more. Raises `CodeNotValid`.

    What must not be compared any more is compared with nothing, at the same cost. A code asks nothing of the address.
    """
    now = clock.now()
    link = session.scalars(
        select(SignInLink).where(SignInLink.browser_hash == hash_of(browser_secret)).with_for_update()
    ).one_or_none()
    if link is None or not asked.is_open(link, now):
        raise CodeNotValid
    flooded = asked.wrong_codes_of_the_day(session, email_hash=link.email_hash, now=now) >= WRONG_CODES_A_DAY
    over = link.code_expires_at is None or link.code_expires_at <= now or link.wrong_codes >= WRONG_CODES
    if over or flooded:
        return Tried(link.id, None)
    link.wrong_codes += 1
    return Tried(link.id, link.code_hash)


def sign_in_by_code(
    session: Session, *, tried: Tried, device: Device, person_id: str | None = None
) -> Opened | WhoIsIt:
    """Use up a link whose code was found right. Raises `CodeNotValid` when it was used or replaced meanwhile."""
    link = session.get(SignInLink, tried.link_id, with_for_update=True)
    if link is None or link.code_hash != tried.code_hash or not asked.is_open(link, clock.now()):
        raise CodeNotValid
    link.wrong_codes -= 1
    people = asked.people_of_link(session, link)
    if not people:
        raise CodeNotValid
    return _use_up(session, link, people, person_id, "code", device)


def sign_in_by_link(session: Session, *, secret: str, device: Device, person_id: str | None = None) -> Opened | WhoIsIt:
    """Use a link up, and sign its person in. Raises `LinkNotValid`."""
    link = session.scalars(
        select(SignInLink).where(SignInLink.secret_hash == hash_of(secret)).with_for_update()
    ).one_or_none()
    people = asked.people_of_link(session, link) if link and asked.is_open(link, clock.now()) else []
    if link is None or not people:
        raise LinkNotValid
    return _use_up(session, link, people, person_id, "link", device)


def _use_up(
    session: Session, link: SignInLink, people: Sequence[Person], person_id: str | None, way: SignInWay, device: Device
) -> Opened | WhoIsIt:
    """Sign in the one whom the link is for, or whom somebody chose among those it may be for."""
    chosen = [person for person in people if len(people) == 1 or person.id == person_id]
    if not chosen:
        return WhoIsIt(people)
    link.used_at, link.person_id = clock.now(), chosen[0].id
    return open_session(session, person_id=chosen[0].id, way=way, device=device)
