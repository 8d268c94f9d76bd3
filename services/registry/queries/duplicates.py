"""Organisations that may be one: who meets under the same keys is compared, and a person is shown why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.registry.domain.duplicates import Likeness, Traits, compare
from services.registry.domain.filling import FIELDS, Filled, filled
from services.registry.domain.numbers import PLACES, numbers_in
from services.registry.domain.permissions import may_see_duplicates
from services.registry.models import DistinctPair, DuplicateKey, Merge, Organisation
from services.registry.problems import NothingHere
from services.registry.queries.contacts import own_contacts_of_organisations
from shared.identifiers import is_id
from shared.people import Person, must

MOST_AT_A_KEY = 50
"""A key that more organisations have tells nothing of any of them."""
AT_ONCE = 5_000


@dataclass(frozen=True)
class Candidate:
    """An organisation (or, in a file, an earlier line) that may be the same one, and why."""

    name: str
    likeness: Likeness
    organisation_id: str | None = None
    line: int | None = None
    owned_id: str | None = None
    """In a table of venues, resources or needs: the one that is here."""

    @property
    def found_id(self) -> str | None:
        """The id of what is here, whatever it is."""
        return self.organisation_id or self.owned_id


@dataclass(frozen=True)
class Pair:
    """Two organisations that may be one."""

    one: Organisation
    other: Organisation
    likeness: Likeness
    fills: Mapping[str, Filled]
    """What would be filled in on the card of the one that is kept, by its id."""


def traits_of(session: Session, ids: Collection[str], *, viewer: Person | None) -> dict[str, Traits]:
    """Give what tells these organisations from others, as far as the viewer may see it."""
    found: dict[str, Traits] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        contacts = own_contacts_of_organisations(session, viewer=viewer, organisation_ids=part)
        for row in session.scalars(select(Organisation).where(Organisation.id.in_(part))):
            found[row.id] = organisation_traits(row, [(one.kind, one.value) for one in contacts[row.id]])
    return found


def organisation_traits(row: Organisation, contacts: Iterable[tuple[str, str]]) -> Traits:
    """Give the traits of one row and its contacts (kind, value)."""
    values: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for kind, value in contacts:
        values[kind] = (*values[kind], value)
    return Traits(
        name=row.name,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        identifiers=identifiers_of(row),
        phones=values["phone"],
        mails=values["email"],
        websites=values["website"],
    )


def identifiers_of(row: Organisation) -> Mapping[str, str]:
    """Give the official numbers of an organisation by kind: the key of the table it came from may be one."""
    own = {kind: number for kind in PLACES if (number := getattr(row, kind))}
    return {**numbers_in(row.external_key or ""), **own}


def candidates_of(
    session: Session, wanted: Mapping[str, Traits], *, viewer: Person | None
) -> dict[str, list[Candidate]]:
    """Find for each of these traits the organisations that may be the same one, the likeliest first.

    `wanted` is by any name of the caller's; an organisation's own id keeps it from being found itself.
    """
    keys = {name: traits.keys for name, traits in wanted.items()}
    holders = _holders(session, {key for some in keys.values() for key in some})
    met = {name: {one for key in some for one in holders.get(key, ())} - {name} for name, some in keys.items()}
    known = traits_of(session, {one for some in met.values() for one in some}, viewer=viewer)
    distinct = _distinct(session, [name for name, some in met.items() if some and is_id(name)])
    found: dict[str, list[Candidate]] = {}
    for name, some in met.items():
        others = {one: known[one] for one in some if one in known and frozenset((name, one)) not in distinct}
        alike = [Candidate(other.name, compare(wanted[name], other), one) for one, other in others.items()]
        shown = [one for one in alike if one.likeness.is_candidate]
        found[name] = sorted(shown, key=lambda one: (-one.likeness.score, one.organisation_id or ""))
    return found


def filling(session: Session, kept: Organisation, merged: Organisation) -> Filled:
    """Give what the card of one organisation would fill in on the other's, were they merged, and to what it belongs."""
    cards = [{name: getattr(row, name) for name in FIELDS} for row in (kept, merged)]
    found = filled(*cards, with_place=not (kept.confidential or merged.confidential))
    parent_id = _parent_after(session, kept, merged)
    return found if parent_id == kept.parent_id else {**found, "parent_id": [kept.parent_id, parent_id]}


def _parent_after(session: Session, kept: Organisation, merged: Organisation) -> str | None:
    """Say to what the kept one belongs then: as before, else as the merged one did, but never to itself."""
    if kept.parent_id is None and merged.parent_id is None:
        return None
    rows = select(Organisation.id, Organisation.parent_id).where(Organisation.parent_id.is_not(None))
    belonging = {row.id: row.parent_id for row in session.execute(rows) if row.id not in (kept.id, merged.id)}
    belonging = {one: kept.id if whole == merged.id else whole for one, whole in belonging.items()}
    for parent_id in (kept.parent_id, merged.parent_id):
        if parent_id is not None and kept.id not in _wholes(parent_id, belonging) and parent_id != merged.id:
            return parent_id
    return None


def _wholes(organisation_id: str, belonging: Mapping[str, str]) -> set[str]:
    """Give an organisation with all to which it belongs."""
    found = {organisation_id}
    while (organisation_id := belonging.get(organisation_id, "")) and organisation_id not in found:
        found.add(organisation_id)
    return found


def pairs_of(session: Session, *, viewer: Person, organisation_id: str) -> list[Pair]:
    """Give the organisations that may be this one. Raises `NotAllowed`, `NothingHere`."""
    must(may_see_duplicates(viewer))
    row = session.get(Organisation, organisation_id)
    if row is None or row.merged_into_id is not None:
        raise NothingHere
    return _pairs(session, [row], viewer)


def pairs(
    session: Session, *, viewer: Person, after: str | None = None, most: int = 2_000
) -> tuple[list[Pair], str | None]:
    """Look through so many organisations in the order of their ids, and say where to go on. Raises `NotAllowed`."""
    must(may_see_duplicates(viewer))
    wanted = select(Organisation).where(Organisation.merged_into_id.is_(None))
    if after is not None:
        wanted = wanted.where(Organisation.id > after)
    rows = session.scalars(wanted.order_by(Organisation.id).limit(most + 1)).all()
    following = rows[most - 1].id if len(rows) > most else None
    return _pairs(session, rows[:most], viewer), following


def merge(session: Session, merge_id: str, *, viewer: Person) -> Merge:
    """Give one merge. Raises `NotAllowed`, `NothingHere`."""
    must(may_see_duplicates(viewer))
    row = session.get(Merge, merge_id)
    if row is None:
        raise NothingHere
    return row


def merges(session: Session, *, viewer: Person) -> list[tuple[Merge, str, str]]:
    """Give the newest merges that can be undone, each with the names of the kept one and the other."""
    must(may_see_duplicates(viewer))
    rows = session.scalars(select(Merge).where(Merge.undone_at.is_(None)).order_by(Merge.id.desc()).limit(50)).all()
    ids = {one for row in rows for one in (row.kept_id, row.merged_id)}
    named = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    names = {row.id: row.name for row in named}
    return [(row, names[row.kept_id], names[row.merged_id]) for row in rows]


def _pairs(session: Session, rows: Sequence[Organisation], viewer: Person) -> list[Pair]:
    """Compare these organisations with all others; each pair stands there once, the likeliest first."""
    wanted = traits_of(session, [row.id for row in rows], viewer=viewer)
    found = candidates_of(session, wanted, viewer=viewer)
    couples = {
        frozenset((name, one.organisation_id)): one.likeness
        for name, some in found.items()
        for one in some
        if one.organisation_id
    }
    ids = {one for couple in couples for one in couple}
    by_id = {row.id: row for row in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))}
    pairs = [_pair(session, by_id[min(couple)], by_id[max(couple)], alike) for couple, alike in couples.items()]
    return sorted(pairs, key=lambda pair: (-pair.likeness.score, pair.one.name, pair.one.id, pair.other.id))


def _pair(session: Session, one: Organisation, other: Organisation, likeness: Likeness) -> Pair:
    fills = {one.id: filling(session, one, other), other.id: filling(session, other, one)}
    return Pair(one, other, likeness, fills)


def _holders(session: Session, keys: Collection[str]) -> dict[str, list[str]]:
    """Say who has each of these keys, but of those that too many have."""
    found: dict[str, list[str]] = defaultdict(list)
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        part = DuplicateKey.key.in_(wanted[start : start + AT_ONCE])
        telling = select(DuplicateKey.key).where(part).group_by(DuplicateKey.key)
        few = session.scalars(telling.having(func.count() <= MOST_AT_A_KEY)).all()
        rows = select(DuplicateKey.key, DuplicateKey.organisation_id).where(DuplicateKey.key.in_(few))
        for key, organisation_id in session.execute(rows):
            found[key].append(organisation_id)
    return found


def _distinct(session: Session, ids: Sequence[str]) -> set[frozenset[str]]:
    """Give the pairs of which somebody said that they are not the same."""
    found: set[frozenset[str]] = set()
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        here = or_(DistinctPair.first_id.in_(part), DistinctPair.second_id.in_(part))
        rows = session.execute(select(DistinctPair.first_id, DistinctPair.second_id).where(here))
        found |= {frozenset((row.first_id, row.second_id)) for row in rows}
    return found
