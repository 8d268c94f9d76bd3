"""Wiring of the calendar, in the order in which things start."""

from fastapi import FastAPI

from services.calendar import api, commands, jobs, pages, subscribers
from services.calendar.models import Base
from services.calendar.settings import Settings
from shared import web
from shared.broker import Bus
from shared.database import Database


def create_app(settings: Settings) -> FastAPI:
    """Make the calendar's app: its database, its bus, its doors."""
    database = Database(settings.url_of("calendar"), Base.metadata, "calendar")
    bus = Bus("calendar", settings, database, metadata=Base.metadata)
    subscribers.subscribe(bus)
    app = web.service_app(
        "calendar",
        settings,
        database,
        bus,
        jobs=jobs.schedule(settings, database),
        forgetting=commands.retention_rules(),
    )
    app.include_router(api.router)
    app.include_router(pages.router)
    return app
