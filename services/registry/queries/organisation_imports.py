"""What is known already of the rows of a table of organisations: by their keys, and by what they look like."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from services.registry.domain.duplicates import Traits, compare
from services.registry.domain.numbers import numbers_in
from services.registry.domain.organisation_rows import OrganisationRow
from services.registry.domain.tables import Row
from services.registry.models import Organisation, OrganisationKey
from services.registry.queries.duplicates import MOST_AT_A_KEY, Candidate, candidates_of
from services.registry.queries.looking_up import LookedUp, parts, with_known_themes
from services.registry.queries.merged import merged_into
from shared.identifiers import is_id
from shared.people import Person


def looked_up_organisations(session: Session, *, viewer: Person, rows: Sequence[Row]) -> list[LookedUp]:
    """Look every row up; what a new one looks like may also be an earlier line."""
    mine = with_known_themes(session, [row for row in rows if isinstance(row, OrganisationRow)])
    known, hashes = organisations_by_key(session, {key for row in mine for key in (row.key, row.raw_key) if key})
    found = {row.line: known.get(row.key) or known.get(row.raw_key) for row in mine}
    new = {row.line: traits_of_row(row) for row in mine if row.plan is not None and found[row.line] is None}
    here = candidates_of(session, {str(line): traits for line, traits in new.items()}, viewer=viewer)
    earlier = _alike_in_file(new)
    return [
        LookedUp(
            row,
            found[row.line],
            (*here.get(str(row.line), ()), *earlier.get(row.line, ()))[:5],
            is_unchanged=row.plan is not None and hashes.get(row.key) == row.content_hash,
        )
        for row in mine
    ]


def organisations_by_key(session: Session, keys: Collection[str]) -> tuple[dict[str, str], Mapping[str, str | None]]:
    """Find organisations by the keys of tables, or by their own ids; of one that was merged, the kept one.

    Gives their ids, and what the row with this key said when it was brought in before; both by key.
    """
    found: dict[str, str] = {}
    hashes: dict[str, str | None] = {}
    for part in parts(sorted(keys)):
        own = select(Organisation.external_key, Organisation.id, Organisation.import_hash)
        more = select(OrganisationKey.key, OrganisationKey.organisation_id, OrganisationKey.import_hash)
        ids = select(Organisation.id, Organisation.id, null()).where(Organisation.id.in_(filter(is_id, part)))
        of_tables = (own.where(Organisation.external_key.in_(part)), more.where(OrganisationKey.key.in_(part)))
        for wanted in (ids, *of_tables):  # what was merged is known by the key that the kept one took over
            for key, organisation_id, import_hash in session.execute(wanted):
                found[str(key)] = organisation_id
                hashes[str(key)] = import_hash or hashes.get(str(key))
    into = merged_into(session)
    merged = {key for key, organisation_id in found.items() if organisation_id in into}
    kept = {key: into.get(organisation_id, organisation_id) for key, organisation_id in found.items()}
    return kept, {key: said for key, said in hashes.items() if key not in merged}


def traits_of_row(row: OrganisationRow) -> Traits:
    """Give what tells the organisation of this row from others."""
    if row.plan is None:
        raise ValueError("a row that was refused has no traits")
    values: dict[str, list[str]] = {"phone": [], "email": [], "website": []}
    for contact in row.contacts:
        values[contact.kind].append(contact.value)
    return Traits(
        name=row.plan.name,
        address=row.plan.address,
        latitude=row.plan.latitude,
        longitude=row.plan.longitude,
        identifiers={**numbers_in(row.key), **row.identifiers},
        phones=tuple(values["phone"]),
        mails=tuple(values["email"]),
        websites=tuple(values["website"]),
    )


def _alike_in_file(new: dict[int, Traits]) -> dict[int, list[Candidate]]:
    """Find for each new row the earlier ones that may be the same."""
    met: dict[str, list[int]] = defaultdict(list)
    found: dict[int, list[Candidate]] = {}
    for line, traits in new.items():
        keys = traits.keys
        others = {one for key in keys if len(met[key]) <= MOST_AT_A_KEY for one in met[key]}
        alike = [Candidate(new[one].name, compare(traits, new[one]), line=one) for one in sorted(others)]
        found[line] = [one for one in alike if one.likeness.is_candidate]
        for key in keys:
            met[key].append(line)
    return found
