"""The clock tells: letters whose time has come leave, and what came of it is remembered."""

from datetime import timedelta
from functools import partial
from urllib.parse import urljoin

from services.notifications import commands, queries
from services.notifications.commands import Parcel
from services.notifications.domain.pacing import Pace
from services.notifications.schemas import headline_of, text_of
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
    finish = partial(erasing.finish_erasures, settings, database, commands.confirm_erasure)
    return [
        Job(
            "send due deliveries",
            timedelta(seconds=settings.send_every_seconds),
            partial(send_due, settings, database, careful),
        ),
        Job("finish erasures", timedelta(seconds=erasing.LOOK_EVERY_SECONDS), finish),
    ]


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
    greeting = say("Hello {name},", name=parcel.name)
    items = [(text_of(seen), urljoin(address + "/", seen.alert.url)) for seen in parcel.alerts[:ALERTS_IN_A_LETTER]]
    if more := len(parcel.alerts) - len(items):
        rest = plural("And {n} more alert waits on your page.", "And {n} more alerts wait on your page.", more)
        items.append((rest, urljoin(address + "/", "/notifications/")))
    wishes = urljoin(address + "/", "/notifications/settings")
    if why := next((say(words) for pace, words in WAITED.items() if pace in parcel.paces), None):
        greeting = f"{greeting} {why}"
    farewell = say("You get this because you belong to an organisation that it concerns.")
    choose = say("Choose what you are told, and how:")
    page = Pages("notifications").environment.get_template("letter.html")
    return mail.Letter(
        key=parcel.delivery_ids[0],
        name=parcel.name,
        email=parcel.email,
        subject=_subject(parcel),
        text="\n\n".join([greeting, *(f"{text}\n{url}" for text, url in items), f"{farewell} {choose}\n{wishes}", ""]),
        html=page.render(
            language=parcel.language, greeting=greeting, items=items, farewell=farewell, choose=choose, wishes=wishes
        ),
        language=parcel.language,
        headers={"List-Unsubscribe": f"<{wishes}>", mail.PERSON_HEADER: parcel.person_id},
    )


def _subject(parcel: Parcel) -> str:
    first = headline_of(parcel.alerts[0])
    more = len(parcel.alerts) - 1
    if not more:
        return first
    return plural("{first} And {n} more alert", "{first} And {n} more alerts", more, first=first)
