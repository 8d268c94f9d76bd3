"""Atom feeds (RFC 4287): values as their service chose them, written as feed readers want them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

MEDIA = "application/atom+xml; charset=utf-8"
EMPTY_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Feed:
    """What stands above the entries: whose they are, where they are read and where this is fetched again.

    `id` names the feed for good where that is another thing than its address, which may be a secret.
    """

    title: str
    home: str
    url: str
    language: str
    id: str = ""


@dataclass(frozen=True)
class AtomEntry:
    """One entry; `id` is a UUID, `enclosures` are (media type, address), what is empty is left out."""

    id: str
    url: str
    title: str
    published_at: datetime
    updated_at: datetime
    summary: str = ""
    text: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[tuple[str, str], ...] = ()


def atom_text(feed: Feed, entries: Sequence[AtomEntry]) -> str:
    """Write an Atom feed (RFC 4287 §4)."""
    updated = max((one.updated_at for one in entries), default=EMPTY_SINCE)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(feed.language)}>',
        f"<id>{_words(feed.id or feed.url)}</id>",
        f"<title>{_words(feed.title)}</title>",
        f"<updated>{_instant(updated)}</updated>",
        f"<author><name>{_words(feed.title)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={_quoted(feed.url)}/>',
        f'<link rel="alternate" type="text/html" href={_quoted(feed.home)}/>',
        *map(_entry, entries),
        "</feed>",
    ]
    return "\n".join(lines) + "\n"


def _entry(entry: AtomEntry) -> str:
    lines = [
        "<entry>",
        f"<id>urn:uuid:{entry.id}</id>",
        f"<title>{_words(entry.title)}</title>",
        f"<published>{_instant(entry.published_at)}</published>",
        f"<updated>{_instant(entry.updated_at)}</updated>",
        f'<link rel="alternate" type="text/html" href={_quoted(entry.url)}/>',
        *(f'<link rel="enclosure" type={_quoted(media)} href={_quoted(url)}/>' for media, url in entry.enclosures),
        *(f"<category term={_quoted(term)}/>" for term in entry.categories),
    ]
    if entry.summary:
        lines.append(f"<summary>{_words(entry.summary)}</summary>")
    if entry.text:
        lines.append(f'<content type="text">{_words(entry.text)}</content>')
    return "\n".join([*lines, "</entry>"])


def _words(text: str) -> str:
    """Write text for XML 1.0, which has no place for most control characters (§2.2)."""
    return escape("".join(one for one in text if one >= " " or one in "\n\t"))


def _quoted(text: str) -> str:
    return quoteattr("".join(one for one in text if one >= " "))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
