"""Matching a need or an offer that was just stated or changed with what stands on the other side, and telling both."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.registry.commands.editing import remember
from services.registry.commands.facts import match_facts
from services.registry.domain.matches import Match, Offer, Wanted, answered, is_among_best, keys_of, match_of, matches
from services.registry.domain.plans import Side
from services.registry.models import LIVE, MatchKey, Need
from services.registry.models import Match as MatchRow
from services.registry.queries.exchange import MatchCard
from services.registry.queries.matching import candidates, declined_before, needs_to_match, offers_to_match
from services.registry.queries.names import organisation_names
from services.registry.queries.themes import taxonomy, theme_names
from shared import clock, outbox
from shared.identifiers import new_id
from shared.inserting import insert_into
from shared.messages.registry import MatchSuggested, ResourceKind
from shared.people import service_person

MATCHING = service_person("matching")
"""Who acts when what is stated is matched."""


def match_need(session: Session, need_id: str, *, zone: str) -> None:
    """Match a need with the offers that could answer it; `zone` is the neighbourhood's, for its days."""
    themes = taxonomy(session)
    wanted = next(iter(needs_to_match(session, [need_id], themes, zone)), None)
    if wanted is None:
        forget_keys(session, need_id)
        return
    keys = keys_of([wanted.title], wanted.themes | wanted.wider)
    _keep_keys(session, "need", wanted.kind, need_id, keys)
    ids = session.scalars(candidates(wanted.kind, "offer", keys)).all()
    standing = session.scalars(select(MatchRow).where(MatchRow.need_id == need_id)).all()
    every = {*ids, *(row.resource_id for row in standing)}
    offers = {one.id: one for one in offers_to_match(session, wanted.kind, every, themes)}
    declined = declined_before(session, [wanted.organisation_id], offers)
    for row in standing:
        _review(session, row, wanted, offers.get(row.resource_id))
    known = {row.resource_id for row in standing}
    live = [row.score for row in standing if row.state in ("suggested", "accepted")]
    fresh = [one for one in offers.values() if one.id not in known] if wanted.is_open else []
    worth: list[Match] = []
    for match in matches(wanted, fresh, declined):
        if is_among_best(match.score, live):
            live.append(match.score)
            worth.append(match)
    _suggest(session, worth)


def match_offer(session: Session, kind: ResourceKind, resource_id: str, *, zone: str) -> None:
    """Match a resource, or a venue where the kind is space, with the needs that it could answer."""
    themes = taxonomy(session)
    offer = next(iter(offers_to_match(session, kind, [resource_id], themes)), None)
    if offer is None:
        return
    keys = keys_of([offer.name, offer.description], offer.themes | offer.wider)
    _keep_keys(session, "offer", kind, resource_id, keys)
    ids = session.scalars(candidates(kind, "need", keys)).all()
    standing = session.scalars(select(MatchRow).where(MatchRow.resource_id == resource_id)).all()
    every = {*ids, *(row.need_id for row in standing)}
    needs = {one.id: one for one in needs_to_match(session, every, themes, zone)}
    declined = declined_before(session, {one.organisation_id for one in needs.values()}, [resource_id])
    for row in standing:
        if row.need_id in needs:
            _review(session, row, needs[row.need_id], offer)
    known = {row.need_id for row in standing}
    fresh = [one for one in needs.values() if one.is_open and one.id not in known]
    found = answered(offer, fresh, declined)
    live = _live_scores(session, [match.wanted.id for match in found])
    _suggest(session, [match for match in found if is_among_best(match.score, live.get(match.wanted.id, []))])


def forget_keys(session: Session, about_id: str) -> None:
    """Let nothing find a need any more: it is over."""
    session.execute(delete(MatchKey).where(MatchKey.about_id == about_id))


def end_matches(session: Session, need_id: str) -> None:
    """Let the matches of a need that is over be over too; those that were declined stay so."""
    rows = select(MatchRow).where(MatchRow.need_id == need_id, MatchRow.state.in_(("suggested", "accepted")))
    for row in session.scalars(rows.with_for_update()):
        _turn(session, row, "over")


def _suggest(session: Session, found: Sequence[Match]) -> None:
    """Keep matches of needs that still stand, and tell both sides; only who really inserts one tells of it."""
    ids = sorted({match.wanted.id for match in found})
    standing = select(Need).where(Need.id.in_(ids), Need.status.in_(LIVE)).order_by(Need.id).with_for_update()
    needs = {need.id: need for need in session.scalars(standing)} if ids else {}
    by_pair = {(match.wanted.id, match.offer.id): match for match in found if match.wanted.id in needs}
    if not by_pair:
        return
    sides = {side for match in found for side in (match.wanted.organisation_id, match.offer.organisation_id)}
    names = organisation_names(session, sides)
    for row in _inserted(session, list(by_pair.values())):
        offer = by_pair[row.need_id, row.resource_id].offer
        remember(session, MATCHING, row, "suggested")
        card = MatchCard(row, needs[row.need_id], offer.name, offer.quantity, names)
        outbox.publish(session, match_facts(MatchSuggested, card))


def _inserted(session: Session, found: Iterable[Match]) -> list[MatchRow]:
    """Insert those that are not there yet, and give them, in the order in which they were found."""
    names = theme_names(session) if any("themes" in one.values for match in found for one in match.reasons) else {}
    now = clock.now()
    rows = [
        {
            "id": new_id(),
            "version": 1,
            "created_at": now,
            "need_id": match.wanted.id,
            "need_organisation_id": match.wanted.organisation_id,
            "resource_id": match.offer.id,
            "resource_organisation_id": match.offer.organisation_id,
            "kind": match.offer.kind,
            "state": "suggested",
            "because": "",
            **_found(match, names),
        }
        for match in found
    ]
    insert = insert_into(session, MatchRow).on_conflict_do_nothing().returning(MatchRow)
    return sorted(session.scalars(insert, rows), key=lambda row: row.id)


def _review(session: Session, row: MatchRow, wanted: Wanted, offer: Offer | None) -> None:
    """Look at a match again after one of the two changed: its reasons, and whether they fit at all; nobody is told."""
    if row.state not in ("suggested", "over"):
        return
    match = None if offer is None else match_of(wanted, offer)
    if match is None:
        if row.state == "suggested":
            _turn(session, row, "over")
        return
    for field, value in _found(match, theme_names(session)).items():
        if getattr(row, field) != value:
            setattr(row, field, value)
    if row.state == "over":
        _turn(session, row, "suggested")


def _found(match: Match, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Give what was found as columns; themes are named in both languages, for those who hear of it have no taxonomy."""
    reasons = []
    for reason in match.reasons:
        values = dict(reason.values)
        if "themes" in values:
            values["themes"] = [dict(names.get(code, {"pl": code})) for code in values["themes"]]
        reasons.append({"code": reason.code, "values": values})
    return {"score": match.score, "reasons": reasons, "common": sorted(match.common), "metres": match.metres}


def _turn(session: Session, row: MatchRow, state: Any) -> None:
    before, row.state = row.state, state
    row.version += 1
    remember(session, MATCHING, row, "changed", {"state": [before, state]})


def _live_scores(session: Session, need_ids: Iterable[str]) -> dict[str, list[int]]:
    rows = select(MatchRow.need_id, MatchRow.score).where(
        MatchRow.need_id.in_(list(need_ids)), MatchRow.state.in_(("suggested", "accepted"))
    )
    found: dict[str, list[int]] = {}
    for row in session.execute(rows):
        found.setdefault(row.need_id, []).append(row.score)
    return found


def _keep_keys(session: Session, side: Side, kind: ResourceKind, about_id: str, keys: Collection[str]) -> None:
    """Let it be found by these keys and by no others; written only where they differ."""
    known = set(session.scalars(select(MatchKey.key).where(MatchKey.about_id == about_id, MatchKey.kind == kind)))
    if gone := known - set(keys):
        session.execute(delete(MatchKey).where(MatchKey.about_id == about_id, MatchKey.key.in_(gone)))
    if new := sorted(set(keys) - known):
        rows = [{"side": side, "kind": kind, "key": key, "about_id": about_id} for key in new]
        session.execute(insert_into(session, MatchKey).on_conflict_do_nothing(), rows)
