"""Shapes of what notifications answers and takes."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, Any
from urllib.parse import urljoin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.notifications.domain import wording
from services.notifications.domain.actions import actions_of
from services.notifications.domain.calendar_files import Dated
from services.notifications.domain.groups import GROUPS
from services.notifications.domain.pacing import RHYTHMS, Pace, usual_rhythm
from services.notifications.domain.plans import CHANNELS, KINDS, AlertKind, Channel, QuietHours, Rhythm, WishPlan
from services.notifications.models import Delivery, Wishes
from services.notifications.queries import AlertSeen
from shared.i18n import plural, say
from shared.problems import InvalidInput

DATES = frozenset({"booking_accepted", "followed", "hosted", "lent", "invited"})
"""Reasons that settle the date of an event."""


class ActionShown(BaseModel):
    """What one can do about an alert, in the language of who asks, and where."""

    text: str
    url: str


class AlertShown(BaseModel):
    """What an organisation or one of its people is told; `text` is in the language of who asks."""

    id: str
    kind: AlertKind
    severity: str | None
    event_ids: list[str]
    organisation_id: str | None
    organisation_name: str | None
    person_id: str | None
    text: str
    reason: dict[str, Any]
    url: str
    actions: list[ActionShown]
    starts_at: datetime
    ends_at: datetime
    zone: str
    created_at: datetime
    read_at: datetime | None


class UnreadShown(BaseModel):
    """How many alerts somebody did not see yet, as a number and in words of the language of who asks."""

    unread: int
    text: str


class DeliveryShown(BaseModel):
    """How an alert fared on its way to a person; `state` is `due`, `sent`, `given_up` or `overtaken` by newer news."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    alert_id: str | None
    person_id: str
    channel: Channel
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    pace: Pace
    sent_at: datetime | None
    error: str | None


class ChannelShown(BaseModel):
    """A way to be reached, and whether the person wants it."""

    id: Channel
    name: str
    on: bool


class SubscriptionShown(BaseModel):
    """A kind of alert, whether the person wants to be disturbed for it, and how often."""

    id: AlertKind
    name: str
    on: bool
    rhythm: Rhythm


class GroupShown(BaseModel):
    """Kinds of alerts that are about the same; `on` where the person wants to be disturbed for any of them.

    Of a group that is off each kind is shown as wanted: so it comes when the group is turned on.
    """

    id: str
    name: str
    on: bool
    kinds: list[SubscriptionShown]


class Switch(BaseModel):
    """Turns a channel or a subscription on or off."""

    model_config = ConfigDict(extra="forbid")

    on: bool


class SubscriptionSwitch(Switch):
    """Turns a subscription on or off, and says how often its alerts come; left out, that stays as it is."""

    rhythm: Rhythm | None = None


def _is_to_the_minute(at: time) -> time:
    if at.tzinfo is not None or at != at.replace(second=0, microsecond=0):
        raise ValueError("Write a time of day like 22:00, without seconds.")
    return at


Minute = Annotated[time, AfterValidator(_is_to_the_minute)]


class QuietHoursBody(BaseModel):
    """When nothing but what is blocking may reach somebody: from and until a time of day, in a zone; null is never."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    starts: Minute | None = Field(alias="from", default=None)
    ends: Minute | None = Field(alias="until", default=None)
    zone: str = Field(max_length=64)

    def plan(self) -> WishPlan:
        """Bring it to what the command takes."""
        return WishPlan(quiet=QuietHours(self.starts, self.ends, self.zone))


class WishesForm(BaseModel):
    """The form of what somebody wants to be told, how and when; a box that is not ticked is not sent.

    `group` are the things that they want to hear of; `rhythm` says of one kind how often, or `never`, as `kind:daily`.
    """

    mail: bool = False
    group: tuple[str, ...] = ()
    rhythm: tuple[str, ...] = ()
    quiet_from: str = Field(default="", max_length=5)
    quiet_until: str = Field(default="", max_length=5)
    zone: str = Field(default="", max_length=64)

    def plan(self) -> WishPlan:
        """Bring it to what the command takes; raises `InvalidInput` where a time is none."""
        quiet = QuietHours(_typed(self.quiet_from, "/from"), _typed(self.quiet_until, "/until"), self.zone.strip())
        return WishPlan(
            mail=self.mail,
            muted_kinds=tuple(
                kind
                for group in GROUPS
                for kind in group.kinds
                if group.id not in self.group or f"{kind}:never" in self.rhythm
            ),
            rhythms=rhythms_chosen(self.rhythm),
            quiet=quiet if self.zone or self.quiet_from or self.quiet_until else None,
        )


def _typed(text: str, pointer: str) -> time | None:
    try:
        return _is_to_the_minute(time.fromisoformat(text)) if text else None
    except ValueError:
        raise InvalidInput((pointer, "Write a time of day like 22:00, without seconds.")) from None


def text_of(seen: AlertSeen) -> str:
    """Say an alert in the language of the running request."""
    alert = seen.alert
    return wording.text(
        alert.kind,
        title=seen.title,
        reason=alert.reason,
        details=alert.details,
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        zone=alert.zone,
        side=seen.side,
    )


def headline_of(seen: AlertSeen) -> str:
    """Say in one sentence what an alert is about."""
    return wording.headline(seen.alert.kind, seen.title, seen.alert.reason)


def dated_of(seen: AlertSeen, address: str) -> Dated | None:
    """Give the date that an alert puts into a calendar, or none where it is about something else than a date."""
    alert = seen.alert
    if alert.reason["code"] not in DATES or not alert.event_ids:
        return None
    return Dated(
        uid=f"{alert.event_ids[0]}@osiedle",
        title=seen.title,
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        url=urljoin(address + "/", f"/calendar/events/{alert.event_ids[0]}"),
        sequence=alert.cause_version,
        is_cancelled=alert.kind == "event_cancelled",
    )


def alert_shown(seen: AlertSeen) -> AlertShown:
    """Render an alert."""
    alert = seen.alert
    return AlertShown(
        id=alert.id,
        kind=alert.kind,
        severity=alert.severity,
        event_ids=alert.event_ids,
        organisation_id=alert.organisation_id,
        organisation_name=seen.organisation_name,
        person_id=alert.person_id,
        text=text_of(seen),
        reason=alert.reason,
        url=alert.url,
        actions=[
            ActionShown(text=say(one.text), url=one.url)
            for one in actions_of(alert.kind, alert.url, alert.event_ids, seen.side)
        ],
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        zone=alert.zone,
        created_at=alert.created_at,
        read_at=alert.read_at,
    )


def unread_shown(unread: int) -> UnreadShown:
    """Render how many alerts are new."""
    text = plural("{n} new alert", "{n} new alerts", unread) if unread else say("No new alerts")
    return UnreadShown(unread=unread, text=text)


def delivery_shown(delivery: Delivery) -> DeliveryShown:
    """Render a delivery."""
    return DeliveryShown.model_validate(delivery)


def channels_shown(wishes: Wishes) -> list[ChannelShown]:
    """Render the ways to reach a person."""
    return [ChannelShown(id=channel, name=say("E-mail"), on=wishes.mail) for channel in CHANNELS]


def subscriptions_shown(wishes: Wishes) -> list[SubscriptionShown]:
    """Render the kinds of alerts."""
    return [
        SubscriptionShown(
            id=kind,
            name=say(wording.KIND_NAMES[kind]),
            on=kind not in wishes.muted_kinds,
            rhythm=wishes.rhythms.get(kind, usual_rhythm(kind)),
        )
        for kind in KINDS
    ]


def groups_shown(wishes: Wishes) -> list[GroupShown]:
    """Render the kinds of alerts by what they are about."""
    kinds = {one.id: one for one in subscriptions_shown(wishes)}
    shown = []
    for group in GROUPS:
        theirs = [kinds[kind] for kind in group.kinds]
        on = any(kind.on for kind in theirs)
        theirs = theirs if on else [kind.model_copy(update={"on": True}) for kind in theirs]
        shown.append(GroupShown(id=group.id, name=say(group.name), on=on, kinds=theirs))
    return shown


def quiet_hours_shown(wishes: Wishes, zone: str) -> dict[str, Any]:
    """Render somebody's quiet hours as `QuietHoursBody`; `zone` is the neighbourhood's, while they named none."""
    shown = QuietHoursBody(starts=wishes.quiet_from, ends=wishes.quiet_until, zone=wishes.zone or zone)
    return {
        "from": shown.starts and f"{shown.starts:%H:%M}",
        "until": shown.ends and f"{shown.ends:%H:%M}",
        "zone": shown.zone,
    }


def rhythms_chosen(chosen: Sequence[str]) -> dict[str, Rhythm]:
    """Read what a form says of how often each kind comes, as `kind:rhythm`; what is neither is left out."""
    pairs = (one.partition(":")[::2] for one in chosen)
    return {kind: rhythm for kind, said in pairs for rhythm in RHYTHMS if kind in KINDS and rhythm == said}


def kind_switched(wishes: Wishes, kind: str, switch: SubscriptionSwitch) -> WishPlan:
    """Make the plan that turns one kind on or off, or changes how often it comes, from what stands."""
    others = [muted for muted in wishes.muted_kinds if muted != kind]
    rhythms = None if switch.rhythm is None else {**wishes.rhythms, kind: switch.rhythm}
    return WishPlan(muted_kinds=tuple(others if switch.on else [*others, kind]), rhythms=rhythms)
