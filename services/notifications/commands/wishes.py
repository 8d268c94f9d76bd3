"""What people want to be told, and how."""

from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications import queries
from services.notifications.commands.pacing import LETTERS
from services.notifications.domain.pacing import usual_rhythm
from services.notifications.domain.permissions import may_have_wishes
from services.notifications.domain.plans import KINDS, QuietHours, WishPlan
from services.notifications.models import Alert, Delivery, History, Wishes
from services.notifications.problems import NoSuchKind
from shared import clock, history
from shared.database import note
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
    _keep(session, wishes, by, "changed")
    return wishes


def stop_letters(session: Session, *, key: str) -> None:
    """Send no more letters to whose link has this key (RFC 8058); again changes nothing. Raises `LinkRefused`."""
    letter = queries.guests_letter(session, key=key)
    if letter is not None:
        letter.state = "stopped"
        return
    person_id = queries.whose_letters(session, key=key)
    wishes = session.get(Wishes, person_id, with_for_update=True)
    if wishes is None:
        wishes = Wishes(person_id=person_id, version=0, mail=True, muted_kinds=[], rhythms={})
        session.add(wishes)
    if wishes.mail:
        wishes.mail = False
        _keep(session, wishes, None, "stopped_letters")


def ask_for_test(session: Session, *, by: Person) -> None:
    """Have a test letter sent to somebody; while one waits there is no other."""
    must(may_have_wishes(by))
    last = queries.last_test(session, by=by)
    if last is None or last.state != "due":
        now = clock.now()
        session.add(Delivery(person_id=by.id, channel="mail", due_at=now, created_at=now))
        note(session, LETTERS)


def _keep(session: Session, wishes: Wishes, by: Person | None, action: str) -> None:
    """Note who changed somebody's wishes; letters that wait and are not wanted any more do not leave."""
    wishes.version += 1
    history.record(
        session,
        History,
        aggregate="wishes",
        id=wishes.person_id,
        version=wishes.version,
        by=by,
        action=action,
        changes=wished_facts(wishes),
    )
    session.flush()
    waiting = Delivery.person_id == wishes.person_id, Delivery.state == "due", Delivery.alert_id == Alert.id
    for delivery, kind in session.execute(select(Delivery, Alert.kind).where(*waiting)):
        if not wishes.mail or kind in wishes.muted_kinds:
            delivery.state = "overtaken"


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
        wishes.rhythms = {kind: rhythm for kind, rhythm in sorted(wish.rhythms.items()) if rhythm != usual_rhythm(kind)}
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
