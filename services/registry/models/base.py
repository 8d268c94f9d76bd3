"""What all tables of the registry share."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.registry.domain.plans import (
    AuditAction,
    ContactKind,
    Language,
    LegalBasis,
    PointSource,
    Stage,
    SuggestionKind,
    SuggestionState,
    Visibility,
    WaitingState,
)
from shared import columns
from shared.columns import Id, Instant
from shared.identifiers import new_id
from shared.messages.registry import (
    CostPer,
    InitiativeRole,
    KeyKind,
    LendsTo,
    OfferStatus,
    OrganisationKind,
    OrganisationStatus,
    ProblemStatus,
    ResourceKind,
    Role,
)


class Base(DeclarativeBase):
    """What all tables of the registry share."""

    metadata = columns.new_metadata()
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads this name
        datetime: Instant,
        OrganisationKind: String(30),
        CostPer: String(10),
        LendsTo: String(20),
        OfferStatus: String(20),
        OrganisationStatus: String(20),
        PointSource: String(20),
        ResourceKind: String(20),
        Role: String(20),
        AuditAction: String(20),
        ContactKind: String(20),
        KeyKind: String(20),
        LegalBasis: String(30),
        Visibility: String(20),
        Language: String(2),
        ProblemStatus: String(20),
        Stage: String(20),
        WaitingState: String(20),
        InitiativeRole: String(20),
        SuggestionKind: String(20),
        SuggestionState: String(20),
    }


class Aggregate:
    """An identity, and a version that grows by one with every change (ETag, message sequence)."""

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id, sort_order=-2)
    version: Mapped[int] = mapped_column(default=1, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(Instant, sort_order=1)


class Pointed:
    """A point in WGS 84 degrees, or none."""

    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
