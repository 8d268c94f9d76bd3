"""Words that several kinds of reasons use: audiences, days, places, titles in two languages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from shared import i18n
from shared.i18n import say

Words = Callable[[Mapping[str, Any]], str]


SAME_SPOT_M = 30
"""Nearer than this, in metres, is the same place to people."""


AUDIENCES: dict[str, str] = {
    "everyone": "everyone",
    "children": "children",
    "youth": "young people",
    "families": "families",
    "adults": "adults",
    "seniors": "seniors",
}


def title_in_words(title: Mapping[str, str] | str | None) -> str:
    """Choose the language of a title that may be in two; Polish is always there."""
    if title is None:
        return ""
    if isinstance(title, str):
        return title
    return title.get(i18n.language.get()) or title.get("pl") or next(iter(title.values()), "")


def audiences_in_words(codes: Sequence[str]) -> str:
    """List audiences: "children and families"."""
    return listed([say(AUDIENCES.get(code, code)) for code in codes])


def listed(words: Sequence[str]) -> str:
    """List what was said already: "a, b and c"."""
    return format_list(list(words), locale=i18n.language.get())


def day(text: str) -> str:
    """Write the date of an ISO text out."""
    return format_date(date.fromisoformat(text), "long", locale=i18n.language.get())


def is_same_spot(values: Mapping[str, Any]) -> bool:
    """Say whether people would call this distance none."""
    return bool(values["metres"] < SAME_SPOT_M)
