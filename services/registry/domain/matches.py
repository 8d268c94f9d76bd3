"""Matching what organisations lack with what others can lend: hard conditions, then a score, each with its reasons."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from services.registry.domain.distances import Point, metres_between
from services.registry.domain.weekdays import EVERY_DAY
from services.registry.domain.words import folded
from shared.messages.base import Reason
from shared.messages.registry import DeclineReason, LendsTo, ResourceKind

MOST = 5
"""So many offers are named for a need, and needs for an offer, the best first."""
STEM_LETTERS = 5
"""Polish words change their endings: two words are the same thing when they begin with the same five letters."""
BY_KIND_ALONE: frozenset[ResourceKind] = frozenset({"space", "volunteers", "money"})
"""Of these one is as good as another; of the rest, need and offer must also be named or classed alike."""
TOO_FAR_M = 5_000
NEAR_M = 1_000
WORD, SAME_THEME, WIDER_THEME, ENOUGH, NEAR, FITS, DECLINED = 10, 8, 4, 5, 3, 2, 8
"""What each piece of evidence is worth, and what an alike match that somebody declined takes away."""
ANYTHING = "*"
"""The key that everything of a kind has."""


@dataclass(frozen=True)
class Wanted:
    """A need, as far as matching asks; `wider` are the themes in which its own lie; one that is matched is not open."""

    organisation_id: str
    kind: ResourceKind
    title: str
    quantity: int = 1
    id: str = ""
    themes: frozenset[str] = frozenset()
    wider: frozenset[str] = frozenset()
    point: Point | None = None
    days: frozenset[int] = EVERY_DAY
    is_open: bool = True


@dataclass(frozen=True)
class Offer:
    """A resource or a venue that could be lent; `days` is none where nobody said when it is to be had."""

    id: str
    organisation_id: str
    kind: ResourceKind
    name: str
    description: str = ""
    quantity: int = 1
    themes: frozenset[str] = frozenset()
    wider: frozenset[str] = frozenset()
    point: Point | None = None
    days: frozenset[int] | None = None
    lends: LendsTo = "everyone"
    needs_approval: bool = False
    is_withdrawn: bool = False


@dataclass(frozen=True)
class Match:
    """An offer that answers a need: how well, why, what both have in common, and how far they are apart."""

    wanted: Wanted
    offer: Offer
    score: int
    reasons: tuple[Reason, ...]
    common: frozenset[str] = frozenset()
    metres: int | None = None


@dataclass(frozen=True)
class Declined:
    """A match that somebody declined, as far as alike ones ask."""

    need_organisation_id: str
    resource_id: str
    reason: DeclineReason
    common: frozenset[str] = frozenset()
    metres: int | None = None


def matches(wanted: Wanted, offers: Iterable[Offer], declined: Sequence[Declined] = ()) -> list[Match]:
    """Give the best offers of other organisations for a need, the best first."""
    found = [match for offer in offers for match in [match_of(wanted, offer, declined)] if match is not None]
    return sorted(found, key=lambda match: (-match.score, match.offer.name, match.offer.id))[:MOST]


def answered(offer: Offer, needs: Iterable[Wanted], declined: Sequence[Declined] = ()) -> list[Match]:
    """Give the needs that an offer answers best, the best first."""
    found = [match for wanted in needs for match in [match_of(wanted, offer, declined)] if match is not None]
    return sorted(found, key=lambda match: (-match.score, match.wanted.title, match.wanted.id))[:MOST]


def match_of(wanted: Wanted, offer: Offer, declined: Sequence[Declined] = ()) -> Match | None:
    """Say whether and why an offer answers a need; none where a condition is not met or nothing speaks for it."""
    metres = metres_between(wanted.point, offer.point)
    if not _may_serve(wanted, offer, metres):
        return None
    words = stems(wanted.title) & stems(offer.name, offer.description)
    themes = wanted.themes & offer.themes
    wider = (wanted.wider & (offer.wider | offer.themes)) | (wanted.themes & offer.wider)
    if not (words or themes or wider or wanted.kind in BY_KIND_ALONE):
        return None
    common = frozenset({*words, *(themes or wider)})
    reasons, score = _evidence(wanted, offer, words, themes, wider, metres)
    match = Match(wanted, offer, score, tuple(reasons), common, metres)
    lost = DECLINED * sum(is_alike(match, one) for one in declined)
    return None if score <= lost else replace(match, score=score - lost)


def is_alike(match: Match, declined: Declined) -> bool:
    """Say whether what was declined speaks against this match too."""
    same_asker = declined.need_organisation_id == match.wanted.organisation_id
    same_offer = declined.resource_id == match.offer.id
    if declined.reason == "too_far":
        is_as_far = match.metres is not None and declined.metres is not None and match.metres >= declined.metres
        return same_asker and is_as_far
    if declined.reason == "wrong_kind":
        return (same_asker or same_offer) and match.common <= declined.common
    return same_asker and same_offer


def is_among_best(score: int, standing: Collection[int]) -> bool:
    """Say whether a new offer is worth a word beside those that stand: only when it is one of the best."""
    return len(standing) < MOST or score > sorted(standing, reverse=True)[MOST - 1]


def keys_of(texts: Iterable[str], themes: Iterable[str]) -> frozenset[str]:
    """Give what something is found by: the beginnings of its words, its themes with the wider ones, and its kind."""
    return frozenset({ANYTHING, *(f"w:{stem}" for stem in stems(*texts)), *(f"t:{code}" for code in themes)})


@lru_cache(maxsize=4096)
def stems(*texts: str) -> frozenset[str]:
    """Give the beginnings of the words that are long enough to mean something."""
    words = "".join(letter if letter.isalnum() else " " for letter in folded(*texts)).split()
    return frozenset(word[:STEM_LETTERS] for word in words if len(word) >= STEM_LETTERS)


def _may_serve(wanted: Wanted, offer: Offer, metres: int | None) -> bool:
    """Say whether nothing rules an offer out: its kind, whose it is, who may borrow it, its days, how far it is."""
    if offer.kind != wanted.kind or offer.organisation_id == wanted.organisation_id:
        return False
    if offer.is_withdrawn or offer.lends == "members" or offer.quantity < 1:
        return False
    if offer.days is not None and not offer.days & wanted.days:
        return False
    return metres is None or metres <= TOO_FAR_M


def _evidence(
    wanted: Wanted,
    offer: Offer,
    words: frozenset[str],
    themes: frozenset[str],
    wider: frozenset[str],
    metres: int | None,
) -> tuple[list[Reason], int]:
    """Weigh what speaks for a match, and put it into reasons."""
    found: list[tuple[int, str, dict[str, Any]]] = []
    if words:
        found.append((WORD * len(words), "match_words", {}))
    if themes or wider:
        code, worth = ("match_theme", SAME_THEME) if themes else ("match_wider_theme", WIDER_THEME)
        found.append((worth, code, {"themes": sorted(themes or wider)}))
    if not found:
        found.append((1, "match_kind", {}))
    found += _conditions(wanted, offer, metres)
    return [Reason(code=code, values=values) for _, code, values in found if code], sum(one[0] for one in found)


def _conditions(wanted: Wanted, offer: Offer, metres: int | None) -> list[tuple[int, str, dict[str, Any]]]:
    """Weigh how well an offer suits that answers a need: how much of it, how near, on which days, whether one asks."""
    is_enough = offer.quantity >= wanted.quantity
    amount = {"offered": offer.quantity, "wanted": wanted.quantity}
    said = "" if wanted.quantity <= 1 else "match_enough" if is_enough else "match_part"
    found: list[tuple[int, str, dict[str, Any]]] = [(ENOUGH if is_enough else 0, said, amount)]
    if metres is not None:
        found.append((NEAR if metres <= NEAR_M else 0, "match_distance", {"metres": round(metres, -1)}))
    if offer.days is not None and wanted.days != EVERY_DAY and wanted.days <= offer.days:
        found.append((FITS, "match_days", {}))
    if offer.needs_approval:
        found.append((0, "match_approval", {}))
    return found
