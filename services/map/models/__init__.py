"""The tables of the map: places, what is drawn, copies, and what every service has."""

from services.map.models.base import Base, Words
from services.map.models.copies import (
    ContactKind,
    EventAtPlace,
    KnownContacts,
    KnownEvent,
    KnownOccurrence,
    KnownTheme,
    PublicContact,
    ResourceTaken,
    VenueTaken,
)
from services.map.models.drawn import Area, Layer, LayerFeature
from services.map.models.house import (
    Erasure,
    History,
    IdempotencyKey,
    Inbox,
    KnownApiKey,
    KnownKey,
    Outbox,
    RevokedAccess,
    SetAside,
)
from services.map.models.places import KINDS, OfferTerms, Place, PlaceCell, PlaceKind, VenueInside

__all__ = [
    "KINDS",
    "Area",
    "Base",
    "ContactKind",
    "Erasure",
    "EventAtPlace",
    "History",
    "IdempotencyKey",
    "Inbox",
    "KnownApiKey",
    "KnownContacts",
    "KnownEvent",
    "KnownKey",
    "KnownOccurrence",
    "KnownTheme",
    "Layer",
    "LayerFeature",
    "OfferTerms",
    "Outbox",
    "Place",
    "PlaceCell",
    "PlaceKind",
    "PublicContact",
    "ResourceTaken",
    "RevokedAccess",
    "SetAside",
    "VenueInside",
    "VenueTaken",
    "Words",
]
