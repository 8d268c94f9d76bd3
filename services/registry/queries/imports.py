"""What is known already of the rows of a table: by their keys, and by what they look like."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.domain.duplicates import Traits, compare
from services.registry.domain.numbers import numbers_in
from services.registry.domain.organisation_rows import Note, OrganisationRow
from services.registry.domain.permissions import may_import_organisations
from services.registry.domain.plans import OrganisationPlan, PointSource
from services.registry.domain.themes import Taxonomy
from services.registry.models import ImportDraft, Organisation, OrganisationKey
from services.registry.problems import NothingHere
from services.registry.queries.duplicates import AT_ONCE, MOST_AT_A_KEY, Candidate, candidates_of
from services.registry.queries.merged import merged_into
from services.registry.queries.themes import taxonomy
from shared import clock
from shared.identifiers import is_id
from shared.people import Person, must


@dataclass(frozen=True)
class LookedUp:
    """One row of a table, the organisation that it is by its key, else those that it may be, the likeliest first."""

    row: OrganisationRow
    organisation_id: str | None = None
    candidates: tuple[Candidate, ...] = ()


def looked_up(session: Session, *, viewer: Person, rows: Sequence[OrganisationRow]) -> list[LookedUp]:
    """Look every row up before anything is written; what a new one looks like may also be an earlier line."""
    rows = _with_known_themes(session, rows)
    known = organisations_by_key(session, {key for row in rows for key in (row.key, row.raw_key) if key})
    found = {row.line: known.get(row.key) or known.get(row.raw_key) for row in rows}
    new = {row.line: traits_of_row(row) for row in rows if row.plan is not None and found[row.line] is None}
    here = candidates_of(session, {str(line): traits for line, traits in new.items()}, viewer=viewer)
    earlier = _alike_in_file(new)
    return [
        LookedUp(row, found[row.line], (*here.get(str(row.line), ()), *earlier.get(row.line, ()))[:5]) for row in rows
    ]


def _with_known_themes(session: Session, rows: Sequence[OrganisationRow]) -> list[OrganisationRow]:
    """Take the themes that are known by their codes; those that are not are left out, with a note of each."""
    known = taxonomy(session)
    return [row if row.plan is None else _with_codes(row, row.plan, known) for row in rows]


def _with_codes(row: OrganisationRow, plan: OrganisationPlan, known: Taxonomy) -> OrganisationRow:
    codes = {word: known.code_of(word) for word in plan.themes}
    left_out = "The theme “{theme}” is not known and was left out"
    notes = (
        Note(left_out, {"theme": word[:100]}, column="themes", value=word[:100])
        for word, code in codes.items()
        if code is None
    )
    themes = tuple(dict.fromkeys(code for code in codes.values() if code))
    source: PointSource | None = "import" if plan.latitude is not None else None
    return replace(row, plan=replace(plan, themes=themes, point_source=source), repairs=(*row.repairs, *notes))


def organisations_by_key(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Find organisations by the keys of tables, or by their own ids; of one that was merged, the kept one."""
    found: dict[str, str] = {}
    for part in _parts(sorted(keys)):
        own = select(Organisation.external_key, Organisation.id).where(Organisation.external_key.in_(part))
        more = select(OrganisationKey.key, OrganisationKey.organisation_id).where(OrganisationKey.key.in_(part))
        ids = select(Organisation.id, Organisation.id).where(Organisation.id.in_([key for key in part if is_id(key)]))
        for wanted in (ids, more, own):
            found.update({str(key): organisation_id for key, organisation_id in session.execute(wanted)})
    into = merged_into(session)
    return {key: into.get(organisation_id, organisation_id) for key, organisation_id in found.items()}


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


def import_draft(session: Session, draft_id: str, *, viewer: Person) -> ImportDraft:
    """Give a file that somebody sent, to them alone. Raises `NotAllowed`, `NothingHere` (its time is over, too)."""
    must(may_import_organisations(viewer))
    draft = session.get(ImportDraft, draft_id)
    if draft is None or draft.by_person_id != viewer.id or draft.expires_at <= clock.now():
        raise NothingHere
    return draft


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


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
