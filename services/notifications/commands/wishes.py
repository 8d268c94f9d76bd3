"""What people want to be told, and how."""

from sqlalchemy.orm import Session

from services.notifications.domain.permissions import may_have_wishes
from services.notifications.domain.plans import KINDS, WishPlan
from services.notifications.models import History, Wishes
from services.notifications.problems import NoSuchKind
from shared import history
from shared.people import Person, must
from shared.problems import ChangedMeanwhile


def change_wishes(session: Session, *, by: Person, wish: WishPlan, version: int | None = None) -> Wishes:
    """Change how, or of what, somebody is told; what the plan leaves out stays. A stale `version` is refused."""
    must(may_have_wishes(by))
    wishes = session.get(Wishes, by.id, with_for_update=True)
    if version is not None and version != (wishes.version if wishes else 0):
        raise ChangedMeanwhile
    if wishes is None:
        wishes = Wishes(person_id=by.id, version=0, mail=True, muted_kinds=[])
        session.add(wishes)
    _apply(wishes, wish)
    wishes.version += 1
    changes = {"mail": wishes.mail, "muted_kinds": wishes.muted_kinds}
    history.record(
        session,
        History,
        aggregate="wishes",
        id=by.id,
        version=wishes.version,
        by=by,
        action="changed",
        changes=changes,
    )
    session.flush()
    return wishes


def _apply(wishes: Wishes, wish: WishPlan) -> None:
    if unknown := set(wish.muted_kinds or ()) - set(KINDS):
        raise NoSuchKind(values={"kind": min(unknown)})
    if wish.mail is not None:
        wishes.mail = wish.mail
    if wish.muted_kinds is not None:
        wishes.muted_kinds = sorted(wish.muted_kinds)
