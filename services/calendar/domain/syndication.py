"""Syndication: events for feed readers, as Atom (RFC 4287) and as JSON Feed 1.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import atom
from shared.atom import Feed

MOST_ENTRIES = 100

__all__ = ["MOST_ENTRIES", "Entry", "Feed", "atom_text", "json_feed"]


@dataclass(frozen=True)
class Entry:
    """An event as a feed reader shows it: the next of its dates in its zone, its words, and when it last changed."""

    id: str
    url: str
    title: str
    text: str
    place: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    rrule: str | None
    kind: str
    status: str
    themes: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    summary: str = ""
    """When and where, in the reader's words."""


def atom_text(feed: Feed, entries: Sequence[Entry]) -> str:
    """Write an Atom feed (RFC 4287 §4)."""
    return atom.atom_text(feed, [_atom_entry(one) for one in entries])


def _atom_entry(entry: Entry) -> atom.AtomEntry:
    return atom.AtomEntry(
        id=entry.id,
        url=entry.url,
        title=entry.title,
        published_at=entry.created_at,
        updated_at=entry.changed_at,
        summary=entry.summary,
        text=entry.text,
        categories=entry.themes,
        enclosures=(("text/calendar", f"{entry.url}.ics"),),
    )


def json_feed(feed: Feed, entries: Sequence[Entry]) -> dict[str, Any]:
    """Make a JSON Feed 1.1; what programs want to know of an event stands in `_osiedle`."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "language": feed.language,
        "items": [_json_item(one) for one in entries],
    }


def _json_item(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_text": entry.text or entry.summary,
        "date_published": entry.created_at,
        "date_modified": entry.changed_at,
        "tags": entry.themes,
        "_osiedle": {
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
            "zone": entry.zone,
            "all_day": entry.all_day,
            "rrule": entry.rrule,
            "kind": entry.kind,
            "status": entry.status,
            "place": entry.place,
        },
    }
