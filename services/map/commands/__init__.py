"""Everything that changes something: what is drawn and brought, and the rows that follow from messages."""

from services.map.commands.areas import change_area, draw_area, take_area_away
from services.map.commands.cells import count_places
from services.map.commands.contacts import (
    CONTACTS,
    CONTACTS_OF_ERASED,
    confirm_erasure,
    forget_person,
    keep_contacts,
    note_gone,
)
from services.map.commands.events import EVENTS
from services.map.commands.layers import bring_layer, take_layer_away
from services.map.commands.places import (
    FACTS,
    ORGANISATIONS,
    PROBLEMS,
    RESOURCES,
    VENUES,
    WITHDRAWN_FACTS,
    needs_in,
)
from services.map.commands.themes import THEMES

__all__ = [
    "CONTACTS",
    "CONTACTS_OF_ERASED",
    "EVENTS",
    "FACTS",
    "ORGANISATIONS",
    "PROBLEMS",
    "RESOURCES",
    "THEMES",
    "VENUES",
    "WITHDRAWN_FACTS",
    "bring_layer",
    "change_area",
    "confirm_erasure",
    "count_places",
    "draw_area",
    "forget_person",
    "keep_contacts",
    "needs_in",
    "note_gone",
    "take_area_away",
    "take_layer_away",
]
