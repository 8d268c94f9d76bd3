"""Rules to draw: plain and unusual ones alike, and first dates for them."""
# ruff: noqa: DTZ001  # readings of a wall clock have no zone

from datetime import datetime

from hypothesis import strategies as st

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
numbers = st.integers(1, 4)
week_days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)
nth_days = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(DAYS)), min_size=1, max_size=2, unique=True
)
month_days = st.lists(st.sampled_from([1, 2, 15, 28, 29, 30, 31, -1, -3]), min_size=1, max_size=3, unique=True)
months = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True)


@st.composite
def rule_texts(draw):
    """Draw a rule of days or longer, plain and unusual ones alike."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(numbers)}"]
    kind = draw(st.integers(0, 4))
    if frequency == "WEEKLY" and kind:
        parts += [f"BYDAY={','.join(draw(week_days))}", f"WKST={draw(st.sampled_from(DAYS))}"]
    elif frequency == "MONTHLY" and kind == 1:
        parts.append("BYDAY=" + ",".join(f"{n}{day}" for n, day in draw(nth_days)))
    elif frequency in ("MONTHLY", "YEARLY") and kind == 2:
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(month_days))))
    elif frequency == "YEARLY" and kind == 3:
        parts.append("BYMONTH=" + ",".join(map(str, draw(months))))
        parts.append("BYDAY=" + ",".join(f"{n}{day}" for n, day in draw(nth_days)))
    elif frequency == "MONTHLY" and kind == 4:
        parts += [f"BYDAY={','.join(draw(week_days))}", f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}"]
    elif kind == 4:
        parts.append("BYMONTH=" + ",".join(map(str, draw(months))))
    return ";".join(parts)


first_dates = st.datetimes(datetime(2019, 1, 1), datetime(2027, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
