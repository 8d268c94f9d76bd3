"""What a letter says: one person's alerts in their language, each with the address where something can be done."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlencode, urljoin

from jinja2 import Environment

from services.notifications.commands import Parcel
from services.notifications.domain.actions import FIRST, LOOK
from services.notifications.domain.buttons import BUTTONS
from services.notifications.domain.calendar_files import calendar_file
from services.notifications.domain.pacing import Pace
from services.notifications.queries import AlertSeen
from services.notifications.schemas import dated_of, headline_of, text_of
from shared import clock, i18n, mail
from shared.i18n import plural, say
from shared.pages import Pages

ALERTS_IN_A_LETTER = 20
"""So many are told in full; an import of a whole year must not make a letter that nobody reads."""


WAITED: dict[Pace, str] = {
    "capped": "There were many letters for you yesterday, so these came together.",
    "weekly": "This is your weekly summary.",
    "daily": "This is your daily summary.",
    "quiet": "This waited for the end of your quiet hours.",
}
"""What a letter says of why it comes only now."""


Button = tuple[str, str]
"""Words, and the address to which they lead."""
Item = tuple[str, Button, list[Button]]
"""What happened, where one can look at it, and what one can do about it at once."""


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
    }
    return mail.Letter(
        key=parcel.delivery_ids[0],
        name=parcel.name,
        email=parcel.email,
        subject=subject_of(parcel.alerts),
        text=templates().get_template("letter.txt").render(**values),
        html=templates().get_template("letter.html").render(language=parcel.language, **values),
        language=parcel.language,
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            mail.PERSON_HEADER: parcel.person_id,
        },
        thread=_thread(parcel.alerts),
        calendar=calendar_file([dated for seen in parcel.alerts if (dated := dated_of(seen, address))], clock.now()),
    )


@cache
def templates() -> Environment:
    """Give the templates; to read and compile them takes longer than everything else that a letter needs."""
    return Pages("notifications").environment


def _greeting(parcel: Parcel) -> str:
    """Greet somebody, and say why the letter comes only now where it waited."""
    greeting = say("Hello {name},", name=parcel.name)
    if parcel.is_test:
        return greeting
    why = next((say(words) for pace, words in WAITED.items() if pace in parcel.paces), None)
    return f"{greeting} {why}" if why else greeting


def _items(parcel: Parcel, address: str) -> list[Item]:
    """Say what happened, each with the addresses where one can do something about it."""
    look, page = say(LOOK), f"{address}/notifications/"
    if parcel.is_test:
        return [(say("This is a test message. Alerts reach you at this address."), (look, page), [])]
    items = [
        (
            text_of(seen),
            (say(FIRST.get(seen.alert.kind, LOOK)), urljoin(address + "/", seen.alert.url)),
            _buttons(parcel, seen, address),
        )
        for seen in parcel.alerts[:ALERTS_IN_A_LETTER]
    ]
    if more := len(parcel.alerts) - len(items):
        rest = plural("And {n} more alert waits on your page.", "And {n} more alerts wait on your page.", more)
        items.append((rest, (look, page), []))
    return items


def _buttons(parcel: Parcel, seen: AlertSeen, address: str) -> list[Button]:
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


def subject_of(alerts: Sequence[AlertSeen]) -> str:
    """Say in one line what alerts that come together are about; without any it is a test."""
    if not alerts:
        return say("A test message from Osiedle")
    first = headline_of(alerts[0])
    more = len(alerts) - 1
    if not more:
        return first
    return plural("{first} And {n} more alert", "{first} And {n} more alerts", more, first=first)
