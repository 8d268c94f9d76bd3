"""Which day a date stands under, what a board calls taken and free, and what fits on a page."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.calendar.domain.boards import Use, gaps, in_order, uses_at
from services.calendar.domain.claims import Site
from services.calendar.domain.dates import seconds
from services.calendar.pages.agenda import MOST_SHOWN, fitting
from services.calendar.pages.board import cell_of
from services.calendar.pages.days import by_day, days_of
from services.calendar.pages.filters import Window, window_of
from services.calendar.queries import AgendaItem

WARSAW = ZoneInfo("Europe/Warsaw")
TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = date(2026, 12, 4)


def at(day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = WARSAW) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=zone)


def item(starts_at: datetime, ends_at: datetime, **values: object) -> AgendaItem:
    defaults = dict.fromkeys(("event_id", "title", "kind", "status"), "x") | {"zone": "Europe/Warsaw", "recurrence": 0}
    defaults |= dict.fromkeys(("all_day", "cancelled", "repeats"), False) | {"venue_id": None, "venue_name": None}
    defaults |= {"hosts": (), "audiences": ()}
    return AgendaItem(starts_at=starts_at, ends_at=ends_at, **{**defaults, **values})  # type: ignore[arg-type]


DAYS = {
    "an hour": (item(at(4, 17), at(4, 18)), (4, 4)),
    "to midnight": (item(at(4, 17), at(5)), (4, 4)),
    "into the night": (item(at(4, 20), at(5, 2)), (4, 4)),
    "to breakfast": (item(at(4, 20), at(5, 7)), (4, 5)),
    "a weekend": (item(at(4, 16), at(6, 14)), (4, 6)),
    "no time at all": (item(at(4, 16), at(4, 16)), (4, 4)),
    "one whole day": (item(at(4), at(5), all_day=True), (4, 4)),
    "three whole days": (item(at(4), at(7), all_day=True), (4, 6)),
    "a whole day far away": (item(at(4, zone=TOKYO), at(5, zone=TOKYO), all_day=True), (4, 4)),
    "an evening far away": (item(at(5, 3, zone=TOKYO), at(5, 4, zone=TOKYO)), (4, 4)),
}


@pytest.mark.parametrize(("one", "days"), DAYS.values(), ids=DAYS)
def test_a_date_has_its_first_and_its_last_day(one: AgendaItem, days: tuple[int, int]) -> None:
    assert days_of(one, WARSAW) == (date(2026, 12, days[0]), date(2026, 12, days[1]))


def test_some_days_stand_under_each_of_them_and_many_only_under_the_first_seen() -> None:
    fair, show = item(at(4, 16), at(6, 14), title="fair"), item(at(1), at(21), title="show", all_day=True)
    days = by_day([show, fair], FRIDAY, FRIDAY + timedelta(days=1), WARSAW)
    assert [(day.day, [(one.item.title, one.number, one.total) for one in dates]) for day, dates in days] == [
        (4, [("show", 4, 20), ("fair", 1, 3)]),
        (5, [("fair", 2, 3)]),
    ]


@pytest.mark.parametrize(
    ("name", "today", "first", "days"),
    [
        ("today", 4, 4, 1),
        ("week", 4, 4, 3),
        ("week", 6, 6, 1),
        ("weekend", 4, 5, 2),
        ("weekend", 6, 6, 1),
        ("", 4, 4, 28),
        ("nonsense", 4, 4, 28),
    ],
)
def test_a_word_names_days(name: str, today: int, first: int, days: int) -> None:
    window = window_of(name, date(2026, 12, today), None, 28)
    assert (window.first.day, window.days) == (first, days)


def test_a_page_ends_with_a_whole_day() -> None:
    items = [item(at(4 + number // 150, 8), at(4 + number // 150, 9)) for number in range(MOST_SHOWN + 1)]
    window, kept = fitting(Window(FRIDAY, 28), items, WARSAW)
    assert (window.days, len(kept)) == (1, 150)
    assert fitting(Window(FRIDAY, 28), items[:MOST_SHOWN], WARSAW)[0].days == 28


def use(start: int, end: int, venue: str = "room", margin: int = 0) -> Use:
    first, last = seconds(at(4, start)), seconds(at(4, end))
    return Use("e", "T", venue, first, last, first - margin * 60, last + margin * 60)


HOUSE = Site("house", "House")
ROOM, OTHER = Site("room", "A room", ancestor_ids=("house",)), Site("other", "B room", ancestor_ids=("house",))
SITES = {one.id: one for one in (OTHER, ROOM, HOUSE)}


def test_rooms_stand_under_their_house_and_are_taken_with_it() -> None:
    assert [(site.id, depth) for site, depth in in_order(list(SITES.values()))] == [
        ("house", 0),
        ("room", 1),
        ("other", 1),
    ]
    assert [(site.id, depth) for site, depth in in_order([ROOM])] == [("room", 0)]
    uses = [use(10, 12), use(14, 15, "house")]
    taken = {site.id: [(one.venue_id, one.site_name) for one in uses_at(site, uses, SITES)] for site in SITES.values()}
    assert taken == {
        "house": [("room", "A room"), ("house", "")],
        "room": [("room", ""), ("house", "House")],
        "other": [("house", "House")],
    }


@pytest.mark.parametrize(
    ("uses", "free"),
    [
        ([], [(8, 21)]),
        ([use(10, 12)], [(8, 10), (12, 21)]),
        ([use(10, 12), use(12, 13), use(11, 12)], [(8, 10), (13, 21)]),
        ([use(8, 21)], []),
        ([use(6, 9), use(20, 23)], [(9, 20)]),
        ([use(9, 20, margin=60)], []),
        ([use(22, 23), use(6, 7)], [(8, 21)]),
    ],
)
def test_free_is_what_nobody_takes_with_set_up_and_clear_up(uses: list[Use], free: list[tuple[int, int]]) -> None:
    found = gaps((seconds(at(4, 8)), seconds(at(4, 21))), uses)
    assert found == [(seconds(at(4, start)), seconds(at(4, end))) for start, end in free]


def test_a_cell_shows_what_there_is_of_a_use_on_its_day() -> None:
    start, end, taken_from, taken_until = (seconds(one) for one in (at(4, 20), at(5, 1), at(4, 19), at(5, 2)))
    night = Use("e", "T", "room", start, end, taken_from, taken_until)
    before, after = (cell_of(date(2026, 12, day), [night], WARSAW, 0) for day in (4, 5))
    [free, evening] = before.parts
    assert (free.use, free.starts_at, free.ends_at, free.offered_until) == (None, at(4, 8), at(4, 19), at(4, 10))
    assert (evening.starts_at, evening.ends_at, evening.set_up_at, evening.cleared_at) == (
        at(4, 20),
        None,
        at(4, 19),
        None,
    )
    [morning, rest] = after.parts
    assert (morning.starts_at, morning.ends_at, morning.cleared_at) == (None, at(5, 1), at(5, 2))
    assert rest.whole_day
    assert [(bar.at, bar.length, bar.kind) for bar in before.bars] == [(39, 10, "around"), (41, 8, "taken")]
    assert cell_of(date(2026, 12, 4), [], WARSAW, seconds(at(4, 19, 50))).parts[0].starts_at == at(4, 20)
    assert cell_of(date(2026, 12, 4), [], WARSAW, seconds(at(5))).parts == []


def test_free_time_is_offered_while_a_venue_is_open_and_begins_at_eight_all_the_same() -> None:
    [early] = cell_of(FRIDAY, [], WARSAW, 0, "Mo-Fr 06:00-22:00").parts
    assert (early.starts_at, early.ends_at, early.whole_day) == (at(4, 6), at(4, 22), True)
    assert (early.offered_at, early.offered_until) == (at(4, 8), at(4, 10))
    [usual] = cell_of(FRIDAY, [], WARSAW, 0, "Mo-Fr 10:00-12:00").parts
    assert (usual.starts_at, usual.ends_at) == (at(4, 8), at(4, 21))
    start, end = seconds(at(4, 5)), seconds(at(4, 7))
    dawn = Use("e", "T", "room", start, end, start, end)
    assert [(bar.at, bar.length) for bar in cell_of(FRIDAY, [dawn], WARSAW, 0).bars] == [(11, 4), (11, 4)]
