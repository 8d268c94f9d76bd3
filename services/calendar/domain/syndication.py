"""Syndication: events for feed readers, as Atom (RFC 4287) and as JSON Feed 1.1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MOST_ENTRIES = 100
EMPTY_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


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


@dataclass(frozen=True)
class Feed:
    """What stands above the entries: whose they are, where they are read and where this is fetched again."""

    title: str
    home: str
    url: str
    language: str


def atom_text(feed: Feed, entries: Sequence[Entry]) -> str:
    """Write an Atom feed (RFC 4287 §4)."""
    updated = max((one.changed_at for one in entries), default=EMPTY_SINCE)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.language)}>',
        f"<id>{_words(feed.url)}</id>",
        f"<title>{_words(feed.title)}</title>",
        f"<updated>{_instant(updated)}</updated>",
        f"<author><name>{_words(feed.title)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={_quoted(feed.url)}/>',
        f'<link rel="alternate" type="text/html" href={_quoted(feed.home)}/>',
        *map(_atom_entry, entries),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _atom_entry(entry: Entry) -> str:
    lines = [
        "<entry>",
        f"<id>urn:uuid:{entry.id}</id>",
        f"<title>{_words(entry.title)}</title>",
        f"<published>{_instant(entry.created_at)}</published>",
        f"<updated>{_instant(entry.changed_at)}</updated>",
        f'<link rel="alternate" type="text/html" href={_quoted(entry.url)}/>',
        f'<link rel="enclosure" type="text/calendar" href={_quoted(f"{entry.url}.ics")}/>',
        *(f"<category term={_quoted(theme)}/>" for theme in entry.themes),
        f"<summary>{_words(entry.summary)}</summary>",
    ]
    if entry.text:
        lines.append(f'<content type="text">{_words(entry.text)}</content>')
    return "\n".join([*lines, "</entry>"])


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


def _words(text: str) -> str:
    """Write text for XML 1.0, which has no place for most control characters (§2.2)."""
    return escape("".join(one for one in text if one >= " " or one in "\n\t"))


def _quoted(text: str) -> str:
    return quoteattr("".join(one for one in text if one >= " "))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
