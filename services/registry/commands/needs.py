"""Stating what an organisation lacks, changing it, and closing it with what came of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import need_facts
from services.registry.commands.hiding import is_confidential
from services.registry.commands.matching import end_matches, forget_keys
from services.registry.commands.themes import theme_codes
from services.registry.domain.permissions import may_close_need, may_edit_organisation
from services.registry.domain.plans import Changes, ClosePlan, NeedPlan
from services.registry.models import LIVE, Need, Organisation, Resource, Venue
from services.registry.problems import NeedOver, unknown
from shared import clock, outbox
from shared.i18n import say_in
from shared.messages import Summary
from shared.messages.registry import NeedClosed, NeedMet, NeedStated
from shared.people import Person, must, service_person
from shared.problems import InvalidInput

CLOCK = service_person("registry")
"""Who closes needs whose time is past."""
AT_ONCE = 50


def state_need(session: Session, *, by: Person, plan: NeedPlan, searched: bool = True) -> Need:
    """Say what an organisation lacks; what states many at once lets them be found itself.

    Raises `NotAllowed`, `InvalidInput`.
    """
    must_exist(session, Organisation, plan.organisation_id, "/organisation_id")
    must(may_edit_organisation(by, plan.organisation_id))
    fields = {**vars(plan), "weekdays": sorted(set(plan.weekdays))}
    need = Need(**_checked(session, plan.organisation_id, fields), created_at=clock.now())
    _must_have_time(need.starts_at, need.ends_at)
    session.add(need)
    session.flush()
    remember(session, by, need, "stated", searched=searched)
    outbox.publish(session, need_facts(NeedStated, need))
    return need


def change_need(session: Session, *, by: Person, need_id: str, version: int, changes: Changes) -> Need:
    """Say a need anew; the message tells all of it again, with the next version. Raises `NeedOver`."""
    need = locked(session, Need, need_id)
    must(may_edit_organisation(by, need.organisation_id))
    expect_version(need, version)
    _must_stand(need)
    differences = set_fields(need, _checked(session, need.organisation_id, changes))
    _must_have_time(need.starts_at, need.ends_at)
    if differences:
        session.flush()
        remember(session, by, need, "changed", differences)
        outbox.publish(session, need_facts(NeedStated, need))
    return need


def close_need(session: Session, *, by: Person, need_id: str, plan: ClosePlan) -> Need:
    """Say what came of a need: it is met, or not needed any more; also of one that the clock closed.

    Raises `NotAllowed`, `NeedOver`, `InvalidInput`.
    """
    need = locked(session, Need, need_id)
    must(may_close_need(by, need.organisation_id))
    if not need.is_unanswered:
        _must_stand(need)
    must_exist(session, Organisation, plan.met_by_organisation_id, "/met_by_organisation_id")
    owner_id = _owner_of(session, plan.met_by_resource_id)
    changes: dict[str, Any] = {"status": plan.status, "outcome": plan.outcome, "closed_at": clock.now()}
    if plan.status == "met":
        changes["closed_because"] = None
        changes["met_by_organisation_id"] = plan.met_by_organisation_id or owner_id
        changes["met_by_resource_id"] = plan.met_by_resource_id
        changes["met_quantity"] = plan.met_quantity or need.quantity
    else:
        changes["closed_because"] = "withdrawn"
    _close(session, by, need, changes)
    return need


def close_past_needs(session: Session, *, now: datetime, zone: str) -> int:
    """Close needs that nobody met until their last day; gives how many, some at a time.

    Their organisations are asked what came of them.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    is_past = or_(Need.until_on < today, Need.until_on.is_(None) & (Need.ends_at < now))
    rows = select(Need).where(Need.status.in_(LIVE), is_past).order_by(Need.id).limit(AT_ONCE)
    needs = session.scalars(rows.with_for_update(skip_locked=True)).all()
    for need in needs:
        _close(session, CLOCK, need, {"status": "closed", "closed_because": "past", "closed_at": now})
    return len(needs)


def _close(session: Session, by: Person, need: Need, changes: Changes) -> None:
    """Close a need, let its matches be over, and tell it."""
    differences = set_fields(need, changes)
    session.flush()
    remember(session, by, need, "met" if need.status == "met" else "closed", differences)
    forget_keys(session, need.id)
    end_matches(session, need.id)
    if need.status == "met":
        named = ("outcome", "met_by_organisation_id", "met_by_resource_id", "met_quantity")
        told = {name: getattr(need, name) for name in named}
        outbox.publish(session, need_facts(NeedMet, need, **told, **_thanks(need)))
    else:
        told = {"because": need.closed_because, "outcome": need.outcome, "closed_at": need.closed_at}
        if need.is_unanswered:
            told["url"] = f"/registry/review#need-{need.id}"
        outbox.publish(session, need_facts(NeedClosed, need, **told))


def _thanks(need: Need) -> dict[str, Any]:
    """Give what the message says of itself to another organisation that helped, in both languages."""
    if need.met_by_organisation_id in (None, need.organisation_id):
        return {}
    text = "The need “{title}” is met, and it is marked that your organisation helped. Thank you!"
    summary = Summary(pl=say_in("pl", text, title=need.title), en=say_in("en", text, title=need.title))
    return {"summary": summary, "organisation_ids": (need.met_by_organisation_id,), "severity": "information"}


def _checked(session: Session, organisation_id: str, changes: Changes) -> dict[str, Any]:
    """Bring themes to their codes, refuse themes and venues that nobody knows, and give no hidden address away."""
    checked = dict(changes)
    must_exist(session, Venue, checked.get("venue_id"), "/venue_id")
    if "themes" in checked:
        checked["themes"] = list(theme_codes(session, checked["themes"]))
    if is_confidential(session, organisation_id):
        checked |= {"address": "", "latitude": None, "longitude": None}
    return checked


def _must_have_time(starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise InvalidInput(("/ends_at", "It must end after it begins"))


def _must_stand(need: Need) -> None:
    if not need.is_live:
        raise NeedOver


def _owner_of(session: Session, resource_id: str | None) -> str | None:
    """Say whose a resource or venue is. Raises `InvalidInput` where there is none."""
    if resource_id is None:
        return None
    found = session.get(Resource, resource_id) or session.get(Venue, resource_id)
    if found is None:
        raise unknown("/met_by_resource_id")
    return found.organisation_id
