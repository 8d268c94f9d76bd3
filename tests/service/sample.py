"""A tiny service with every habit of the house and no purpose: things that have a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared import auth, columns, history, idempotency, outbox, people, problems, web
from shared.cli import service_cli
from shared.database import Database
from shared.identifiers import new_id
from shared.messages.registry import ProblemNamed
from shared.numbers import Number
from shared.paging import Paging
from shared.people import Person
from shared.problems import ChangedMeanwhile, NotFound, Problem
from shared.settings import ServiceSettings
from tests.harness import quiet

VERSIONS = Path(__file__).parent / "sample_migrations"
THINGS = "/sample/api/v1/things"


class Base(DeclarativeBase):
    """The sample's tables."""

    metadata = columns.new_metadata()


class Outbox(outbox.OutboxMixin, Base):
    """What the sample tells."""


class History(history.HistoryMixin, Base):
    """Who changed what."""


class IdempotencyKey(idempotency.IdempotencyMixin, Base):
    """Answers to repeat."""


class KnownKey(auth.KnownKeyMixin, Base):
    """The registry's keys."""


class RevokedAccess(auth.RevokedAccessMixin, Base):
    """What no longer holds."""


class KnownApiKey(auth.KnownApiKeyMixin, Base):
    """The keys of programs."""


class Thing(Base):
    """Something with a name of its own."""

    __tablename__ = "thing"

    id: Mapped[str] = mapped_column(columns.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    owner_id: Mapped[str | None] = mapped_column(columns.Id)
    version: Mapped[int] = mapped_column(default=1)


class NameTaken(Problem):
    """There is a thing of this name."""

    status = 409
    type = "name-taken"
    title = "There is a thing of this name"
    detail = "{name} is taken."


@dataclass(frozen=True)
class ThingPlan:
    """What a thing shall be."""

    name: str
    owner_id: str | None = None


def make_thing(session: Session, *, by: Person | None, plan: ThingPlan) -> Thing:
    """Make a thing."""
    if plan.owner_id is not None:
        people.must(people.may_speak_for(by, plan.owner_id))
    thing = Thing(id=new_id(), name=plan.name, owner_id=plan.owner_id, version=1)
    session.add(thing)
    try:
        session.flush()
    except IntegrityError as error:
        raise NameTaken(values={"name": plan.name}, extra={"names": [plan.name]}) from error
    _tell(session, thing, by, "made")
    return thing


def rename_thing(session: Session, *, by: Person, thing_id: str, version: int, name: str) -> Thing:
    """Give a thing another name."""
    thing = session.get(Thing, thing_id, with_for_update=True)
    if thing is None:
        raise NotFound
    if thing.version != version:
        raise ChangedMeanwhile
    old, thing.name, thing.version = thing.name, name, thing.version + 1
    _tell(session, thing, by, "renamed", changes={"name": [old, name]})
    return thing


def _tell(session: Session, thing: Thing, by: Person | None, action: str, changes: Any = None) -> None:
    history.record(
        session, History, aggregate="thing", id=thing.id, version=thing.version, by=by, action=action, changes=changes
    )
    outbox.publish(session, ProblemNamed(id=thing.id, version=thing.version, title=thing.name, url="/"))


def things(session: Session, paging: Paging) -> Sequence[Thing]:
    """List things by name, then id."""
    query = select(Thing).where(paging.beyond(Thing.name, Thing.id))
    return session.scalars(query.order_by(Thing.name, Thing.id).limit(paging.rows)).all()


def thing_of(session: Session, thing_id: str) -> Thing:
    """Find one thing."""
    thing = session.get(Thing, thing_id)
    if thing is None:
        raise NotFound
    return thing


class ThingBody(BaseModel):
    """What a program says of a thing."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    owner_id: str | None = None
    at: AwareDatetime | None = None
    counts: list[int] = []


def show(thing: Thing) -> dict[str, Any]:
    """Render a thing."""
    return {"id": thing.id, "name": thing.name, "version": thing.version}


api = web.api_router("sample")


@api.post("/things", status_code=201, responses=web.refuses(409))
async def post_thing(request: Request, database: web.Database, person: web.CurrentPerson, body: ThingBody) -> Response:
    """Make a thing."""
    plan = ThingPlan(body.name, body.owner_id)
    return await web.create(request, database, make_thing, by=person, plan=plan, show=show)


@api.post("/imports")
async def import_things(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Make a thing of every line."""
    names = (await request.body()).decode().split()

    async def work() -> dict[str, int]:
        for name in names:
            await database.write(make_thing, by=person, plan=ThingPlan(name))
        return {"imported": len(names)}

    return await web.long_work(request, database, work, show=dict)


@api.get("/things")
async def list_things(
    request: Request, database: web.Database, paging: web.Paging, only: str | None = None
) -> Response:
    """List things."""
    rows = await database.read(things, paging)
    return web.listing(request, paging, rows, show=show, key=lambda row: (row.name, row.id), sorted_by="name")


@api.get("/things/{thing_id}")
async def get_thing(database: web.Database, thing_id: str) -> Response:
    """Show one thing."""
    thing = await database.read(thing_of, thing_id)
    return web.answer(show(thing), version=thing.version)


@api.patch("/things/{thing_id}")
async def patch_thing(
    database: web.Database, person: web.CurrentPerson, thing_id: str, version: web.IfMatch, body: ThingBody
) -> Response:
    """Rename a thing."""
    thing = await database.write(rename_thing, by=person, thing_id=thing_id, version=version, name=body.name)
    return web.answer(show(thing), version=thing.version)


@api.get("/me")
async def me(person: web.MaybePerson) -> Response:
    """Say who asks."""
    return web.answer({"name": person.name if person else None})


@api.get("/broken")
async def broken() -> Response:
    """Break."""
    raise RuntimeError("a secret of ours")


@api.get("/busy")
async def busy() -> Response:
    """Be busy."""
    raise problems.Busy


def pages(app: FastAPI) -> None:
    """Add the pages."""

    @app.get("/sample/hello", include_in_schema=False, response_class=HTMLResponse)
    async def hello(person: web.MaybePerson) -> HTMLResponse:
        return HTMLResponse(f"<p>{person.name if person else 'nobody'}</p>")

    @app.get("/sample/secret", include_in_schema=False, response_class=HTMLResponse)
    async def secret(person: web.CurrentPerson) -> HTMLResponse:
        return HTMLResponse(f"<p>{person.name}</p>")

    @app.post("/sample/hello", include_in_schema=False, response_class=HTMLResponse)
    async def say_hello(person: web.CurrentPerson, name: Annotated[str, Form()]) -> HTMLResponse:
        return HTMLResponse(f"<p>{person.name}: {name}</p>")


class SilentBus:
    """A bus that neither hears nor tells."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = {"connected": False}
        self.events: list[str] = []

    async def waiting(self) -> dict[str, Any]:
        """Say that three wait."""
        return {"outbox_pending": 3}

    def numbers(self, waiting: Mapping[str, Any] | None) -> Iterable[Number]:
        """Name one number."""
        return [Number("osiedle_bus_outbox_pending", "gauge", "What waits.", (waiting or {})["outbox_pending"])]

    async def start(self) -> None:
        """Note it."""
        self.events.append("start")

    async def stop(self) -> None:
        """Note it."""
        self.events.append("stop")


def create_app(settings: ServiceSettings) -> FastAPI:
    """Make the sample."""
    database = Database(settings.url_of("sample"), Base.metadata, "sample")
    app = web.service_app("sample", settings, database, SilentBus(), versions=VERSIONS, routers=[api])
    pages(app)
    return app


def settings_for(url: str, **values: Any) -> ServiceSettings:
    """Make the settings of a sample under test."""
    return ServiceSettings(**quiet(database_url=url, **values))


if __name__ == "__main__":
    service_cli("sample", create_app, ServiceSettings)()
