"""Matching what organisations lack with what others can lend, each match with its reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.registry.domain.words import folded
from shared.messages.base import Reason
from shared.messages.registry import ResourceKind

MOST = 5
"""So many offers are named for a need, the best first."""
STEM_LETTERS = 5
"""Polish words change their endings: two words are the same thing when they begin with the same five letters."""
BY_KIND_ALONE: frozenset[ResourceKind] = frozenset({"space", "volunteers", "money"})
"""Of these one is as good as another; of the rest, need and offer must also be named alike."""


@dataclass(frozen=True)
class Wanted:
    """A need, as far as matching asks."""

    organisation_id: str
    kind: ResourceKind
    title: str
    quantity: int = 1


@dataclass(frozen=True)
class Offer:
    """A resource or a venue that could be lent."""

    id: str
    organisation_id: str
    kind: ResourceKind
    name: str
    description: str = ""
    quantity: int = 1


@dataclass(frozen=True)
class Match:
    """An offer that answers a need: how well, and why."""

    offer: Offer
    score: int
    reasons: tuple[Reason, ...]


def matches(wanted: Wanted, offers: Iterable[Offer]) -> list[Match]:
    """Give the best offers of other organisations for a need, the best first."""
    found = [match for offer in offers for match in [_match(wanted, offer)] if match is not None]
    return sorted(found, key=lambda match: (-match.score, match.offer.name, match.offer.id))[:MOST]


def _match(wanted: Wanted, offer: Offer) -> Match | None:
    if offer.kind != wanted.kind or offer.organisation_id == wanted.organisation_id:
        return None
    common = sorted(stems(offer.name, offer.description) & stems(wanted.title))
    if not common and wanted.kind not in BY_KIND_ALONE:
        return None
    reasons = [Reason(code="same_words")] if common else [Reason(code="same_kind")]
    is_enough = offer.quantity >= wanted.quantity
    if wanted.quantity > 1:
        code = "enough" if is_enough else "a_part"
        reasons.append(Reason(code=code, values={"offered": offer.quantity, "wanted": wanted.quantity}))
    return Match(offer, 10 * len(common) + (5 if is_enough else 0), tuple(reasons))


def stems(*texts: str) -> frozenset[str]:
    """Give the beginnings of the words that are long enough to mean something."""
    words = "".join(letter if letter.isalnum() else " " for letter in folded(*texts)).split()
    return frozenset(word[:STEM_LETTERS] for word in words if len(word) >= STEM_LETTERS)
