"""Which backups stay and when the next is due: over years, over clock changes, and where nights are missing."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from deploy.backups.rotation import AGAIN_AFTER, SETTLING, due_at, name_of, to_remove, told_by

WARSAW = ZoneInfo("Europe/Warsaw")
AT = time(3, 15)
TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def nights(first, number, hour=3):
    return [datetime(*first, hour, 15, tzinfo=WARSAW) + timedelta(days=day) for day in range(number)]


def kept(times, zone=WARSAW):
    names = [name_of(at) for at in times]
    return sorted(set(names) - set(to_remove(names, zone)))


def days_of(names):
    return [told_by(name)[0].astimezone(WARSAW).date().isoformat() for name in names]


def test_of_a_year_of_nights_stay_seven_days_four_weeks_and_six_months():
    days = days_of(kept(nights((2026, 1, 1), 365)))
    assert days[-7:] == [f"2026-12-{day}" for day in range(25, 32)]
    assert days == [
        "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30",
        "2026-12-13", "2026-12-20", *days[-7:],
    ]  # fmt: skip


def test_days_are_those_of_the_zone_also_when_clocks_change():
    """By UTC two of one local night would be of two days, and one of them would push another night out."""
    autumn = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]  # 02:30 twice
    before = [datetime(2026, 10, day, 1, 15, tzinfo=UTC) for day in range(12, 25)]
    days = days_of(kept([*before, *autumn]))
    assert days.count("2026-10-25") == 1
    assert [f"2026-10-{day}" for day in range(19, 26)] == days[-7:]
    late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # already 2 June there
    assert kept([late, datetime(2026, 6, 2, 5, 0, tzinfo=UTC)]) == [name_of(datetime(2026, 6, 2, 5, 0, tzinfo=UTC))]


def test_nights_without_a_backup_push_nothing_out():
    """Counting calendar days instead would leave one backup after a holiday of two weeks."""
    old = nights((2026, 3, 1), 10)
    assert len(kept([*old, datetime(2026, 5, 1, 3, 15, tzinfo=WARSAW)])) == 8


def test_of_those_made_before_an_update_the_newest_stays_and_counts_for_no_night():
    upgrades = [name_of(at, "upgrade") for at in nights((2026, 1, 1), 3)]
    usual = [name_of(at) for at in nights((2026, 1, 1), 3, hour=4)]
    assert to_remove([*upgrades, *usual], WARSAW) == upgrades[:2]
    assert to_remove(["notes.tar", "osiedle-2026.tar"], WARSAW) == []


@given(st.lists(TIMES, max_size=60))
def test_the_newest_stays_and_no_more_than_seventeen_do(times):
    names = {name_of(at) for at in times}
    staying = names - set(to_remove(names, WARSAW))
    assert len(staying) <= 17
    assert not names or max(names) in staying
    assert not to_remove(staying, WARSAW)


@given(TIMES, TIMES)
def test_the_next_is_due_at_its_hour_once_a_day(last, started):
    due = due_at(last, started, AT, WARSAW)
    assert due >= started + SETTLING
    if due > started + SETTLING:
        assert due.astimezone(WARSAW).time() == AT
        assert timedelta() < due - last <= timedelta(hours=25)


def test_without_a_good_one_it_is_due_when_the_program_has_settled_and_later_after_a_failure():
    now = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert due_at(None, now, AT, WARSAW) == now + SETTLING
    assert due_at(None, now, AT, WARSAW, failed=now + SETTLING) == now + SETTLING + AGAIN_AFTER
    spring = due_at(datetime(2026, 3, 28, 12, 0, tzinfo=UTC), now, AT, WARSAW)
    assert spring == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)  # the night that has no half past two
