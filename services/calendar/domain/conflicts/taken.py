"""Taken times: when an event would be refused, and when it had better not be, by what others claim around it."""

from collections.abc import Collection, Sequence
from typing import cast

from services.calendar.domain.claims import Party
from services.calendar.domain.conflicts.findings import Hit, Known, Span, grouped
from services.calendar.domain.conflicts.rules import Kind, Severity, severity_by
from services.calendar.domain.conflicts.sums import overdrawn

ALWAYS: Span = (0, 1 << 40)


def taken_times(party: Party, hits: Sequence[Hit], known: Known) -> list[Span]:
    """List the seconds in which a save would be refused, by the rules here and what owners agreed to; in any order."""
    sure = [hit for hit in hits if hit.other_hard]
    spans: list[Span] = []
    for key, there in grouped([hit for hit in sure if hit.kind == "venue"], lambda hit: hit.key).items():
        site = known.sites.get(key)
        if site is None:
            continue
        meant = [hit for hit in there if _is_meeting(hit) and not known.is_agreed(key, party.id, hit.other_id)]
        if site.one_at_a_time and _blocks("venue", "blocking", key, known):
            spans += [_span(hit) for hit in meant]
        elif not site.one_at_a_time and site.capacity is not None and _blocks("venue", "warning", key, known):
            spans += _during(overdrawn(there, site.capacity - party.expected_participants), meant)
    if _blocks("resource", "blocking", "", known):
        agreed = {key for key, _ in party.borrowed if known.is_agreed(key, party.id)}
        spans += _short(party, sure, known, agreed)
    return spans


def crowded_times(party: Party, hits: Sequence[Hit], known: Known) -> list[Span]:
    """List the seconds in which somebody else is there, too little is left to borrow, or its audiences are called.

    What is decided to be ignored is left out; in any order.
    """
    spans = [_span(hit) for hit in hits if _is_meeting(hit) and not _is_ignored(hit.kind, hit.key, known)]
    return spans if _is_ignored("resource", "", known) else spans + _short(party, hits, known)


def _short(party: Party, hits: Sequence[Hit], known: Known, but: Collection[str] = ()) -> list[Span]:
    """List when too little is left of what is borrowed, all but some; always, where there is not so much at all."""
    spans: list[Span] = []
    for key, wanted in party.borrowed:
        stock = known.stocks.get(key)
        if stock is None or key in but:
            continue
        lent = [hit for hit in hits if hit.kind == "resource" and hit.key == key]
        spans += [ALWAYS] if wanted > stock.quantity else overdrawn(lent, stock.quantity - wanted)
    return spans


def _during(spans: Sequence[Span], hits: Sequence[Hit]) -> list[Span]:
    """Cut spans to the times of these."""
    return [
        (max(start, hit.other_start), min(end, hit.other_end))
        for start, end in spans
        for hit in hits
        if start < hit.other_end and end > hit.other_start
    ]


def _is_meeting(hit: Hit) -> bool:
    return hit.kind == "audience" or (hit.kind == "venue" and (hit.direct or hit.other_direct))


def _span(hit: Hit) -> Span:
    return hit.other_start, hit.other_end


def _blocks(kind: Kind, severity: Severity, key: str, known: Known) -> bool:
    site = known.sites.get(key)
    level = known.rules.level(kind, site.chain if site else ())
    return severity_by(level, severity, may_block=True) == "blocking"


def _is_ignored(kind: str, key: str, known: Known) -> bool:
    site = known.sites.get(key)
    return known.rules.level(cast(Kind, kind), site.chain if site else ()) == "ignore"
