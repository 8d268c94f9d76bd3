"""Wiring of the registry, in the order in which things start."""

from fastapi import FastAPI

from services.registry import api, jobs, pages, queries
from services.registry.models import Base
from services.registry.settings import Settings
from shared import web
from shared.broker import Bus
from shared.database import Database


def create_app(settings: Settings) -> FastAPI:
    """Make the registry's app: its database, its bus, its doors."""
    database = Database(settings.url_of("registry"), Base.metadata, "registry")
    bus = Bus("registry", settings, database, metadata=Base.metadata, state={"PEOPLE": queries.person_state})
    app = web.service_app(
        "registry",
        settings,
        database,
        bus,
        jobs=jobs.schedule(database),
        starting=[jobs.first_start(settings, database)],
    )
    app.include_router(api.router)
    app.include_router(pages.router)
    return app
