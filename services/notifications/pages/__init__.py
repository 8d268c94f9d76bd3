"""People ask: their alerts, what they want to be told, and how it fared."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.notifications import commands, queries
from services.notifications.domain.plans import AlertKind
from services.notifications.domain.recipients import Recipient, is_told
from services.notifications.domain.wording import KIND_NAMES
from services.notifications.models import Wishes
from services.notifications.pages import channels, invitations, linked, status, topics, webhooks
from services.notifications.queries import ChannelSeen
from services.notifications.schemas import (
    AlertShown,
    WishesForm,
    alert_shown,
    groups_shown,
    quiet_hours_shown,
)
from shared import clock, paging, web
from shared.i18n import say
from shared.pages import Pages
from shared.people import Person
from shared.problems import InvalidInput
from shared.web.own_data import own_data_router

router = web.page_router()
routers = [
    own_data_router("notifications", queries.own_data),
    topics.router,
    webhooks.router,
    linked.router,
    channels.router,
    invitations.router,
    status.router,
    router,
]
pages = Pages("notifications")

ALERTS_ON_A_PAGE = 30
UNSUBSCRIBE = "/notifications/unsubscribe"
UPLOADS = (UNSUBSCRIBE,)
"""Mail programs press that button with a body in parts (RFC 8058 §3.1); it is not read."""
Key = Annotated[str, Query(max_length=200)]
HALF_HOURS = [f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30")]
QUIET_FIELDS = {"/zone": "zone", "/from": "quiet_from", "/until": "quiet_until"}
"""What the form calls what the command calls otherwise."""


@router.get("/notifications")
async def go_to_alerts() -> RedirectResponse:
    """Send who left the slash out to their alerts."""
    return RedirectResponse("/notifications/", status_code=308)


@router.get("/notifications/")
async def show_alerts(
    request: Request,
    database: web.Database,
    person: web.MaybePerson,
    cursor: Annotated[str, Query(max_length=500)] = "",
    kind: Literal[""] | AlertKind = "",
    unread: bool = False,
) -> HTMLResponse:
    """Show somebody their alerts, of one kind or the new ones where they want; a stranger is asked to sign in."""
    if person is None:
        return pages.page(request, "sign_in_first.html")
    page = paging.Paging(limit=ALERTS_ON_A_PAGE, after=paging.key_of(cursor) if cursor else None)
    wanted = queries.WantedAlerts(on_my_page=True, kind=kind or None, unread=unread)
    rows = await database.read(queries.alerts, page, by=person, wanted=wanted)
    kinds = await database.read(queries.kinds_shown, by=person)
    shown, following = paging.page_of(page, rows, lambda seen: seen.alert.id)
    return pages.page(
        request,
        "alerts.html",
        alerts=[alert_shown(seen) for seen in shown],
        look_of=look_of,
        is_new=lambda alert: not alert.read_at and is_told(person, Recipient(alert.organisation_id, alert.person_id)),
        names={one: say(name) for one, name in KIND_NAMES.items()},
        kinds=[one for one in KIND_NAMES if one in kinds or one == kind],
        wanted=wanted,
        unread=await database.read(queries.unread_count, by=person),
        refused=await database.read(queries.refused_address, by=person),
        following=following,
    )


@router.post("/notifications/alerts/{alert_id}/read")
async def read_alert(database: web.Database, person: web.CurrentPerson, alert_id: str) -> RedirectResponse:
    """Remember that somebody saw an alert."""
    await database.write(commands.mark_read, by=person, alert_id=alert_id)
    return RedirectResponse("/notifications/", 303)


@router.post("/notifications/read")
async def read_all(database: web.Database, person: web.CurrentPerson) -> RedirectResponse:
    """Remember that somebody saw all their alerts."""
    await database.write(commands.mark_all_read, by=person)
    return RedirectResponse("/notifications/", 303)


@router.get("/notifications/settings")
async def show_wishes(
    request: Request, database: web.Database, person: web.CurrentPerson, saved: bool = False
) -> HTMLResponse:
    """Show what somebody wants to be told, how, and when."""
    wishes = await database.read(queries.wishes, by=person)
    quiet = quiet_hours_shown(wishes, request.app.state.settings.zone)
    return await _wishes_page(request, database, person, wishes, quiet, saved=saved)


@router.post("/notifications/settings", response_model=None)
async def change_wishes(
    request: Request, database: web.Database, person: web.CurrentPerson, form: Annotated[WishesForm, Form()]
) -> Response:
    """Take what somebody wants; a box that is not ticked is not sent."""
    try:
        await database.write(commands.change_wishes, by=person, wish=form.plan())
    except InvalidInput as refusal:
        wishes = await database.read(queries.wishes, by=person)
        quiet = {"from": form.quiet_from, "until": form.quiet_until, "zone": form.zone}
        return await _wishes_page(request, database, person, wishes, quiet, faults=refusal.extra["errors"])
    return RedirectResponse("/notifications/settings?saved=true", 303)


@router.post("/notifications/settings/test")
async def send_test(database: web.Database, person: web.CurrentPerson) -> RedirectResponse:
    """Send somebody a test letter, so that they know whether alerts reach them."""
    await database.write(commands.ask_for_test, by=person)
    return RedirectResponse("/notifications/settings", 303)


@router.get(UNSUBSCRIBE)
async def ask_to_stop_letters(request: Request, database: web.Database, key: Key = "") -> HTMLResponse:
    """Ask whether to stop letters: programs that look into mail follow links, so this alone changes nothing."""
    await database.read(queries.whose_letters, key=key)
    return pages.page(request, "unsubscribe.html", key=key, done=False)


@router.post(UNSUBSCRIBE)
async def stop_letters(request: Request, database: web.Database, key: Key = "") -> HTMLResponse:
    """Stop letters, by the button of that page or by that of a mail program (RFC 8058); nobody need be signed in."""
    await database.write(commands.stop_letters, key=key)
    return pages.page(request, "unsubscribe.html", key=key, done=True)


async def _wishes_page(
    request: Request,
    database: web.Database,
    person: Person,
    wishes: Wishes,
    quiet: Mapping[str, str | None],
    *,
    saved: bool = False,
    faults: Sequence[Mapping[str, str]] = (),
) -> HTMLResponse:
    """Render the form of wishes; `faults` are those of the quiet hours that were typed."""
    return pages.page(
        request,
        "wishes.html",
        status=422 if faults else 200,
        mail=wishes.mail,
        groups=groups_shown(wishes),
        quiet=quiet,
        hours=HALF_HOURS,
        saved=saved,
        test=await database.read(queries.last_test, by=person),
        refused=await database.read(queries.refused_address, by=person),
        errors=[{"field": QUIET_FIELDS[one["pointer"]], "text": say(one["detail"])} for one in faults],
    )


@router.get("/notifications/deliveries")
async def show_deliveries(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    state: Literal["due", "sent", "given_up", "overtaken"] = "given_up",
    channel: ChannelSeen = "mail",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """Show the operator how what went by one channel fared, what was given up first of all, and why."""
    page = paging.Paging(limit=ALERTS_ON_A_PAGE, after=paging.key_of(cursor) if cursor else None)
    rows = await database.read(queries.fared, page, by=person, channel=channel, state=state)
    shown, following = paging.page_of(page, rows, lambda one: one.id)
    return pages.page(
        request,
        "deliveries.html",
        deliveries=shown,
        names={kind: say(name) for kind, name in KIND_NAMES.items()},
        state=state,
        channel=channel,
        counts=await database.read(queries.fared_counts, by=person, now=clock.now()),
        following=following,
    )


@router.post("/notifications/deliveries/{delivery_id}/retry")
async def retry_delivery(database: web.Database, person: web.CurrentPerson, delivery_id: str) -> RedirectResponse:
    """Try a delivery that was given up once more."""
    await database.write(commands.retry_delivery, by=person, delivery_id=delivery_id)
    return RedirectResponse("/notifications/deliveries", 303)


@router.post("/notifications/deliveries/push/{push_id}/retry")
async def retry_push(database: web.Database, person: web.CurrentPerson, push_id: str) -> RedirectResponse:
    """Try a message to another network that was given up once more."""
    await database.write(commands.retry_push, by=person, push_id=push_id)
    return RedirectResponse("/notifications/deliveries?channel=push", 303)


def look_of(alert: AlertShown) -> dict[str, Any]:
    """Give the colour and the sign of an alert."""
    if alert.kind.startswith(("opportunity_", "match_")):
        return {"kind": "success", "icon_name": "hand"}
    if alert.kind in ("conflict_resolved", "conflict_accepted"):
        return {"kind": "success", "icon_name": "check"}
    signs = {"blocking": "stop", "warning": "warning"}
    return {"kind": alert.severity or "information", "icon_name": signs.get(alert.severity or "", "info")}
