"""The wiring of notifications, in the order in which things start."""

from functools import partial

from fastapi import FastAPI

from services.notifications import api, commands, jobs, pages, queries, subscribers
from services.notifications.models import Base
from services.notifications.settings import Settings
from shared import web
from shared.broker import Bus
from shared.database import Database


def create_app(settings: Settings) -> FastAPI:
    """Build notifications."""
    database = Database(settings.url_of("notifications"), Base.metadata, "notifications")
    bus = Bus("notifications", settings, database, metadata=Base.metadata)
    subscribers.subscribe(bus, settings.zone)
    return web.service_app(
        "notifications",
        settings,
        database,
        bus,
        jobs=jobs.schedule(settings, database),
        forgetting=commands.retention_rules(settings),
        uploads=pages.UPLOADS,
        routers=[*api.routers, *pages.routers],
        numbers=partial(queries.numbers, reports=settings.reports_folder),
    )
