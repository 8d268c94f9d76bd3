"""The Polish school year: when schools have holidays, by the law in force, for each voivodeship.

The law is the regulation of the Minister of National Education of 11 August 2017 on the organisation of the school
year (consolidated text: Dziennik Ustaw 2023, item 1211). It gives rules for all holidays but the winter ones:

- §2: classes begin on the first weekday of September, or on the Monday after the first when that is a Friday or
  Saturday, and end on the first Friday after 20 June, or on the Wednesday before when the Thursday is a public holiday;
- §3(1)(1): the Christmas break is 23 to 31 December, from the 22nd when that is a Monday;
- §3(1)(3): the spring break is from the Thursday before Easter to the Tuesday after it;
- §3(1)(4): the summer holidays end on 31 August.

So these are computed, for any year. The winter holidays (§3(1)(2)) are two weeks that the minister announces for each
voivodeship, two years before: they are a table. What is not in it is not known, and nothing is said of it:
the winter holidays of 2028 (school year 2027/28) and later are absent until somebody adds a row from the announcement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from dateutil.easter import easter

EDITION = "2026-11"
"""Changes with every change of this table: what was checked against an older one is checked again."""
Break = Literal["christmas", "winter", "spring", "summer"]
_WINTERS: Mapping[date, str] = {
    date(2025, 1, 20): "kujawsko-pomorskie lubuskie małopolskie świętokrzyskie wielkopolskie",
    date(2025, 1, 27): "podlaskie warmińsko-mazurskie",
    date(2025, 2, 3): "dolnośląskie mazowieckie opolskie zachodniopomorskie",
    date(2025, 2, 17): "lubelskie łódzkie podkarpackie pomorskie śląskie",
    date(2026, 1, 19): "mazowieckie podlaskie pomorskie świętokrzyskie warmińsko-mazurskie",
    date(2026, 2, 2): "dolnośląskie kujawsko-pomorskie łódzkie małopolskie opolskie zachodniopomorskie",
    date(2026, 2, 16): "lubelskie lubuskie podkarpackie śląskie wielkopolskie",
    date(2027, 1, 18): "dolnośląskie łódzkie opolskie podkarpackie podlaskie śląskie",
    date(2027, 2, 1): "lubelskie mazowieckie pomorskie świętokrzyskie",
    date(2027, 2, 15): ("kujawsko-pomorskie lubuskie małopolskie warmińsko-mazurskie wielkopolskie zachodniopomorskie"),
}
"""The Mondays on which two weeks of winter holidays begin, as the minister announced them for 2025, 2026 and 2027."""


@dataclass(frozen=True)
class Holidays:
    """One holiday of schools; `last_on` is its last day."""

    kind: Break
    first_on: date
    last_on: date


def school_holidays_on(day: date, voivodeship: str) -> Holidays | None:
    """Give the holidays that schools in a voivodeship have on this day, if they have and it is known."""
    return next((one for one in holidays_in(day.year, voivodeship) if one.first_on <= day <= one.last_on), None)


@cache
def holidays_in(year: int, voivodeship: str) -> tuple[Holidays, ...]:
    """List the holidays of schools in one calendar year, the earliest first; the winter ones where they are known."""
    sunday = easter(year)
    return (
        *(
            Holidays("winter", monday, monday + timedelta(days=13))
            for monday, where in _WINTERS.items()
            if monday.year == year and voivodeship in where.split()
        ),
        Holidays("spring", sunday - timedelta(days=3), sunday + timedelta(days=2)),
        Holidays("summer", _last_class(year) + timedelta(days=1), date(year, 8, 31)),
        Holidays("christmas", date(year, 12, 22 if date(year, 12, 22).weekday() == 0 else 23), date(year, 12, 31)),
    )


def _last_class(year: int) -> date:
    """Give the last day of classes: the first Friday after 20 June; Wednesday when Corpus Christi is the day before."""
    june = date(year, 6, 21)
    friday = june + timedelta(days=(4 - june.weekday()) % 7)
    corpus_christi = easter(year) + timedelta(days=60)
    return friday - timedelta(days=2) if friday - timedelta(days=1) == corpus_christi else friday
