"""Where is room: the halls and squares of the neighbourhood on one day, with the hours that are left there."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.map import queries
from services.map.domain.rooms import free_hours
from services.map.pages import frame
from services.map.schemas import contacts_shown
from shared import clock, web

router = APIRouter()
OPENS, HOURS = time(8), 14
"""From eight in the morning to ten in the evening: nobody looks for a room at night."""
DAYS_OFFERED = 7
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class RoomShown:
    """A venue with the hours that are left on the day."""

    id: str
    name: str
    address: str
    organisation_id: str | None
    organisation_name: str | None
    free: list[tuple[datetime, datetime]]
    is_free_all_day: bool
    contacts: list[dict[str, Any]]


@router.get("/map/room")
async def show_rooms(
    request: Request, database: web.Database, person: web.MaybePerson, on: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """Show where there is room on a day: today where none was chosen."""
    zone = frame.zone_of(request)
    today = clock.now().astimezone(zone).date()
    day = day_of(on, today)
    start, end = frame.hours_of(day, zone, OPENS, HOURS)
    found = await database.read(queries.rooms_between, start, end, now=clock.now())
    rooms = [shown(room, start, end) for room in found]
    return frame.show(
        request,
        "rooms.html",
        day=day,
        days=[today + timedelta(days=number) for number in range(DAYS_OFFERED)],
        last_day=today + FURTHEST,
        rooms=[room for room in rooms if room.free],
        full=[room for room in rooms if not room.free],
    )


def day_of(text: str, today: date) -> date:
    """Read the day that was chosen; today where it is none, past, or too far away."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today <= day <= today + FURTHEST else today


def shown(room: queries.Room, start: datetime, end: datetime) -> RoomShown:
    """Say which hours are left in a room."""
    free = free_hours(room.taken, start, end)
    return RoomShown(
        id=room.place.id,
        name=room.place.name,
        address=room.place.address,
        organisation_id=room.place.organisation_id,
        organisation_name=room.organisation_name,
        free=free,
        is_free_all_day=free == [(start, end)],
        contacts=contacts_shown(room.contacts),
    )
