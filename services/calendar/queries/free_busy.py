"""Looking at what is taken in a window: by an organisation, at a venue; events that few may see are times only."""

from dataclasses import replace

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from services.calendar.domain.free_busy import Span, Taken
from services.calendar.domain.plans import LONGEST_BUFFER_MINUTES, is_foreign
from services.calendar.models import Event, Occurrence, Venue
from services.calendar.queries.events import Filter, clauses_of, fitting


def busy_times(session: Session, wanted: Filter, window: Span) -> list[Taken]:
    """List when something is on; at a venue with the time to set up and to clear up, which may begin it earlier.

    What takes a venue that contains it takes it too, as in conflicts.
    """
    margin = 60 * LONGEST_BUFFER_MINUTES if wanted.venue_id else 0
    # who asks by words, themes or kinds would learn what the events are that they may not see
    says_what = wanted.words or wanted.theme or wanted.audience or wanted.kind
    fits = clauses_of if says_what else fitting
    chosen = fits(wanted)
    if wanted.venue_id and (venue := session.get(Venue, wanted.venue_id)):
        around = Event.venue_id.in_(venue.ancestor_ids), *fits(replace(wanted, venue_id=None))
        chosen = [or_(and_(*chosen), and_(*around))]
    statement = (
        select(
            Occurrence.start,
            Occurrence.end,
            Event.status,
            Event.source,
            Event.set_up_minutes,
            Event.clear_up_minutes,
            Venue.set_up_minutes.label("usual_set_up"),
            Venue.clear_up_minutes.label("usual_clear_up"),
        )
        .join(Event, Event.id == Occurrence.event_id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .where(
            Occurrence.start < window[1] + margin,
            Occurrence.end > window[0] - margin,
            Occurrence.cancelled.is_(False),
            Event.status != "cancelled",
            *chosen,
        )
    )
    found = []
    for row in session.execute(statement):
        before = after = 0
        if wanted.venue_id:
            before = 60 * (row.usual_set_up or 0 if row.set_up_minutes is None else row.set_up_minutes)
            after = 60 * (row.usual_clear_up or 0 if row.clear_up_minutes is None else row.clear_up_minutes)
        tentative = row.status == "tentative" or is_foreign(row.source)
        found.append(Taken(row.start - before, row.end + after, tentative))
    return found
