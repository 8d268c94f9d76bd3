"""The clock tells: invitations whose time has come leave as mail that calendar programs understand (RFC 6047)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from services.notifications import commands, queries
from services.notifications.commands import Envelope
from services.notifications.domain.invitation_files import Answer, Attendee, Organizer, invitation_file
from services.notifications.jobs.letters import templates
from services.notifications.settings import Settings
from shared import clock, i18n, mail
from shared.database import Database
from shared.i18n import LANGUAGES, say, say_in, when

LEASE = timedelta(minutes=2)
"""A process that dies while it sends holds its invitations back so long."""
ANSWERS: Mapping[Answer, str] = {"yes": "I am coming", "maybe": "Perhaps", "no": "I am not coming"}
"""What the links in a letter say."""


async def send_invitations(settings: Settings, database: Database, post: mail.Mail) -> None:
    """Send every invitation that is due, one after the other over a connection that is kept."""
    async with mail.together(post) as kept:
        while await database.read(queries.is_invitation_due, now=clock.now()):
            for envelope in await database.write(commands.take_due_invitations, now=clock.now(), lease=LEASE):
                await _send(settings, database, kept, envelope)


async def _send(settings: Settings, database: Database, post: mail.Mail, envelope: Envelope) -> None:
    try:
        await post.send(invitation_letter(envelope, settings))
    except Exception as error:  # whatever a mail server does to us, the next letter is tried too
        said = mail.said(error)
        if (what := mail.refused(error)) is not None:
            is_address = what == "address"
            await database.write(
                commands.record_invitation_refusal, envelope=envelope, error=said, is_address=is_address
            )
            return
        await database.write(
            commands.record_invitation_failure,
            envelope=envelope,
            error=said,
            first_delay=timedelta(seconds=settings.first_delay_seconds),
            tries=settings.tries,
        )
    else:
        await database.write(commands.record_invitation_sent, envelope=envelope)


def invitation_letter(envelope: Envelope, settings: Settings) -> mail.Letter:
    """Write what one of those who are invited reads, in their language, and what their calendar program does.

    A guest, whose language nobody knows, reads it in the neighbourhood's and then in the other one.
    """
    first = envelope.language or settings.language
    languages = [first] if envelope.language else [first, *(one for one in LANGUAGES if one != first)]
    parts = [_part(envelope, settings, language) for language in languages]
    below = [say_in(language, "You can read this in English below.") for language in languages[1:]]
    name, answers_to = reply_address(settings, envelope.reply_token)
    organizer = Organizer(envelope.organiser or name, answers_to)
    attendee = Attendee(envelope.name, envelope.mail, envelope.required, envelope.answer)
    values = {"parts": parts, "below": below, "stop_url": (stop := _stop_address(envelope, settings))}
    return mail.Letter(
        key=f"{envelope.letter_id}-{envelope.version}",
        name=envelope.name,
        email=envelope.mail,
        subject=parts[0]["subject"],
        text=templates().get_template("invitation.txt").render(**values),
        html=templates().get_template("invitation.html").render(**values),
        language=first,
        headers={
            "Reply-To": answers_to,
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            mail.PERSON_HEADER: " ".join(filter(None, (envelope.person_id, envelope.invitation_id))),
        },
        thread=f"event-{envelope.event_id}",
        calendar=invitation_file(envelope.calendar, envelope.method, organizer, attendee, envelope.link),
        method=envelope.method,
    )


def _part(envelope: Envelope, settings: Settings, language: str) -> dict[str, Any]:
    """Say all of a letter in one language."""
    asks = envelope.method == "REQUEST" and envelope.answer is None
    token = i18n.language.set(language)
    try:
        return {
            "language": language,
            "subject": _subject(envelope),
            "greeting": say("Hello {name},", name=envelope.name),
            "lead": _lead(envelope),
            "facts": _facts(envelope),
            "asked": say("Are you coming? One press is enough:") if asks else "",
            "answers": [(say(words), answer_link(settings, envelope, one)) for one, words in ANSWERS.items() if asks],
            "stop": say("To get no more letters like this:"),
        }
    finally:
        i18n.language.reset(token)


def _stop_address(envelope: Envelope, settings: Settings) -> str:
    return f"{settings.address}/notifications/unsubscribe?{urlencode({'key': envelope.stop_key})}"


def answer_link(settings: Settings, envelope: Envelope, answer: Answer) -> str:
    """Give the address at which one confirms this answer."""
    query = urlencode({"key": envelope.answer_key, "answer": answer})
    return f"{settings.address}/notifications/invitations/answer?{query}"


def reply_address(settings: Settings, token: str) -> tuple[str, str]:
    """Give the name and the address to which answers go: with a token where they are read, else the sender's own."""
    name, sender = mail.name_and_address(settings.mail_from)
    if settings.reply == "none" or not settings.reply_address:
        return name, sender
    local, _, host = settings.reply_address.rpartition("@")
    return name, f"{local}+{token}@{host}"


def _subject(envelope: Envelope) -> str:
    if envelope.method == "CANCEL":
        return say("Called off: {title}", title=envelope.title)
    if envelope.is_update:
        return say("Changed: {title}", title=envelope.title)
    return say("Invitation: {title}", title=envelope.title)


def _lead(envelope: Envelope) -> str:
    who, title = envelope.organiser or "Osiedle", envelope.title
    if envelope.method == "CANCEL":
        return say("{who}: you need not come to “{title}”, it is called off for you.", who=who, title=title)
    if envelope.is_update and envelope.answer is None:
        return say("{who}: “{title}” has changed. Please say anew whether you come.", who=who, title=title)
    if envelope.is_update:
        return say("{who}: “{title}” has changed, at the same time and place.", who=who, title=title)
    if envelope.required:
        return say("{who} invites you to “{title}”. It cannot be held without you.", who=who, title=title)
    return say("{who} invites you to “{title}”.", who=who, title=title)


def _facts(envelope: Envelope) -> list[tuple[str, str]]:
    at = when(envelope.starts_at, envelope.ends_at, envelope.zone, envelope.all_day)
    if envelope.repeats:
        at = say("{when}, and again: all dates are in the attached file", when=at)
    facts = [(say("When"), at), (say("Where"), envelope.place), (say("Take part from elsewhere"), envelope.link)]
    return [(name, value) for name, value in facts if value]
