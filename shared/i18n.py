"""What people read, in their language: gettext with English sources, catalogues read from `.po` files at start."""

import io
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("pl", "en")
ROOT = Path(__file__).resolve().parent.parent
LOCALES = {"pl": "pl_PL", "en": "en_GB"}
DASH = "\N{EN DASH}"

language: ContextVar[str] = ContextVar("language", default="pl")
"""The language of the running request; a door sets it."""


@cache
def translations(tongue: str) -> NullTranslations:
    """Give the catalogue of one language: those of `shared` and of every service as one, read once."""
    if tongue not in LANGUAGES or tongue == "en":
        return NullTranslations()
    said = [message for file in _files(tongue) for message in _read(file, tongue)]
    everything = Catalog(locale=tongue)
    for message in sorted(
        said, key=_place
    ):  # `write_mo` sorts by comparing in Python: what is in order costs it little
        everything.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, everything)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _files(tongue: str) -> list[Path]:
    folders = [*sorted(ROOT.glob("services/*/locale")), ROOT / "shared" / "locale"]
    return [file for one in folders if (file := one / tongue / "LC_MESSAGES" / "messages.po").is_file()]


def _read(file: Path, tongue: str) -> list[Message]:
    """Give the translated entries of one file; its header stays out, and so does what is fuzzy."""
    with file.open("rb") as source:
        return [one for one in read_po(source, locale=tongue) if one.id and one.string and not one.fuzzy]


def _place(message: Message) -> tuple[str, str]:
    return message.id if isinstance(message.id, str) else message.id[0], message.context or ""


def say(text: str, **values: Any) -> str:
    """Say an English source string in the running request's language, filled by `str.format`."""
    return say_in(language.get(), text, **values)


def say_in(tongue: str, text: str, **values: Any) -> str:
    """Say an English source string in one language, filled by `str.format`."""
    said = translations(tongue).gettext(text) if text else ""
    return said.format(**values) if values else said


def plural(one: str, many: str, n: int, **values: Any) -> str:
    """Say a counted thing in the running request's language; `{n}` is the number."""
    return plural_in(language.get(), one, many, n, **values)


def plural_in(tongue: str, one: str, many: str, n: int, **values: Any) -> str:
    """Say a counted thing in one language; `{n}` is the number."""
    return translations(tongue).ngettext(one, many, n).format(n=n, **values)


def chosen(wanted: str | None, default: str) -> str:
    """Choose a language by an Accept-Language header (RFC 9110 §12.5.4)."""
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate((wanted or "").split(",")):
        tag, _, parameter = part.strip().partition(";")
        short = tag.split("-")[0].lower()
        quality = _quality(parameter)
        if quality > 0 and (short in LANGUAGES or short == "*"):
            ranked.append((-quality, position, default if short == "*" else short))
    return min(ranked)[2] if ranked else default


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def when(starts_at: datetime, ends_at: datetime, zone: str, all_day: bool = False) -> str:
    """Say when something is, in the running request's language; see `when_in`."""
    return when_in(language.get(), starts_at, ends_at, zone, all_day)


def when_in(tongue: str, starts_at: datetime, ends_at: datetime, zone: str, all_day: bool = False) -> str:
    """Say when something is: "czwartek, 26 listopada 2026, 14:00-16:00" (with an en dash).

    Instants are aware and half-open; `zone` is the IANA zone in whose clock it is said. All-day things have no times.
    """
    there = ZoneInfo(zone)
    start, end = starts_at.astimezone(there), ends_at.astimezone(there)
    if all_day:
        last = max(start, end - timedelta(microseconds=1))
        if last.date() == start.date():
            return day_in(tongue, start)
        return f"{day_in(tongue, start)} {DASH} {day_in(tongue, last)}"
    if start.date() == end.date():
        return f"{day_in(tongue, start)}, {start:%H:%M}{DASH}{end:%H:%M}"
    return f"{day_in(tongue, start)}, {start:%H:%M} {DASH} {day_in(tongue, end)}, {end:%H:%M}"


def day(moment: datetime) -> str:
    """Say the date of a local time with its weekday, in the running request's language."""
    return day_in(language.get(), moment)


def day_in(tongue: str, moment: datetime) -> str:
    """Say the date of a local time with its weekday: "czwartek, 26 listopada 2026"."""
    locale = LOCALES.get(tongue, LOCALES["en"])
    return format_date(moment.date(), "EEEE, d MMMM y", locale=locale)
