"""The institutions, and the card of one."""

from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from services.registry import commands, queries
from services.registry.commands import Owner
from services.registry.domain.permissions import (
    may_import_tables,
    may_look_after_people,
    may_see_duplicates,
    may_see_people,
    may_see_review_queue,
)
from services.registry.pages import words
from services.registry.pages.hours import is_open_now
from services.registry.pages.linked_data import linked_data
from services.registry.problems import OrganisationMerged
from services.registry.queries.contacts import VisibleContact
from services.registry.schemas import Identifier
from shared import clock, i18n, web
from shared.opening_words import hours_in_words
from shared.pages import Pages
from shared.paging import page_of
from shared.reasons import AUDIENCE_LABELS

router = web.page_router()
templates = Pages("registry")


@router.get("/registry")
async def to_institutions() -> Response:
    """Send to the list of institutions."""
    return RedirectResponse("/registry/", status_code=308)


@router.get("/registry/")
async def institutions(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    paging: web.Paging,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: str = "",
) -> Response:
    """Show the institutions, to be searched by words and kind."""
    wanted = kind if kind in words.ORGANISATION_KINDS else None
    rows = await database.read(queries.organisations, paging=paging, q=q, kind=wanted)
    shown, cursor = page_of(paging, rows, lambda row: (row.name, row.id))
    following = request.url.include_query_params(cursor=cursor).query if cursor else None
    return templates.page(
        request,
        "institutions.html",
        organisations=shown,
        q=q,
        kind=wanted or "",
        kinds=words.said(words.ORGANISATION_KINDS),
        next=f"/registry/?{following}" if following else None,
        statuses=words.said(words.STATUSES),
        may_look_after_people=may_look_after_people(person),
        may_review=may_see_review_queue(person),
        may_import=may_import_tables(person),
        may_see_duplicates=may_see_duplicates(person),
    )


@router.get("/registry/organisations/{organisation_id}")
async def organisation(
    request: Request, database: web.Database, person: web.MaybePerson, organisation_id: Identifier
) -> Response:
    """Show one institution: what it has, what it needs, and the contacts that this reader may see."""
    try:
        card = await commands.disclose(
            database,
            person,
            web.door_of(request),
            queries.organisation_card,
            viewer=person,
            organisation_id=organisation_id,
        )
    except OrganisationMerged as merged:
        return RedirectResponse(f"/registry/organisations/{merged.kept_id}", status_code=308)
    one, settings = card.organisation, request.app.state.settings
    known = await database.read(queries.taxonomy)
    now = clock.now().astimezone(ZoneInfo(settings.zone))
    said = words.said(AUDIENCE_LABELS)
    return templates.page(
        request,
        "organisation.html",
        card=card,
        notice=request.query_params.get("notice", ""),
        themes=[known.name_of(code, i18n.language.get()) for code in one.themes],
        audiences=[said.get(code, code) for code in one.audiences],
        statuses=words.said(words.STATUSES),
        hours=hours_in_words(one.opening_hours, now.date()),
        hours_in_words=partial(hours_in_words, today=now.date()),
        lends_to=words.said(words.LENDS_TO),
        costs_per=words.said(words.COSTS_PER),
        zlotys=words.zlotys,
        open_now=is_open_now(one.opening_hours, now),
        linked_data=linked_data(card, [visible for visible in card.contacts if _is_public(visible)], settings.address),
        kinds=words.said(words.ORGANISATION_KINDS),
        resource_kinds=words.said(words.RESOURCE_KINDS),
        roles=words.said(words.ROLES),
        visibilities=words.said(words.VISIBILITIES),
        link_of=words.link_of,
        is_shown=words.is_shown,
        may_see_people=may_see_people(person),
        may_edit=commands.may_edit_contacts(person, Owner(organisation_id=organisation_id)),
    )


def _is_public(visible: VisibleContact) -> bool:
    """Say whether a stranger sees this contact, too."""
    return visible.contact.visibility == "public" and words.is_shown(visible.contact)
