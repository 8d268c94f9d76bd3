"""Programs ask: the JSON of notifications, and the stream of alerts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from services.notifications import commands, queries
from services.notifications.api import feeds, status, webhooks
from services.notifications.domain.plans import CHANNELS, KINDS, AlertKind, WishPlan
from services.notifications.problems import NoSuchChannel, NoSuchKind
from services.notifications.queries import AlertSeen
from services.notifications.schemas import (
    AlertShown,
    ChannelShown,
    DeliveryShown,
    QuietHoursBody,
    SubscriptionShown,
    SubscriptionSwitch,
    Switch,
    UnreadShown,
    alert_shown,
    channels_shown,
    delivery_shown,
    kind_switched,
    quiet_hours_shown,
    subscriptions_shown,
    unread_shown,
)
from services.notifications.schemas.topics import TopicBody, TopicShown, topic_shown
from shared import auth, clock, web
from shared.database import Database
from shared.people import Person, is_administrator

router = web.api_router("notifications")
routers = [router, webhooks.router, status.router, feeds.router]

NEWEST_FIRST = "created_at, newest first"
COUNT_KEPT_SECONDS = 30
"""Every page of every service asks how many alerts are new; who goes from page to page asks this seldom."""
STREAM_LASTS = timedelta(minutes=10)
"""Then it ends, and the caller comes again with a fresh token and `Last-Event-ID`."""
OVERLAP = timedelta(seconds=5)
"""Two transactions may commit in another order than their alerts were made in; so far back we look again."""

FOLLOWING: dict[int | str, dict[str, Any]] = {201: {"model": TopicShown}, **web.refuses(404, 409)}

IdText = Annotated[str | None, Query(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
DeliveryState = Literal["due", "sent", "given_up", "overtaken"]


@router.get("/alerts", response_model=None, responses={200: {"model": web.Page[AlertShown]}})
async def list_alerts(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    paging: web.Paging,
    event_id: IdText = None,
    organisation_id: IdText = None,
    person_id: IdText = None,
    kind: AlertKind | None = None,
    unread: bool = False,
) -> Response:
    """List the alerts of whoever asks and of their organisations; administrators see all."""
    wanted = queries.WantedAlerts(
        event_id=event_id, organisation_id=organisation_id, person_id=person_id, kind=kind, unread=unread
    )
    found = await database.read(queries.alerts, paging, by=person, wanted=wanted)
    return web.listing(request, paging, found, show=alert_shown, key=_alert_key, sorted_by=NEWEST_FIRST)


@router.get("/unread", response_model=None, responses={200: {"model": UnreadShown}})
async def count_unread(database: web.Database, person: web.CurrentPerson) -> Response:
    """Count the alerts of whoever asks that they did not see yet; a browser may keep the number for half a minute."""
    unread = await database.read(queries.unread_count, by=person)
    return web.answer(unread_shown(unread), headers={"Cache-Control": f"private, max-age={COUNT_KEPT_SECONDS}"})


@router.get("/alerts/{alert_id}", response_model=None, responses={200: {"model": AlertShown}})
async def get_alert(database: web.Database, person: web.CurrentPerson, alert_id: str) -> Response:
    """Give one alert."""
    seen = await database.read(queries.alert, by=person, alert_id=alert_id)
    return web.answer(alert_shown(seen), version=seen.alert.version)


@router.post("/alerts/{alert_id}/read", response_model=None, responses={200: {"model": AlertShown}})
async def read_alert(request: Request, database: web.Database, person: web.CurrentPerson, alert_id: str) -> Response:
    """Remember that an alert was seen; again changes nothing."""
    return await web.perform(request, database, commands.mark_read, show=alert_shown, by=person, alert_id=alert_id)


@router.get("/channels", response_model=None, responses={200: {"model": web.Page[ChannelShown]}})
async def list_channels(database: web.Database, person: web.CurrentPerson) -> Response:
    """List the ways to reach whoever asks, and which of them they want; the ETag is for changing them."""
    wishes = await database.read(queries.wishes, by=person)
    items = channels_shown(wishes)
    return web.answer({"items": items, "next": None, "sorted_by": "id"}, version=wishes.version)


@router.put("/channels/{channel}", response_model=None, responses={200: {"model": ChannelShown}})
async def switch_channel(
    database: web.Database, person: web.CurrentPerson, version: web.IfMatch, channel: str, switch: Switch
) -> Response:
    """Turn a way to be reached on or off."""
    if channel not in CHANNELS:
        raise NoSuchChannel
    plan = WishPlan(mail=switch.on)
    wishes = await database.write(commands.change_wishes, by=person, wish=plan, version=version)
    return web.answer(channels_shown(wishes)[0], version=wishes.version)


@router.get("/subscriptions", response_model=None, responses={200: {"model": web.Page[SubscriptionShown]}})
async def list_subscriptions(database: web.Database, person: web.CurrentPerson) -> Response:
    """List what there is to be told, and what of it whoever asks wants to be reached for."""
    wishes = await database.read(queries.wishes, by=person)
    items = subscriptions_shown(wishes)
    return web.answer({"items": items, "next": None, "sorted_by": "id"}, version=wishes.version)


@router.put("/subscriptions/{kind}", response_model=None, responses={200: {"model": SubscriptionShown}})
async def switch_subscription(
    database: web.Database, person: web.CurrentPerson, version: web.IfMatch, kind: str, switch: SubscriptionSwitch
) -> Response:
    """Turn one kind of alert on or off for all ways to be reached, or say how often; it is listed all the same."""
    if kind not in KINDS:
        raise NoSuchKind
    plan = kind_switched(await database.read(queries.wishes, by=person), kind, switch)
    wishes = await database.write(commands.change_wishes, by=person, wish=plan, version=version)
    shown = next(one for one in subscriptions_shown(wishes) if one.id == kind)
    return web.answer(shown, version=wishes.version)


@router.get("/quiet-hours", response_model=None, responses={200: {"model": QuietHoursBody}})
async def get_quiet_hours(request: Request, database: web.Database, person: web.CurrentPerson) -> Response:
    """Say when nothing but what is blocking may reach whoever asks; the ETag is for changing it."""
    wishes = await database.read(queries.wishes, by=person)
    return web.answer(quiet_hours_shown(wishes, request.app.state.settings.zone), version=wishes.version)


@router.put("/quiet-hours", response_model=None, responses={200: {"model": QuietHoursBody}})
async def put_quiet_hours(
    request: Request, database: web.Database, person: web.CurrentPerson, version: web.IfMatch, body: QuietHoursBody
) -> Response:
    """Choose quiet hours; both times null are none."""
    wishes = await database.write(commands.change_wishes, by=person, wish=body.plan(), version=version)
    return web.answer(quiet_hours_shown(wishes, request.app.state.settings.zone), version=wishes.version)


@router.get("/topics", response_model=None, responses={200: {"model": web.Page[TopicShown]}})
async def list_topics(database: web.Database, person: web.CurrentPerson) -> Response:
    """List what of the calendar whoever asks follows."""
    names = await database.read(queries.topic_names)
    items = [topic_shown(one, names) for one in await database.read(queries.followed_topics, by=person)]
    return web.answer({"items": items, "next": None, "sorted_by": "when it was followed, oldest first"})


@router.post("/topics", response_model=None, status_code=201, responses=FOLLOWING)
async def follow_topic(
    request: Request, database: web.Database, person: web.CurrentPerson, body: TopicBody
) -> Response:
    """Follow an audience, a kind of events, a theme, an organisation, a venue or an area; again changes nothing."""
    names = await database.read(queries.topic_names)
    show = partial(topic_shown, names=names)
    return await web.create(
        request, database, commands.follow, show=show, by=person, topic=body.topic(), name=body.name
    )


@router.delete("/topics/{topic_id}", response_model=None, status_code=204)
async def unfollow_topic(database: web.Database, person: web.CurrentPerson, topic_id: str) -> Response:
    """Follow something no more."""
    await database.write(commands.unfollow, by=person, topic_id=topic_id)
    return Response(status_code=204)


@router.get("/deliveries", response_model=None, responses={200: {"model": web.Page[DeliveryShown]}})
async def list_deliveries(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    paging: web.Paging,
    state: DeliveryState | None = None,
) -> Response:
    """List how alerts fared on their way; for administrators."""
    found = await database.read(queries.deliveries, paging, by=person, state=state)
    return web.listing(request, paging, found, show=delivery_shown, key=lambda one: one.id, sorted_by=NEWEST_FIRST)


@router.post("/deliveries/{delivery_id}/retry", response_model=None, responses={200: {"model": DeliveryShown}})
async def retry_delivery(
    request: Request, database: web.Database, person: web.CurrentPerson, delivery_id: str
) -> Response:
    """Try a delivery that was given up once more; another stays as it is. For administrators."""
    return await web.perform(
        request, database, commands.retry_delivery, show=delivery_shown, by=person, delivery_id=delivery_id
    )


@router.get("/stream", response_class=EventSourceResponse)
async def stream_alerts(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Send the alerts of whoever asks as they are raised (WHATWG HTML §9.2), after `Last-Event-ID` if it is given."""
    wait_seconds = request.app.state.settings.stream_seconds
    yield ServerSentEvent(comment="listening", retry=2000)

    async def still() -> bool:
        return await web.is_still(request, person)

    async for seen in _alerts_to_come(database, person, last_event_id, wait_seconds, still):
        yield ServerSentEvent(event="alert", id=seen.alert.id, data=alert_shown(seen))


async def _alerts_to_come(
    database: Database, person: Person, last_id: str | None, wait_seconds: float, still: Callable[[], Awaitable[bool]]
) -> AsyncIterator[AlertSeen]:
    """Give alerts as they are committed, while `still` says so; who comes back hears first what was raised since."""
    ends_at = clock.now() + STREAM_LASTS
    watch = database.watch(_heard_of(person))
    since, told = await _where_to_begin(database, person, last_id)
    while (started := clock.now()) < ends_at:
        if not await still():
            return
        for seen in await database.read(queries.alerts_since, by=person, since=since - OVERLAP):
            if seen.alert.id not in told:
                told.add(seen.alert.id)
                yield seen
        since = started
        await watch.wait(wait_seconds)


def _heard_of(person: Person) -> list[str]:
    """Name the topics of what may change somebody's stream: of the alerts of others nothing is even looked at."""
    mine = {commands.topic_of(one) for one in (person.id, *person.roles)}
    return [auth.ACCESS, *([commands.EVERYBODY] if is_administrator(person) else sorted(mine))]


async def _where_to_begin(database: Database, person: Person, last_id: str | None) -> tuple[datetime, set[str]]:
    """Give the instant from which alerts are new, and those at that time that are not."""
    last = await database.read(queries.alert_or_none, by=person, alert_id=last_id)
    since = last.created_at if last else clock.now()
    before = await database.read(queries.alerts_since, by=person, since=since - OVERLAP)
    return since, {seen.alert.id for seen in before if last is None or seen.alert.id <= last.id}


def _alert_key(seen: AlertSeen) -> str:
    return seen.alert.id
