"""What became of a calendar file, in the reader's words."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel

from services.calendar.commands.imports import IMPORT_REFUSED, Imported, Result
from services.calendar.domain.components import UnreadableCalendar
from services.calendar.problems import FileRefused
from shared.i18n import say
from shared.messages import Reason
from shared.reasons import SENTENCES, sentence

IMPORT_REASONS: dict[str, str] = {
    # the whole file
    "calendar_missing": "There is no calendar (VCALENDAR) in this file.",
    "calendar_too_large": "The file is larger than {megabytes} MB.",
    "calendar_too_many_parts": "The file has more than {most} lines or parts.",
    "archive_unreadable": "This zip file cannot be unpacked.",
    "archive_locked": "This zip file is locked with a password.",
    "archive_nested": "There is another zip file inside this one; unpack that first.",
    "archive_empty": "There is no file in this zip file.",
    "archive_too_many_files": "There are more than {most} files in this zip file.",
    "archive_too_large": "Unpacked, this zip file would be larger than {megabytes} MB.",
    # refused
    "method_refused": "This is an answer to an invitation ({method}), not an event.",
    "not_an_event": "This is no event, but a {component}.",
    "start_missing": "It does not say when it starts.",
    "start_unreadable": "The start “{value}” cannot be read.",
    "date_out_of_reach": "The year {year} is out of reach.",
    "event_too_long": "It lasts longer than {days} days.",
    "line_too_long": "A line is longer than {most} bytes.",
    "event_cut_off": "The file ends in the middle of it.",
    "said_twice": "The file says this event twice; the newer one counts.",
    # repaired
    "uid_missing": "It has no usable UID; one was made from its content.",
    "title_missing": "It has no title; its first words stand for it.",
    "end_missing": "It does not say how long it takes; {minutes} minutes were assumed.",
    "end_unreadable": "The end “{value}” cannot be read.",
    "end_before_start": "It ends before it starts; {minutes} minutes were assumed.",
    "dates_mixed": "Days and times of day are mixed: {value}.",
    "date_loose": "The date “{value}” is not written as the standard says.",
    "rules_several": "It has several rules of repetition; the first counts.",
    "rule_unreadable": "The rule of repetition “{rule}” cannot be read; only the first date is kept.",
    "rule_unsupported": "The rule of repetition “{rule}” cannot be followed; only the first date is kept.",
    "occurrences_cut": "It repeats more often than once a day; at most {most} dates are kept.",
    "dates_unreadable": "Some dates in {name} cannot be read and are left out.",
    "range_ignored": "A change of all later dates was taken as a change of this one.",
    "recurrence_unreadable": "Which date it replaces (“{value}”) cannot be read.",
    "encoding_guessed": "The letters are not UTF-8; they were read as Central European (cp1250).",
    "text_shortened": "{name} is longer than {most} characters and was shortened.",
    "event_not_closed": "Its end (END:VEVENT) is missing.",
    "place_unreadable": "The point “{value}” cannot be read.",
    "property_repeated": "{name} is there more than once; the first counts.",
    "floating_time": "The time names no zone; {zone} was assumed.",
    "zone_renamed": "The zone “{name}” was taken as {zone}.",
    "zone_fixed": "The zone “{name}” is no known zone; its time was kept in {zone}.",
    "zone_unknown": "The zone “{name}” is unknown; {zone} was assumed.",
    # neither
    "nothing_to_cancel": "It is cancelled, and was not on the calendar.",
}
"""Every code that reading or taking over a calendar file gives, with its English sentence."""


class ImportItem(BaseModel):
    """What became of one item of a file, and why; `file` is its name in a zip."""

    uid: str
    result: Result
    line: int
    reason: str | None
    file: str | None = None


class ImportAnswer(BaseModel):
    """What became of a file, item by item, in the order of its lines.

    Of the `same_file` that was imported last, nothing is new: its items are counted, not listed.
    """

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    repaired: int = 0
    refused: int = 0
    same_file: bool = False
    items: list[ImportItem]


def import_answer(imported: Imported) -> ImportAnswer:
    """Show what became of a file, in the language of the running request."""
    items = [
        ImportItem(
            uid=one.uid, result=one.result, line=one.line, reason=reasons_in_words(one.notes), file=one.file or None
        )
        for one in sorted(imported.outcomes, key=lambda one: (one.file, one.line))
    ]
    counts = Counter[str](one.result for one in imported.outcomes)
    counts["unchanged"] += imported.known
    return ImportAnswer(items=items, same_file=bool(imported.known), **counts)


def reasons_in_words(notes: Iterable[Reason]) -> str | None:
    """Say what was repaired, or why something was refused."""
    return " ".join(map(_said, notes)) or None


def refusal_of(unreadable: UnreadableCalendar) -> FileRefused:
    """Make the refusal of a whole file."""
    reason = unreadable.reason
    return FileRefused(IMPORT_REASONS[reason.code], values=dict(reason.values))


def _said(reason: Reason) -> str:
    if reason.code == IMPORT_REFUSED:
        return say(reason.values["detail"], **reason.values["values"])
    if reason.code in SENTENCES:
        return sentence(reason)
    return say(IMPORT_REASONS[reason.code], **reason.values)
