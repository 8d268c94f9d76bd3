"""Wiring of the calendar, in the order in which things start."""

from functools import partial

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
    # who may come in stands in the table; the settings name those with whom it begins
    bus = Bus("calendar", settings.model_copy(update={"partners": ()}), database, metadata=Base.metadata)
    subscribers.subscribe(bus, settings.horizon_days)
    doors = subscribers.PartnerDoors(bus, database)
    app = web.service_app(
        "calendar",
        settings,
        database,
        bus,
        jobs=jobs.schedule(settings, database, doors),
        starting=[partial(doors.open, settings.partners)],
        forgetting=commands.retention_rules(),
        uploads=pages.UPLOADS,
    )
    app.state.doors = doors
    app.state.event_texts = {}
    app.include_router(api.router)
    app.include_router(pages.router)
    return app
