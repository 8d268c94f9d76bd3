"""The clock tells: letters and webhooks whose time has come leave, and what came of it is remembered."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode, urljoin

from services.notifications import commands, queries
from services.notifications.clients import Receivers
from services.notifications.clients.pushing import chosen as chosen_pushers
from services.notifications.commands import Parcel
from services.notifications.domain.actions import BUTTONS
from services.notifications.domain.calendar_files import calendar_file
from services.notifications.domain.pacing import Pace
from services.notifications.jobs.posting import post_due
from services.notifications.jobs.pushing import push_due
from services.notifications.queries import AlertSeen
from services.notifications.schemas import dated_of, headline_of, text_of
from services.notifications.settings import Settings
from shared import clock, erasing, i18n, mail
from shared.database import Database
from shared.i18n import plural, say
from shared.pages import Pages
from shared.web import Job

LEASE = timedelta(minutes=2)
"""A process that dies while it sends holds its letters back so long."""

ALERTS_IN_A_LETTER = 20
"""So many are told in full; an import of a whole year must not make a letter that nobody reads."""


RIGHTS_EVERY = timedelta(minutes=1)
"""What somebody may not any more goes on for at most so long."""

WAITED: dict[Pace, str] = {
    "capped": "There were many letters for you yesterday, so these came together.",
    "weekly": "This is your weekly summary.",
    "daily": "This is your daily summary.",
    "quiet": "This waited for the end of your quiet hours.",
}
"""What a letter says of why it comes only now."""


def schedule(settings: Settings, database: Database, post: mail.Mail | None = None) -> list[Job]:
    """Name what is done by the clock; `post` takes the place of the mail that the settings choose."""
    careful = erasing.CarefulMail(post or mail.chosen(settings), database, settings.data / "mail")
    receivers = Receivers(allowed=settings.inner_hosts, seconds=settings.webhook_seconds)
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job(
            "send due deliveries",
            timedelta(seconds=settings.send_every_seconds),
            partial(send_due, settings, database, careful),
        ),
        Job(
            "post due webhooks",
            timedelta(seconds=settings.send_every_seconds),
            partial(post_due, settings, database, receivers),
        ),
        Job(
            "push due alerts",
            timedelta(seconds=settings.send_every_seconds),
            partial(push_due, settings, database, chosen_pushers(settings)),
        ),
        Job("end rights", RIGHTS_EVERY, partial(end_rights, database)),
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
    ]


async def end_rights(database: Database) -> None:
    """Turn off what goes to programs and networks by the rights of somebody who has them no more."""
    await database.write(commands.end_rights, now=clock.now())


async def send_due(settings: Settings, database: Database, post: mail.Mail) -> None:
    """Send every letter that is due."""
    while await database.read(queries.is_anything_due, now=clock.now()):
        for parcel in await database.write(
            commands.take_due, now=clock.now(), lease=LEASE, letters_a_day=settings.letters_a_day
        ):
            await _send(settings, database, post, parcel)


async def _send(settings: Settings, database: Database, post: mail.Mail, parcel: Parcel) -> None:
    try:
        await post.send(letter_for(parcel, settings.address))
    except Exception as error:  # whatever a mail server does to us, the next letter is tried too
        if (what := mail.refused(error)) is not None:
            await database.write(
                commands.record_refusal, parcel=parcel, error=mail.said(error), is_address=what == "address"
            )
            return
        await database.write(
            commands.record_failure,
            delivery_ids=parcel.delivery_ids,
            error=mail.said(error),
            first_delay=timedelta(seconds=settings.first_delay_seconds),
            tries=settings.tries,
        )
    else:
        await database.write(commands.record_sent, delivery_ids=parcel.delivery_ids)


def letter_for(parcel: Parcel, address: str) -> mail.Letter:
    """Write what a person reads, in their language; `address` is where this installation is found."""
    token = i18n.language.set(parcel.language)
    try:
        return _letter(parcel, address)
    finally:
        i18n.language.reset(token)


def _letter(parcel: Parcel, address: str) -> mail.Letter:
    stop = f"{address}/notifications/unsubscribe?{urlencode({'key': parcel.no_letters_key})}"
    values = {
        "greeting": _greeting(parcel),
        "items": _items(parcel, address),
        "farewell": say("You get this because you belong to an organisation that it concerns."),
        "choose": say("Choose what you are told, and how:"),
        "wishes": f"{address}/notifications/settings",
        "stop": say("To get no more letters about alerts:"),
        "stop_url": stop,
        "look": say("Look at it"),
    }
    templates = Pages("notifications").environment
    return mail.Letter(
        key=parcel.delivery_ids[0],
        name=parcel.name,
        email=parcel.email,
        subject=_subject(parcel),
        text=templates.get_template("letter.txt").render(**values),
        html=templates.get_template("letter.html").render(language=parcel.language, **values),
        language=parcel.language,
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            mail.PERSON_HEADER: parcel.person_id,
        },
        thread=_thread(parcel.alerts),
        calendar=calendar_file([dated for seen in parcel.alerts if (dated := dated_of(seen, address))], clock.now()),
    )


def _greeting(parcel: Parcel) -> str:
    """Greet somebody, and say why the letter comes only now where it waited."""
    greeting = say("Hello {name},", name=parcel.name)
    if parcel.is_test:
        return greeting
    why = next((say(words) for pace, words in WAITED.items() if pace in parcel.paces), None)
    return f"{greeting} {why}" if why else greeting


Item = tuple[str, str, list[tuple[str, str]]]
"""What happened, the address where one can look at it, and buttons: words and address of each."""


def _items(parcel: Parcel, address: str) -> list[Item]:
    """Say what happened, each with the addresses where one can do something about it."""
    if parcel.is_test:
        return [(say("This is a test message. Alerts reach you at this address."), f"{address}/notifications/", [])]
    items = [
        (text_of(seen), urljoin(address + "/", seen.alert.url), _buttons(parcel, seen, address))
        for seen in parcel.alerts[:ALERTS_IN_A_LETTER]
    ]
    if more := len(parcel.alerts) - len(items):
        rest = plural("And {n} more alert waits on your page.", "And {n} more alerts wait on your page.", more)
        items.append((rest, f"{address}/notifications/", []))
    return items


def _buttons(parcel: Parcel, seen: AlertSeen, address: str) -> list[tuple[str, str]]:
    """Give what the receiver may do about an alert without signing in; the address asks before it does."""
    return [
        (say(BUTTONS[action]), f"{address}/notifications/act/{action}?{urlencode({'press': key})}")
        for action, key in parcel.button_keys.get(seen.alert.id, ())
    ]


def _thread(alerts: Sequence[AlertSeen]) -> str:
    """Name the conversation of a letter: the event that all its alerts are about, the reader's own before another."""
    if not alerts:
        return ""
    about = list(reversed(alerts[0].alert.event_ids)) if alerts[0].side == "other" else alerts[0].alert.event_ids
    event_id = next((one for one in about if all(one in seen.alert.event_ids for seen in alerts)), None)
    return f"event-{event_id}" if event_id else ""


def _subject(parcel: Parcel) -> str:
    if parcel.is_test:
        return say("A test message from Osiedle")
    first = headline_of(parcel.alerts[0])
    more = len(parcel.alerts) - 1
    if not more:
        return first
    return plural("{first} And {n} more alert", "{first} And {n} more alerts", more, first=first)
