"""Importing tables: rows that were looked up are taken in, or, in a dry run, it is said what would become of them."""

from collections.abc import MutableMapping, Sequence

from sqlalchemy.orm import Session

from services.registry.commands.import_steps import Choices, ImportedRow, Writer, take_rows
from services.registry.commands.organisation_imports import OrganisationWriter
from services.registry.commands.owned_imports import OwnedWriter
from services.registry.domain.permissions import may_import_tables
from services.registry.domain.tables import TableKind
from services.registry.queries.looking_up import LookedUp
from shared.people import Person, must


def import_rows(
    session: Session,
    *,
    by: Person,
    rows: Sequence[LookedUp],
    kind: TableKind = "organisations",
    choices: Choices | None = None,
    taken: MutableMapping[int, str] | None = None,
    dry_run: bool = False,
) -> list[ImportedRow]:
    """Register or change what these rows are about; a dry run says the same and writes nothing.

    `taken` says what an earlier line of the same file became, and is filled. Raises `NotAllowed`.
    """
    must(may_import_tables(by))
    writer: Writer
    if kind == "organisations":
        writer = OrganisationWriter(session, by, rows, dry_run=dry_run)
    else:
        writer = OwnedWriter(session, by, kind, rows, dry_run=dry_run)
    return take_rows(writer, rows, choices or Choices(), {} if taken is None else taken)
