"""The map's wiring, in the order in which things start."""

from fastapi import FastAPI

from services.map import api, jobs, pages, subscribers
from services.map.models import Base, History
from services.map.settings import Settings
from shared import retention, web
from shared.broker import Bus
from shared.database import Database


def create_app(settings: Settings) -> FastAPI:
    """Build the map."""
    database = Database(settings.url_of("map"), Base.metadata, "map")
    bus = Bus("map", settings, database, metadata=Base.metadata)
    subscribers.subscribe(bus, settings.zone)
    return web.service_app(
        "map",
        settings,
        database,
        bus,
        jobs=jobs.schedule(settings, database),
        forgetting=[retention.history_rule(History)],
        uploads=pages.UPLOADS,
        routers=[*api.routers, *pages.routers, *pages.optional_routers(settings)],
    )
