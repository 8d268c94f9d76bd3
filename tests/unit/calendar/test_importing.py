"""Importing: every file gives a report item by item; one bad part never costs the others."""

import time
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain.importing import (
    Item,
    Known,
    Limits,
    UnreadableCalendar,
    files_of,
    plan_import,
    read_calendar,
)
from services.calendar.domain.recurrence import Rule, expansion

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "tests" / "data" / "ics"
SHARED = ROOT.parent / "shared" / "data" / "ics"
SHARED_FILES = sorted(SHARED.glob("*.ics"))
WARSAW = ZoneInfo("Europe/Warsaw")


def read(name, **more):
    return by_uid(read_calendar((OURS / name).read_bytes(), zone="Europe/Warsaw", **more))


def by_uid(reading):
    return {item.uid + (f" {item.recurrence_id}" if item.recurrence_id else ""): item for item in reading.items}


def codes(item):
    return [note.code for note in item.notes]


def calendar(*lines):
    return "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]).encode()


def an_event(*lines, uid="1"):
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTART:20260601T100000Z", "DTEND:20260601T110000Z", *lines, "END:VEVENT")


GOOD = an_event("SUMMARY:Good", uid="good")


def hours(event):
    return (event.ends_at.astimezone(UTC) - event.starts_at.astimezone(UTC)) / timedelta(hours=1)


def test_a_series_is_read_with_everything_that_belongs_to_it():
    found = read("series.ics")
    master = found["club@example.org"]
    event = master.event
    assert (master.result, master.sequence, master.line) == ("readable", 2, 4)
    assert event.title == "Spotkanie Klubu Seniora"
    assert event.description == "Kawa, ciasto; i rozmowa.\nWejście od podwórza."
    assert event.starts_at == datetime(2026, 3, 4, 17, tzinfo=WARSAW)
    assert (event.zone, event.rrule) == ("Europe/Warsaw", "FREQ=WEEKLY;BYDAY=WE;UNTIL=20260430T215959Z")
    assert event.exdates == (datetime(2026, 3, 18, 17, tzinfo=WARSAW),)
    assert event.rdates == (datetime(2026, 3, 20, 17, tzinfo=WARSAW),)
    assert (event.latitude, event.longitude, event.location) == (50.0876, 19.9134, "ul. Jaremy 1")
    assert event.categories == ("seniors", "kultura")
    assert event.raw.startswith("BEGIN:VEVENT\nUID:club@example.org")
    moved = found["club@example.org 20260325T160000Z"]
    assert moved.event.recurrence_at == datetime(2026, 3, 25, 17, tzinfo=WARSAW)
    assert moved.event.starts_at == datetime(2026, 3, 26, 16, tzinfo=WARSAW)
    assert found["club@example.org 20260401T150000Z"].cancelled


def test_every_kind_of_time_comes_out_right():
    found = read("kinds-of-time.ics")
    starts = {uid: item.event.starts_at.isoformat() for uid, item in found.items()}
    assert starts["utc"] == "2026-06-01T10:00:00+00:00"
    assert starts["zoned"] == "2026-06-01T10:00:00-04:00"
    assert starts["floating"] == "2026-06-01T10:00:00+02:00"
    assert starts["all-day"] == "2026-03-28T00:00:00+01:00"
    assert starts["after-2038"] == "2050-07-01T10:00:00+02:00"
    assert {uid: hours(item.event) for uid, item in found.items()} == {
        "utc": 1.5,
        "zoned": 2,
        "floating": 1,
        "all-day": 47,
        "one-day": 24,
        "two-days": 48,
        "night": 23,
        "mixed-start": 48,
        "mixed-end": 14,
        "after-2038": 1,
        "gap": 0.5,
        "double": 2.5,
    }
    assert codes(found["floating"]) == ["floating_time"]
    assert codes(found["mixed-start"]) == codes(found["mixed-end"]) == ["dates_mixed"]
    assert {uid for uid, item in found.items() if item.result == "repaired"} == {"floating", "mixed-start", "mixed-end"}


def test_a_time_that_the_night_skips_is_read_with_the_offset_before_and_a_double_one_is_the_first():
    found = read("kinds-of-time.ics")
    assert found["gap"].event.starts_at.astimezone(UTC).isoformat() == "2026-03-29T01:30:00+00:00"
    assert found["double"].event.starts_at.astimezone(UTC).isoformat() == "2026-10-25T00:30:00+00:00"


@pytest.mark.parametrize(
    ("uid", "zone", "note"),
    [
        ("windows", "Europe/Warsaw", "zone_renamed"),
        ("windows-changed", "Europe/Berlin", "zone_renamed"),
        ("display", "Europe/Warsaw", "zone_renamed"),
        ("display-utc", "Europe/Amsterdam", "zone_renamed"),
        ("vendor", "Europe/Berlin", "zone_renamed"),
        ("small", "Europe/Warsaw", None),
        ("table", "Europe/Warsaw", "zone_renamed"),
        ("nowhere", "UTC", "zone_fixed"),
        ("unknown", "Europe/Warsaw", "zone_unknown"),
        ("offset", "Europe/Warsaw", "zone_renamed"),
        ("far-offset", "Etc/GMT+5", "zone_renamed"),
        ("utc", "UTC", None),
        ("iana", "Europe/Kyiv", None),
    ],
)
def test_a_zone_is_understood_by_whatever_name_it_has(uid, zone, note):
    item = read("zones.ics")[uid]
    assert item.event.zone == zone
    assert codes(item) == ([note] if note else [])


def test_an_instant_in_a_zone_of_nobody_is_kept():
    event = read("zones.ics")["nowhere"].event
    assert event.starts_at == datetime(2026, 7, 1, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("uid", "result", "note"),
    [
        ("no-title", "repaired", "title_missing"),
        ("no-end", "repaired", "end_missing"),
        ("backwards", "repaired", "end_before_start"),
        ("no-start", "refused", "start_missing"),
        ("bad-start", "refused", "start_unreadable"),
        ("old", "refused", "date_out_of_reach"),
        ("long", "refused", "event_too_long"),
        ("bad-rule", "repaired", "rule_unreadable"),
        ("bad-dates", "repaired", "dates_unreadable"),
        ("bad-place", "repaired", "place_unreadable"),
        ("loose", "repaired", "date_loose"),
        ("future 20260601T100000Z", "repaired", "range_ignored"),
        ("todo", "refused", "not_an_event"),
        ("not-closed", "repaired", "event_not_closed"),
    ],
)
def test_an_odd_event_is_repaired_with_a_note_or_refused_with_a_reason(uid, result, note):
    item = read("odd-events.ics")[uid]
    assert (item.result, codes(item)) == (result, [note])


@pytest.mark.parametrize("uid", ["good", "spaced-rule", "alarm", "period", "orphan 20260601T100000Z"])
def test_what_is_good_beside_the_odd_stays_good(uid):
    assert read("odd-events.ics")[uid].result == "readable"


def test_the_reason_points_to_its_line():
    lines = (OURS / "odd-events.ics").read_bytes().split(b"\r\n")
    found = read("odd-events.ics")
    assert lines[found["bad-start"].line - 1] == b"DTSTART:soon"
    assert lines[found["bad-rule"].line - 1] == b"RRULE:FREQ=OFTEN"
    assert lines[found["good"].line - 1] == b"BEGIN:VEVENT"


def test_an_alarm_does_not_speak_for_its_event():
    event = read("odd-events.ics")["alarm"].event
    assert (event.title, event.description) == ("With an alarm", "")


def test_periods_keep_their_own_ends():
    event = read("odd-events.ics")["period"].event
    assert [(end - start) / timedelta(minutes=1) for start, end in event.periods] == [180, 30]
    assert event.rdates == tuple(start for start, _ in event.periods)


def test_of_two_items_with_one_key_the_newest_counts_and_the_other_is_refused():
    items = [
        item for item in read_calendar((OURS / "odd-events.ics").read_bytes(), zone="UTC").items if item.uid == "twice"
    ]
    assert [(item.result, codes(item)) for item in items] == [("readable", []), ("refused", ["said_twice"])]


def test_without_a_uid_the_same_content_always_gets_the_same():
    one, again = (read_calendar((OURS / "odd-events.ics").read_bytes(), zone="UTC").items[0].uid for _ in (1, 2))
    other = read_calendar(calendar("BEGIN:VEVENT", "DTSTART:20260601T100000Z", "SUMMARY:X", "END:VEVENT"), zone="UTC")
    assert one == again
    assert one.endswith("@no-uid")
    assert other.items[0].uid != one


def test_method_cancel_cancels_also_without_a_start():
    item = read("cancel.ics")["club@example.org"]
    assert (item.cancelled, item.event, item.result, item.sequence) == (True, None, "readable", 3)


def test_old_polish_encoding_is_guessed_and_said():
    item = read("cp1250.ics")["cp1250"]
    assert item.event.title == "Zażółć gęślą jaźń"
    assert codes(item) == ["encoding_guessed"]


def test_a_byte_order_mark_and_a_fold_in_the_middle_of_a_letter_do_no_harm():
    item = read("folded-in-a-letter.ics")["folded"]
    assert (item.event.title, item.result) == ("Zażółć gęślą jaźń", "readable")


def test_bare_line_feeds_and_utf_16_are_read():
    assert read("bare-lf.ics")["lf"].event.title == "Bare line feeds"
    data = calendar(*an_event("SUMMARY:Żółw")).decode().encode("utf-16")
    assert read_calendar(data, zone="UTC").items[0].event.title == "Żółw"


def test_an_event_at_which_the_file_ends_is_refused_and_those_before_are_kept():
    found = read("cut-off.ics")
    assert found["whole"].result == "readable"
    assert codes(found["cut"]) == ["event_cut_off"]


def test_a_bomb_is_read_and_its_dates_are_cut():
    item = read("bomb.ics")["bomb"]
    event = item.event
    rule = Rule(event.starts_at, event.ends_at, event.zone, rrule=event.rrule)
    found = expansion(rule, event.starts_at, event.starts_at + timedelta(days=730))
    assert found.cut is not None
    assert read("bomb.ics")["good"].result == "readable"


def test_control_characters_do_not_reach_the_database():
    item = read_calendar(calendar(*an_event("SUMMARY:a\x00b\x07c", uid="u\x00id")), zone="UTC").items[0]
    assert (item.event.title, item.uid) == ("abc", "uid")
    assert "\x00" not in item.event.raw


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 100, b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"])
def test_a_file_without_a_calendar_is_refused_whole(data):
    with pytest.raises(UnreadableCalendar) as refusal:
        read_calendar(data, zone="Europe/Warsaw")
    assert refusal.value.reason.code == "calendar_missing"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(most_bytes=100), "calendar_too_large"),
        (Limits(most_lines=5), "calendar_too_many_parts"),
        (Limits(most_parts=3), "calendar_too_many_parts"),
    ],
)
def test_a_file_over_the_limits_is_refused_whole(limits, code):
    data = calendar(*an_event(), *an_event(uid="2"), *an_event(uid="3"))
    with pytest.raises(UnreadableCalendar) as refusal:
        read_calendar(data, zone="Europe/Warsaw", limits=limits)
    assert refusal.value.reason.code == code


def hostile_files():
    megabytes = "x" * 10_000_000
    yield "a line of 10 MB", calendar(*an_event(f"DESCRIPTION:{megabytes}"), *GOOD)
    yield "quotes without end", calendar(*an_event('X-A;B="' + '":"' * 300_000 + ":1"), *GOOD)
    yield "colons", calendar(*an_event("SUMMARY" + ';A="' + ":" * 900_000), *GOOD)
    yield "folds", calendar(*an_event("SUMMARY:" + "\r\n a" * 300_000), *GOOD)
    yield "deep nesting", calendar(*["BEGIN:X-A"] * 15_000, *["END:X-A"] * 15_000, *GOOD)
    yield "many dates", calendar(*an_event("RDATE:" + ",".join(["20260601T100000Z"] * 50_000)), *GOOD)
    yield (
        "a bomb in a zone",
        calendar(
            "BEGIN:VTIMEZONE",
            "TZID:Bomb",
            "BEGIN:STANDARD",
            "DTSTART:16010101T000000",
            "TZOFFSETFROM:+0001",
            "TZOFFSETTO:+0000",
            "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            "END:STANDARD",
            "END:VTIMEZONE",
            "BEGIN:VEVENT",
            "UID:bomb",
            "DTSTART;TZID=Bomb:20260601T100000",
            "END:VEVENT",
            *GOOD,
        ),
    )
    yield "blank lines", calendar(*an_event(), *[""] * 500_000, *GOOD)


HOSTILE = [pytest.param(data, id=name) for name, data in hostile_files()]


@pytest.mark.parametrize("data", HOSTILE)
def test_a_hostile_file_is_read_in_time_and_its_good_event_is_kept(data):
    began = time.process_time()
    found = by_uid(read_calendar(data, zone="Europe/Warsaw"))
    assert time.process_time() - began < 2
    assert found["good"].result == "readable"


@pytest.mark.parametrize("data", [HOSTILE[0], HOSTILE[3], HOSTILE[4]])
def test_a_hostile_file_is_read_in_bounded_memory(data):
    tracemalloc.start()
    read_calendar(data, zone="Europe/Warsaw")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


def decided(data, known):
    items = read_calendar(data, zone="UTC").items
    return [decision.action for decision in plan_import(items, known)]


def known_of(data):
    return {
        item.key: Known(item.sequence, item.changed_at, item.content_hash)
        for item in read_calendar(data, zone="UTC").items
    }


def test_the_same_file_again_changes_nothing_even_with_new_stamps():
    first = calendar(*an_event("SUMMARY:A", "DTSTAMP:20260101T000000Z"))
    again = calendar(*an_event("SUMMARY:A", "DTSTAMP:20260202T000000Z"))
    assert decided(first, {}) == ["imported"]
    assert decided(again, known_of(first)) == ["unchanged"]


@pytest.mark.parametrize(
    ("lines", "action"),
    [
        (("SUMMARY:B", "SEQUENCE:2", "DTSTAMP:20260101T000000Z"), "updated"),
        (("SUMMARY:B", "SEQUENCE:0", "DTSTAMP:20270101T000000Z"), "unchanged"),
        (("SUMMARY:B", "SEQUENCE:1", "DTSTAMP:20270101T000000Z"), "updated"),
        (("SUMMARY:B", "SEQUENCE:1", "DTSTAMP:20250101T000000Z"), "unchanged"),
        (("SUMMARY:B", "SEQUENCE:1", "DTSTAMP:20260101T000000Z"), "updated"),
    ],
)
def test_other_content_counts_when_it_is_not_older(lines, action):
    first = calendar(*an_event("SUMMARY:A", "SEQUENCE:1", "DTSTAMP:20260101T000000Z"))
    assert decided(calendar(*an_event(*lines)), known_of(first)) == [action]


def test_a_refused_item_stays_refused():
    assert plan_import([Item("1", None, 1, "refused")], {})[0].action == "refused"


@pytest.mark.skipif(not SHARED_FILES, reason="NOT TESTED: ../shared/data/ics is absent; our own files stand in for it")
@pytest.mark.parametrize("file", SHARED_FILES, ids=lambda file: file.stem)
def test_each_real_file_gives_a_report_in_time(file):
    if b"BEGIN:VCALENDAR" not in file.read_bytes():
        with pytest.raises(UnreadableCalendar):
            read_calendar(file.read_bytes(), zone="Europe/Warsaw")
        return
    began = time.process_time()
    reading = read_calendar(file.read_bytes(), zone="Europe/Warsaw")
    assert time.process_time() - began < 2
    for item in reading.items:
        assert item.line > 0
        assert (item.event is None) == (item.result == "refused") or item.cancelled
        assert bool(item.notes) == (item.result != "readable")
        if item.event:
            event = item.event
            assert event.starts_at < event.ends_at
            assert str(event.starts_at.tzinfo) == event.zone
            expansion(
                Rule(
                    event.starts_at, event.ends_at, event.zone, event.all_day, event.rrule, event.rdates, event.exdates
                ),
                event.starts_at,
                event.starts_at + timedelta(days=730),
            )
    again = read_calendar(file.read_bytes(), zone="Europe/Warsaw")
    assert again == reading


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "REFRESH"])
def test_an_answer_to_an_invitation_is_refused_with_its_reason(method):
    [item] = read_calendar(calendar(f"METHOD:{method}", *an_event()), zone="Europe/Warsaw").items
    assert (item.uid, item.result, codes(item)) == ("1", "refused", ["method_refused"])
    [item] = read_calendar(calendar("METHOD:REQUEST", *an_event()), zone="Europe/Warsaw").items
    assert item.result != "refused"


def a_zip(files, method=zipfile.ZIP_DEFLATED):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_files_come_out_of_a_zip_in_order_and_what_is_no_zip_is_one_file():
    assert files_of(b"BEGIN") == [("", b"BEGIN")]
    packed = a_zip({"b.ics": b"2", "a/c.ics": b"1", "a/": b"", "__MACOSX/a": b"x", ".DS_Store": b"x"})
    assert files_of(packed) == [("a/c.ics", b"1"), ("b.ics", b"2")]


def locked(data):
    """Say in both headers that a file is locked."""
    return data.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (a_zip({"a.ics": b"0" * 30_000_000}), "archive_too_large"),
        (a_zip({"a.zip": b"x"}), "archive_nested"),
        (a_zip({"a.ics": a_zip({"b.ics": b"x"})}), "archive_nested"),
        (a_zip({f"{number}.ics": b"x" for number in range(201)}), "archive_too_many_files"),
        (a_zip({"__MACOSX/a": b"x"}), "archive_empty"),
        (a_zip({}), "archive_empty"),
        (a_zip({"a.ics": b"x" * 1000})[:-40], "archive_unreadable"),
        (a_zip({"a.ics": b"x" * 1000}).replace(b"a.ics", b"b.ics", 1), "archive_unreadable"),
        (a_zip({"a.ics": b"x"}, zipfile.ZIP_LZMA), "archive_unreadable"),
        (locked(a_zip({"a.ics": b"x"})), "archive_locked"),
    ],
    ids=range(10),
)
def test_a_zip_that_is_too_much_is_refused_whole(data, code):
    with pytest.raises(UnreadableCalendar) as refusal:
        files_of(data)
    assert refusal.value.reason.code == code
