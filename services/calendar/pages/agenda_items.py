"""A meeting's agenda: who takes part proposes items, its hosts decide and put them in order; and the same on paper."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from services.calendar import commands
from services.calendar.domain.agenda import LONGEST_ITEM_MINUTES, About, AboutKind, ItemPlan, begins_after
from services.calendar.domain.held import query_of
from services.calendar.models import AgendaItem
from services.calendar.pages import words
from services.calendar.pages.forms import LONGEST_TITLE, Fault
from services.calendar.pages.frame import pages, today_in, zone_of
from services.calendar.pages.poll_form import faults_said
from services.calendar.queries import agenda_items as looking
from services.calendar.queries.agenda_items import AgendaCard
from services.calendar.schemas.fields import HeldOn
from shared.i18n import say
from shared.identifiers import is_id
from shared.people import Person
from shared.problems import ChangedMeanwhile, InvalidInput
from shared.web import CurrentPerson, Database, MaybePerson, number_of, page_router

router = page_router()
Size = Literal["a4", "a3"]
LONGEST_DESCRIPTION = 5000
TURNS = {"accept": "accepted", "refuse": "refused", "withdraw": "withdrawn"}
NOTHING_TYPED: Mapping[str, str] = {"title": "", "description": "", "owner_id": "", "minutes_planned": ""}


@router.get("/calendar/meetings/{event_id}/agenda")
async def on_paper(
    request: Request,
    database: Database,
    person: MaybePerson,
    event_id: str,
    size: Size = "a4",
    held_on: HeldOn = None,
) -> HTMLResponse:
    """Show the agenda as it is printed, with the time at which each item begins as far as it is known."""
    card = await database.read(looking.agenda_card, event_id, person, today_in(zone_of(request)), held_on)
    starts_at = card.held.starts_at.astimezone(ZoneInfo(card.event.zone))
    begins = [None if one is None else starts_at + timedelta(minutes=one) for one in begins_after(card.accepted)]
    return pages.page(
        request,
        "agenda_paper.html",
        card=card,
        items=list(zip(card.accepted, begins, strict=True)),
        size=size,
        page_address=f"{request.app.state.settings.address}{card.held.address}",
    )


@router.get("/calendar/meetings/{event_id}/items")
async def items(
    request: Request, database: Database, person: CurrentPerson, event_id: str, held_on: HeldOn = None
) -> HTMLResponse:
    """Show the agenda to who takes part: what stands on it, what is proposed, and what is offered."""
    return await _page(request, database, person, event_id, held_on)


@router.post("/calendar/meetings/{event_id}/items")
async def propose(
    request: Request, database: Database, person: CurrentPerson, event_id: str, held_on: HeldOn = None
) -> Response:
    """Propose an item, or take what is offered; what was typed stays where something is wrong."""
    typed = {**NOTHING_TYPED, **_typed(await request.form())}
    plan, faults = _plan_of(typed)
    if plan is not None and plan.about is not None and not typed["title"]:
        plan = await database.read(_named, event_id, person, plan, today_in(zone_of(request)), held_on)
    if plan is not None and not faults:
        try:
            row = await database.write(commands.propose_item, by=person, event_id=event_id, plan=plan, held_on=held_on)
        except InvalidInput as problem:
            faults = faults_said(problem.extra["errors"], {"about": "title"})
        else:
            return RedirectResponse(
                f"/calendar/meetings/{event_id}/items{query_of(row.held_on)}#item-{row.id}", status_code=303
            )
    return await _page(request, database, person, event_id, held_on, typed, faults)


@router.post("/calendar/meetings/{event_id}/items/{item_id}")
async def change(
    request: Request, database: Database, person: CurrentPerson, event_id: str, item_id: str, held_on: HeldOn = None
) -> Response:
    """Accept, refuse, withdraw, move or reword an item."""
    typed = _typed(await request.form())
    version, what = number_of(typed.get("version", "")) or 0, typed.get("do", "")
    faults: list[Fault] = []
    changes: dict[str, Any] = {}
    if what in TURNS:
        changes = {"state": TURNS[what]}
    elif what in ("up", "down"):
        changes = {"position": await database.read(_next_place, event_id, item_id, person, 1 if what == "down" else -1)}
    else:
        plan, faults = _plan_of(typed)
        if plan is not None:
            names = ("title", "description", "owner_id", "minutes_planned")
            changes = {name: getattr(plan, name) for name in names}
    if not faults:
        try:
            row = await database.write(
                commands.change_item, by=person, event_id=event_id, item_id=item_id, changes=changes, version=version
            )
        except ChangedMeanwhile:
            said = say(
                "Somebody else has changed this item meanwhile. This is how it is now; please look and try again."
            )
            return await _page(request, database, person, event_id, held_on, faults=[Fault("", said)], status=412)
        except InvalidInput as problem:
            faults = faults_said(problem.extra["errors"], {})
        else:
            return RedirectResponse(
                f"/calendar/meetings/{event_id}/items{query_of(row.held_on)}#item-{item_id}", status_code=303
            )
    faults = [Fault(f"{fault.field}-{item_id}", fault.text) for fault in faults]
    return await _page(request, database, person, event_id, held_on, faults=faults, retyped={item_id: typed})


def _typed(form: Any) -> dict[str, str]:
    return {name: str(value).strip() for name, value in form.items()}


def _plan_of(typed: Mapping[str, str]) -> tuple[ItemPlan | None, list[Fault]]:
    """Read what was typed of an item."""
    about = None
    if typed.get("about_kind") in ("decision", "problem", "initiative") and is_id(typed.get("about_id", "")):
        about = About(cast(AboutKind, typed["about_kind"]), typed["about_id"])
    title, description = typed.get("title", ""), typed.get("description", "")
    faults: list[Fault] = []
    if not title and about is None:
        faults.append(Fault("title", say("Say what shall be talked about.")))
    if len(title) > LONGEST_TITLE:
        faults.append(Fault("title", say("Say it in fewer words.")))
    if len(description) > LONGEST_DESCRIPTION:
        faults.append(Fault("description", say("Say it in fewer words.")))
    planned, minutes = typed.get("minutes_planned", ""), number_of(typed.get("minutes_planned", ""))
    if planned and (minutes is None or not 1 <= minutes <= LONGEST_ITEM_MINUTES):
        most = say("This must be a whole number of minutes, from 1 to {most}.", most=LONGEST_ITEM_MINUTES)
        faults.append(Fault("minutes_planned", most))
    owner_id, proposed_for_id = typed.get("owner_id", ""), typed.get("proposed_for_id", "")
    if faults:
        return None, faults
    plan = ItemPlan(
        title,
        description,
        owner_id=owner_id if is_id(owner_id) else None,
        minutes_planned=minutes if planned else None,
        proposed_for_id=proposed_for_id if is_id(proposed_for_id) else None,
        about=about,
    )
    return plan, []


def _named(
    session: Session, event_id: str, person: Person, plan: ItemPlan, today: date, held_on: str | None
) -> ItemPlan:
    """Give what is offered the title with which it was offered."""
    card = looking.agenda_card(session, event_id, person, today, held_on)
    one = next((one for one in card.offered if plan.about and one.id == plan.about.id), None)
    if one is None:
        return ItemPlan(say("What was offered"), about=plan.about)
    return ItemPlan(offered_words(one.kind, one.title, one.event_title)[:300], owner_id=one.owner_id, about=plan.about)


def offered_words(kind: str, title: str, event_title: str) -> str:
    """Say what is offered in a line; what the calendar has no title of is called after the event that names it."""
    if title:
        return title
    if kind == "problem":
        return say("The problem of “{event}”", event=event_title)
    return say("The initiative of “{event}”", event=event_title)


def _next_place(session: Session, event_id: str, item_id: str, person: Person, step: int) -> int:
    """Give the place before or after that at which an item stands."""
    item = looking.agenda_item(session, event_id, item_id, person)
    ids = [row.id for row in looking.accepted_items(session, event_id, item.held_on)]
    return max(1, ids.index(item_id) + 1 + step) if item_id in ids else 1


async def _page(
    request: Request,
    database: Database,
    person: Person,
    event_id: str,
    held_on: str | None,
    typed: Mapping[str, str] = NOTHING_TYPED,
    faults: list[Fault] | None = None,
    *,
    retyped: Mapping[str, Mapping[str, str]] | None = None,
    status: int = 422,
) -> HTMLResponse:
    """Show the agenda with its forms; `retyped` is what was typed of an item that is there already."""
    card: AgendaCard = await database.read(looking.agenda_card, event_id, person, today_in(zone_of(request)), held_on)
    taking_part = sorted(card.names.items(), key=lambda pair: pair[1].casefold())
    return pages.page(
        request,
        "agenda_items.html",
        status=status if faults else 200,
        card=card,
        owners=[("", say("Nobody yet")), *taking_part],
        proposers=[(one, card.names.get(one, "")) for one in card.organisation_ids],
        typed={**NOTHING_TYPED, **typed},
        retyped=retyped or {},
        faults=faults or [],
        wrong={fault.field: fault.text for fault in faults or []},
        offered_words=offered_words,
        problem_word=lambda status: words.word(words.PROBLEM_STATUSES, status),
        is_mine=lambda row: is_mine(person, row),
    )


def is_mine(person: Person, row: AgendaItem) -> bool:
    """Say whether somebody proposed this item."""
    return row.proposed_by_id == person.id
