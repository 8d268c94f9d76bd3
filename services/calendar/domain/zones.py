"""Zones: the IANA zone that a file means by the name it uses, or the honest next best thing."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from services.calendar.domain.zone_tables import Table, fixed_zone, is_same
from shared.messages.base import Reason

FLOATING_TIME = "floating_time"
ZONE_RENAMED = "zone_renamed"
ZONE_FIXED = "zone_fixed"
ZONE_UNKNOWN = "zone_unknown"

_UTC_NAMES = frozenset({"UTC", "Z", "GMT", "ETC/UTC", "ETC/GMT", "ZULU", "COORDINATED UNIVERSAL TIME"})
_OFFSET_IN_NAME = re.compile(r"\(?(?:GMT|UTC)\s*([+-])(\d{1,2})(?:[.:]?(\d\d))?\)?", re.IGNORECASE)
_YEARS_COMPARED = 3


@dataclass(frozen=True)
class Meant:
    """What a zone's name was found to mean: an IANA zone, or a table that is none of them; and what to say of it."""

    name: str | None
    note: Reason | None = None
    table: Table | None = None


class Zones:
    """The zones of one file: its own tables, and the neighbourhood's zone for what says none."""

    def __init__(self, home: str, tables: dict[str, Table]) -> None:
        """Take the IANA name of the neighbourhood's zone and the file's tables by TZID."""
        self.home = home
        self.home_zone = ZoneInfo(home)
        self.tables = tables
        self._found: dict[tuple[str, int], Meant] = {}

    def placed(self, reading: datetime, name: str | None) -> tuple[datetime, Reason | None]:
        """Put a wall-clock reading (labelled UTC) into the zone that `name` means; without a name it floats.

        The answer is told in an IANA zone. Gaps and doubles are as RFC 5545 §3.3.5 says.
        """
        if name is None:
            return reading.replace(tzinfo=self.home_zone), Reason(code=FLOATING_TIME, values={"zone": self.home})
        key = (name, reading.year)
        meant = self._found.get(key)
        if meant is None:
            meant = self._found[key] = meaning(name, self.tables.get(name), reading.year, self.home)
        if meant.name is not None:
            return reading.replace(tzinfo=ZoneInfo(meant.name)), meant.note
        return _at_fixed_offset(reading, name, meant.table)


def _at_fixed_offset(reading: datetime, name: str, table: Table | None) -> tuple[datetime, Reason]:
    """Keep the instant that a table of nobody's zone gives, told in a zone with the offset of that moment."""
    offset = table.offset_of(reading) if table else timedelta()
    zone = ZoneInfo(fixed_zone(offset) or "UTC")
    note = Reason(code=ZONE_FIXED, values={"name": name[:100], "zone": zone.key})
    return (reading - offset).astimezone(zone), note


def meaning(name: str, table: Table | None, year: int, home: str) -> Meant:
    """Find what a TZID means, for a time in `year`; `table` is the file's own definition of it, if it has one.

    An IANA name is taken at its word. Then come the names of Windows (CLDR), IANA names behind a vendor's prefix, the
    file's table where an IANA zone agrees with it, cities and offsets in the name, and last the neighbourhood's zone.
    """
    known = _iana_name(name)
    if known is not None:
        return Meant(known)
    certain = _windows_name(name) or _name_behind_prefix(name)
    if certain is not None:
        return _renamed(name, certain)
    cities = list(_zones_of_cities(name, year))
    if table is not None:
        same = _same_zone(table, year, [*(zone for zone in (home,) if zone in cities), *cities, home])
        return _renamed(name, same) if same else Meant(None, table=table)
    if cities:
        return _renamed(name, home if home in cities else cities[0])
    offset = _offset_in(name)
    if offset is not None and (zone := fixed_zone(offset)) is not None:
        fits_home = offset in _offsets(home, year)
        return _renamed(name, home if fits_home else zone)
    return Meant(home, Reason(code=ZONE_UNKNOWN, values={"name": name[:100], "zone": home}))


def _renamed(name: str, zone: str) -> Meant:
    return Meant(zone, Reason(code=ZONE_RENAMED, values={"name": name[:100], "zone": zone}))


@cache
def _names() -> dict[str, str]:
    """Give every IANA name by its capitals."""
    return {name.upper(): name for name in available_timezones() if name not in ("localtime", "Factory", "posixrules")}


@cache
def _names_by_city() -> dict[str, list[str]]:
    """Give the IANA names whose last part is a city, by that city's plain letters."""
    found: dict[str, list[str]] = {}
    for name in sorted(_names().values()):
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/", "posix/", "right/")):
            found.setdefault(_plain(name.rpartition("/")[2]), []).append(name)
    return found


def _plain(text: str) -> str:
    """Fold letters: no marks, no case, nothing but letters."""
    text = text.replace("ł", "l").replace("Ł", "L")
    return "".join(one for one in unicodedata.normalize("NFKD", text).casefold() if one.isalpha())


def _iana_name(name: str) -> str | None:
    upper = name.strip().upper()
    if upper in _UTC_NAMES:
        return "UTC"
    return _names().get(upper)


def _windows_name(name: str) -> str | None:
    """Look a name up among those of Windows; Outlook writes a number behind those that it changed."""
    return WINDOWS_TO_OLSON.get(name.strip()) or WINDOWS_TO_OLSON.get(re.sub(r"\s+\d+$", "", name.strip()))


def _name_behind_prefix(name: str) -> str | None:
    """Find the IANA name that a vendor put a prefix before: `/mozilla.org/20070129_1/Europe/Berlin`."""
    for start in (match.end() for match in re.finditer(r"[/_:]", name[:200])):
        rest = name[start:]
        if "/" in rest and (known := _names().get(rest.upper())):
            return known
    return "UTC" if name.upper().endswith(("/UTC", "/GMT")) else None


def _zones_of_cities(name: str, year: int) -> Iterator[str]:
    """Give the zones of the cities in a name such as `(GMT+01.00) Sarajevo/Warsaw/Zagreb`, if the offset fits."""
    offset = _offset_in(name)
    for word in re.split(r"[/,;()]", _OFFSET_IN_NAME.sub("", name)[:200]):
        for zone in _names_by_city().get(_plain(word), ()):
            if offset is None or offset in _offsets(zone, year):
                yield zone
    if _plain(_OFFSET_IN_NAME.sub("", name)) == "brasilia":
        yield "America/Sao_Paulo"


def _offset_in(name: str) -> timedelta | None:
    match = _OFFSET_IN_NAME.search(name)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -offset if match[1] == "-" else offset


def _offsets(zone: str, year: int) -> set[timedelta | None]:
    """Give the offsets that a zone has in the middle of winter and of summer."""
    return {datetime(year, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7)}


def _same_zone(table: Table, year: int, preferred: Iterable[str]) -> str | None:
    """Find an IANA zone that agrees with a table: for three years if there is one, else for the year in question."""
    year = min(max(year, 1971), 2199)
    offsets = {
        table.offset_at(datetime(y, m, 1, tzinfo=UTC))
        for y in range(year, year + _YEARS_COMPARED)
        for m in (1, 4, 7, 10)
    }
    if len(offsets) == 1 and (fixed := fixed_zone(offsets.pop())) and is_same(table, fixed, year):
        return next((zone for zone in preferred if is_same(table, zone, year)), fixed)
    candidates = list(dict.fromkeys([*preferred, *WINDOWS_TO_OLSON.values()]))
    agreeing = [zone for zone in candidates if zone in available() and is_same(table, zone, year)]
    for_long = (zone for zone in agreeing if all(is_same(table, zone, year + n) for n in range(1, _YEARS_COMPARED)))
    return next(for_long, agreeing[0] if agreeing else None)


@cache
def available() -> frozenset[str]:
    """Give the IANA names that this machine knows."""
    return frozenset(available_timezones())
