"""Shapes of what is answered about an erasure; nothing in them is about the person."""

from datetime import datetime

from pydantic import BaseModel

from services.registry.queries import ErasureReport


class ServiceErasure(BaseModel):
    """When one service confirmed that it holds nothing of the person any more; null while it has not."""

    service: str
    confirmed_at: datetime | None


class ErasureAnswer(BaseModel):
    """How far an erasure is; `late` names the services of which nothing was heard for a day."""

    id: str
    version: int
    erased_at: datetime
    complete: bool
    services: list[ServiceErasure]
    late: list[str]


def erasure_answer(report: ErasureReport) -> ErasureAnswer:
    """Show how far an erasure is."""
    return ErasureAnswer(
        id=report.person_id,
        version=report.version,
        erased_at=report.erased_at,
        complete=report.is_complete,
        services=[ServiceErasure(service=one, confirmed_at=at) for one, at in report.confirmed_at.items()],
        late=list(report.late),
    )
