"""Wiring of the calendar, in the order in which things start."""

from collections.abc import Mapping
from functools import partial

from fastapi import FastAPI

from services.calendar import api, commands, jobs, pages, subscribers
from services.calendar.models import Base
from services.calendar.queries.invited import invitation_state
from services.calendar.settings import Settings
from shared import web
from shared.broker import Bus
from shared.database import Database
from shared.messages import Message
from shared.messages.calendar import InvitationChanged
from shared.relay import StateReader


def create_app(settings: Settings) -> FastAPI:
    """Make the calendar's app: its database, its bus, its doors."""
    database = Database(settings.url_of("calendar"), Base.metadata, "calendar")
    # who may come in stands in the table; the settings name those with whom it begins
    state: Mapping[type[Message], StateReader] = {
        InvitationChanged: partial(invitation_state, address=settings.address)
    }
    bus = Bus("calendar", settings.model_copy(update={"partners": ()}), database, metadata=Base.metadata, state=state)
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
        routers=[*api.routers, *pages.routers],
    )
    app.state.doors = doors
    app.state.event_texts = {}
    return app
