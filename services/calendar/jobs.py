"""Door: the clock tells. Series are laid out further, and conflicts whose time is over become past."""

from datetime import timedelta

from services.calendar import commands
from services.calendar.settings import Settings
from shared import clock
from shared.database import Database
from shared.web import Job


def schedule(settings: Settings, database: Database) -> list[Job]:
    """List what happens by the clock."""

    async def roll() -> None:
        while await database.write(commands.roll_horizon, now=clock.now(), horizon_days=settings.horizon_days):
            pass

    async def age() -> None:
        while await database.write(commands.age_conflicts, now=clock.now()):
            pass

    return [
        Job("roll the horizon", timedelta(hours=settings.roll_horizon_hours), roll),
        Job("age conflicts", timedelta(minutes=settings.age_conflicts_minutes), age),
    ]
