"""Ending what was signed before: older tokens of a session or of a person hold no more, in any service."""

from sqlalchemy.orm import Session

from services.registry.models import RevokedAccess
from shared import auth, clock, outbox
from shared.messages.registry import AccessRevoked


def revoke_tokens(session: Session, row_id: str, *, version: int) -> None:
    """Let the tokens of this session or person that were signed until now be refused everywhere.

    A browser whose session is still open gets a new token from it at its next page. `version` is the row's.
    """
    message = AccessRevoked(id=row_id, version=version, before_at=clock.now())
    auth.remember_revocation(session, RevokedAccess, message)
    outbox.publish(session, message)
