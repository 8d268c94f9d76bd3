"""What people want to be told, and how."""

from typing import Any
from zoneinfo import available_timezones

from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_have_wishes
from services.notifications.domain.plans import KINDS, QuietHours, WishPlan
from services.notifications.models import History, Wishes
from services.notifications.problems import NoSuchKind
from shared import history
from shared.people import Person, must
from shared.problems import ChangedMeanwhile, InvalidInput


def change_wishes(session: Session, *, by: Person, wish: WishPlan, version: int | None = None) -> Wishes:
    """Change how, or of what, somebody is told; what the plan leaves out stays. A stale `version` is refused."""
    must(may_have_wishes(by))
    wishes = session.get(Wishes, by.id, with_for_update=True)
    if version is not None and version != (wishes.version if wishes else 0):
        raise ChangedMeanwhile
    if wishes is None:
        wishes = Wishes(person_id=by.id, version=0, mail=True, muted_kinds=[], rhythms={})
        session.add(wishes)
    _apply(wishes, wish)
    wishes.version += 1
    history.record(
        session,
        History,
        aggregate="wishes",
        id=by.id,
        version=wishes.version,
        by=by,
        action="changed",
        changes=wished_facts(wishes),
    )
    session.flush()
    return wishes


def wished_facts(wishes: Wishes) -> dict[str, Any]:
    """Give what somebody wants as plain values: times as `22:00`."""
    return {
        "mail": wishes.mail,
        "muted_kinds": wishes.muted_kinds,
        "rhythms": wishes.rhythms,
        "quiet_from": wishes.quiet_from and f"{wishes.quiet_from:%H:%M}",
        "quiet_until": wishes.quiet_until and f"{wishes.quiet_until:%H:%M}",
        "zone": wishes.zone,
    }


def _apply(wishes: Wishes, wish: WishPlan) -> None:
    if unknown := {*(wish.muted_kinds or ()), *(wish.rhythms or ())} - set(KINDS):
        raise NoSuchKind(values={"kind": min(unknown)})
    if wish.mail is not None:
        wishes.mail = wish.mail
    if wish.muted_kinds is not None:
        wishes.muted_kinds = sorted(wish.muted_kinds)
    if wish.rhythms is not None:
        wishes.rhythms = {kind: rhythm for kind, rhythm in sorted(wish.rhythms.items()) if rhythm != "at_once"}
    if wish.quiet is not None:
        _check(wish.quiet)
        wishes.quiet_from, wishes.quiet_until, wishes.zone = wish.quiet.starts, wish.quiet.ends, wish.quiet.zone


def _check(quiet: QuietHours) -> None:
    """Refuse quiet hours of which nobody could say when they are."""
    if quiet.zone not in available_timezones():
        raise InvalidInput(("/zone", "There is no such time zone; write one like Europe/Warsaw."))
    if (quiet.starts is None) != (quiet.ends is None):
        raise InvalidInput(("/until", "Quiet hours need a beginning and an end, or neither."))
    if quiet.starts is not None and quiet.starts == quiet.ends:
        raise InvalidInput(("/until", "Quiet hours must end at another time than they begin."))
