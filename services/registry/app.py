"""Wiring of the registry, in the order in which things start."""

from collections.abc import Mapping

from fastapi import FastAPI

from services.registry import api, commands, jobs, pages, queries, subscribers
from services.registry.models import Base
from services.registry.settings import Settings
from shared import web
from shared.broker import Bus
from shared.daily_hash import DailyHash
from shared.database import Database
from shared.messages import Message
from shared.messages.registry import ContactsChanged, PersonChanged
from shared.reconcile_people import Lifter
from shared.relay import StateReader


def create_app(settings: Settings) -> FastAPI:
    """Make the registry's app: its database, its bus, its doors."""
    database = Database(settings.url_of("registry"), Base.metadata, "registry")
    state: Mapping[type[Message], StateReader] = {
        PersonChanged: queries.person_state,
        ContactsChanged: queries.contacts_state,
    }
    lift: Mapping[type[Message], Lifter] = {
        PersonChanged: commands.lift_person,
        ContactsChanged: commands.lift_contacts,
    }
    bus = Bus("registry", settings, database, metadata=Base.metadata, state=state, lift=lift)
    subscribers.subscribe(bus)
    subscribers.hear_itself(bus, settings.zone)
    app = web.service_app(
        "registry",
        settings,
        database,
        bus,
        jobs=jobs.schedule(settings, database),
        forgetting=commands.retention_rules(settings),
        starting=[jobs.first_start(settings, database)],
        note_use=commands.note_key_use,
        uploads=pages.UPLOADS,
        routers=[*api.routers, *pages.routers],
    )
    app.state.daily_hash = DailyHash()
    return app
