"""The list of events that are to be checked again; whoever changes something around them puts them there."""

from sqlalchemy import Select, literal, or_
from sqlalchemy.orm import Session

from services.calendar.models import Recheck
from shared.inserting import insert_into


def check_again(session: Session, events: Select[str], *, claims: bool = False) -> None:
    """Put events on the list; with `claims`, what they claim is laid out again first."""
    put = insert_into(session, Recheck).from_select(["event_id", "claims"], events.add_columns(literal(claims)))
    # written also where it stands: so whoever takes it off at this moment is waited for, and it is put there anew
    either = {"claims": or_(Recheck.claims, put.excluded.claims)}
    session.execute(put.on_conflict_do_update(index_elements=["event_id"], set_=either))
