"""The agenda of a meeting: those who take part propose items; those who host it decide, and put them in order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.calendar.commands.meeting_rows import LOCK, next_meeting, remember
from services.calendar.domain.agenda import MOST_ITEMS, About, ItemPlan, ItemState, may_become, placed
from services.calendar.domain.permissions import may_change_event, may_change_item, may_propose_item
from services.calendar.models import AgendaItem, Decision, Event, Organisation, Problem
from services.calendar.problems import AgendaFull, ItemFixed
from services.calendar.queries import agenda_items as looking
from services.calendar.queries.held import Held, held
from services.calendar.queries.visibility import may_see
from shared import clock
from shared.identifiers import new_id
from shared.people import Person, is_oneself, must
from shared.problems import ChangedMeanwhile, InvalidInput, NotFound


def propose_item(
    session: Session, *, by: Person, event_id: str, plan: ItemPlan, held_on: str | None = None
) -> AgendaItem:
    """Propose an item for a meeting, or one date of it; one of those who host it is accepted at once.

    Raises `NotFound`, `NotAMeeting`, `NotAllowed`, `InvalidInput`, `AgendaFull`.
    """
    event = _locked(session, event_id, by)
    must(may_propose_item(by, *looking.taking_part(session, event)))
    proposed_for_id = plan.proposed_for_id or _own(session, event, by)
    faults = _owner_faults(session, plan.owner_id)
    if plan.proposed_for_id and not looking.may_name(by, plan.proposed_for_id):
        faults.append(("/proposed_for_id", "Choose one of your own organisations"))
    about_title, wrong = _about_title(session, by, plan.about)
    if faults := [*faults, *wrong]:
        raise InvalidInput(*faults)
    row = _add(session, by, held(session, event, held_on), plan, proposed_for_id, about_title)
    if row.state == "accepted":
        next_meeting(session, event_id, row.held_on)
    return row


def change_item(
    session: Session, *, by: Person, event_id: str, item_id: str, changes: Mapping[str, Any], version: int
) -> AgendaItem:
    """Change what an item says, its `state`, or its `position` among those that are accepted; the first is 1.

    Those who host the meeting may change each; whoever proposed it what it says while nobody has decided, and take it
    back. What is written down already is not taken off. Raises as `propose_item`, and `ChangedMeanwhile`, `ItemFixed`.
    """
    event = _locked(session, event_id, by)
    row = session.get(AgendaItem, item_id, with_for_update=LOCK)
    if row is None or row.event_id != event_id:
        raise NotFound
    hosts, is_own = may_change_event(by, tuple(event.host_ids)), is_oneself(by, row.proposed_by_id or "")
    if row.state != "accepted" and not (hosts or looking.may_take_part(session, event, by)):
        raise NotFound
    must(may_change_item(by, tuple(event.host_ids), row.proposed_by_id))
    if row.version != version:
        raise ChangedMeanwhile
    said = {name: value for name, value in changes.items() if name not in ("state", "position")}
    if not hosts and ("position" in changes or (said and row.state != "proposed")):
        raise ItemFixed
    if faults := _owner_faults(session, said.get("owner_id")):
        raise InvalidInput(*faults)
    for name, value in said.items():
        setattr(row, name, value)
    before = row.state
    if "state" in changes and changes["state"] != before:
        _turn(session, row, changes["state"], hosts=hosts, proposer=is_own)
    row.version += 1
    if "position" in changes:
        _place(session, by, row, changes["position"])
    if "accepted" in (before, row.state):
        next_meeting(session, event_id, row.held_on)
    session.flush()
    noted: dict[str, Any] = {"fields": sorted(said)} if said else {}
    if row.state != before:
        noted["state"] = [before, row.state]
    remember(session, "agenda_item", row.id, row.version, by, "changed", noted)
    return row


def write_agenda(session: Session, *, by: Person, its: Held, titles: Sequence[str]) -> None:
    """Let a meeting's agenda be these items, by their titles: who writes it as lines means those and no others.

    An item of the same title stays as it is; one that is left out is taken off, unless minutes are written at it.
    Raises `ItemFixed`, `AgendaFull`.
    """
    left = list(looking.accepted_items(session, its.event.id, its.held_on))
    positions = [row.position for row in left]
    order: list[AgendaItem] = []
    for title in titles:
        row = next((one for one in left if one.title == title), None)
        if row is None:
            row = _add(session, by, its, ItemPlan(title), _own(session, its.event, by))
            positions.append(row.position)
        else:
            left.remove(row)
        order.append(row)
    for row in left:
        _turn(session, row, "refused", hosts=True, proposer=False)
        row.version += 1
        remember(session, "agenda_item", row.id, row.version, by, "changed", {"state": ["accepted", "refused"]})
    _number(session, by, order, sorted(positions))


def join_agendas(session: Session, *, by: Person, event_id: str, into_id: str, held_on: str) -> None:
    """Bring the items of a meeting that was joined into another along, after its own; of a series, of one date.

    What stands on both agendas and has no minutes yet stands there once.
    """
    ours = {row.title for row in looking.accepted_items(session, into_id, held_on)}
    there = AgendaItem.event_id == into_id, AgendaItem.held_on == held_on
    last = session.scalar(select(func.max(AgendaItem.position)).where(*there)) or 0
    theirs = select(AgendaItem).where(AgendaItem.event_id == event_id, AgendaItem.held_on == held_on)
    theirs = theirs.order_by(AgendaItem.position, AgendaItem.id)
    for number, row in enumerate(session.scalars(theirs).all(), 1):
        row.event_id, row.position = into_id, last + number
        if row.state == "accepted" and row.title in ours and not row.minutes:
            row.state = "refused"
        row.version += 1
        remember(session, "agenda_item", row.id, row.version, by, "joined", {"event_id": [event_id, into_id]})
    session.flush()


def _locked(session: Session, event_id: str, by: Person) -> Event:
    """Give a meeting that this person may see, locked: two that put items in order come one after the other."""
    session.get(Event, event_id, with_for_update=LOCK)
    return looking.meeting_seen(session, event_id, by)


def _add(
    session: Session, by: Person, its: Held, plan: ItemPlan, proposed_for_id: str | None, about_title: str = ""
) -> AgendaItem:
    """Put an item after all others; raises `AgendaFull`."""
    event = its.event
    there = AgendaItem.event_id == event.id, AgendaItem.held_on == its.held_on
    count, last = session.execute(select(func.count(), func.max(AgendaItem.position)).where(*there)).one()
    if count >= MOST_ITEMS:
        raise AgendaFull
    is_ours = may_change_event(by, tuple(event.host_ids))
    row = AgendaItem(
        id=new_id(),
        version=1,
        event_id=event.id,
        held_on=its.held_on,
        position=(last or 0) + 1,
        title=plan.title,
        description=plan.description,
        proposed_by_id=None if by.service else by.id,
        proposed_for_id=proposed_for_id,
        owner_id=plan.owner_id,
        owner_person_id=plan.owner_person_id,
        minutes_planned=plan.minutes_planned,
        state="accepted" if is_ours else "proposed",
        about_kind=plan.about.kind if plan.about else None,
        about_id=plan.about.id if plan.about else None,
        about_title=about_title,
        minutes="",
        minutes_version=0,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    remember(session, "agenda_item", row.id, 1, by, "proposed", {"state": [None, row.state]})
    return row


def _turn(session: Session, row: AgendaItem, state: ItemState, *, hosts: bool, proposer: bool) -> None:
    if row.minutes and state != "accepted":
        raise ItemFixed
    if not may_become(cast(ItemState, row.state), state, hosts=hosts, proposer=proposer):
        raise ItemFixed
    row.state = state


def _place(session: Session, by: Person, row: AgendaItem, position: int) -> None:
    if row.state != "accepted":
        raise ItemFixed
    rows = {one.id: one for one in looking.accepted_items(session, row.event_id, row.held_on)}
    order = [rows[one] for one in placed(list(rows), row.id, position)]
    _number(session, by, order, [one.position for one in rows.values()], moved=row)


def _number(
    session: Session,
    by: Person,
    order: Sequence[AgendaItem],
    positions: Sequence[int],
    *,
    moved: AgendaItem | None = None,
) -> None:
    """Give the items of this order the positions that they have together; who is not moved by hand counts on too."""
    for row, position in zip(order, positions, strict=False):
        if row.position == position:
            continue
        before, row.position = row.position, position
        if row is not moved:
            row.version += 1
            remember(session, "agenda_item", row.id, row.version, by, "moved", {"position": [before, position]})
    session.flush()


def _own(session: Session, event: Event, by: Person) -> str | None:
    """Give the organisation in whose name somebody proposes who names none: a host first, else one that is invited."""
    organisation_ids, _ = looking.taking_part(session, event)
    return next((one for one in organisation_ids if one in by.roles), None)


def _owner_faults(session: Session, owner_id: str | None) -> list[tuple[str, str]]:
    if owner_id is None or session.get(Organisation, owner_id) is not None:
        return []
    return [("/owner_id", "No organisation is known by this id")]


def _about_title(session: Session, by: Person, about: About | None) -> tuple[str, list[tuple[str, str]]]:
    """Give the title of what an item is about; a problem or initiative is known by the event that names it."""
    if about is None:
        return "", []
    if about.kind == "decision":
        decision = session.get(Decision, about.id)
        event = session.get(Event, decision.event_id) if decision else None
        if decision is not None and event is not None and may_see(by, event):
            return decision.text[:300], []
    elif about.kind == "problem" and (problem := session.get(Problem, about.id)) is not None:
        return problem.title, []
    elif (named := looking.event_naming(session, about, by)) is not None:
        return named.title, []
    return "", [("/about/id", "Nothing is known here by this id")]
