"""What one look discloses of people: every query that gives a field of theirs which is not public says so here."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from shared.people import Person

LEDGER = "disclosures"


def disclose(session: Session, *, viewer: Person | None, subject_id: str, field: str) -> None:
    """Remember that `viewer` gets this field (`name`, `contact.phone`) of somebody else; of oneself it is no matter."""
    if viewer is not None and viewer.id != subject_id:
        session.info.setdefault(LEDGER, {}).setdefault(subject_id, set()).add(field)


def disclosures(session: Session) -> Mapping[str, frozenset[str]]:
    """Give the fields that were disclosed in this session so far, by the id of the person whose they are."""
    return {subject_id: frozenset(fields) for subject_id, fields in session.info.get(LEDGER, {}).items()}
