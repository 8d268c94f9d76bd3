"""Shapes of organisations that may be one, of why, and of their merging."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints

from services.registry.models import Merge
from services.registry.queries.duplicates import Pair
from services.registry.schemas.fields import Clean, Identifier
from services.registry.schemas.requests import Asked
from shared.i18n import say
from shared.messages.base import Reason

REASONS = {
    "same_identifier": "Both have the same {kind}: {number}.",
    "same_name": "The names are the same, however they are written.",
    "like_name": "The names are much alike.",
    "somewhat_like_name": "The names are somewhat alike.",
    "same_mail": "Both have the same e-mail address: {what}.",
    "same_phone": "Both have the same telephone number: {what}.",
    "same_website": "Both have a website at the same address: {what}.",
    "same_mail_domain": "The e-mail addresses of both end alike: {what}.",
    "same_address": "Both stand at the same address.",
    "near": "They are {metres} m apart.",
    "same_point": "Both stand at the same point of the map.",
    "far": "But they are {kilometres} km apart.",
    "other_numbers": "But they have different numbers: {one} and {other}.",
    "other_identifier": "But they have different {kind}: {one} and {other}.",
}


class DuplicateAnswer(BaseModel):
    """Another organisation that may be the same one, how much speaks for it (to 100), and what."""

    organisation_id: str
    organisation_name: str
    other_id: str
    other_name: str
    score: int
    reasons: list[str]
    fills: dict[str, dict[str, Any]]
    """By the id of the one that is kept: the empty fields of its card that the other would fill, with the values."""


class OtherBody(Asked):
    """The other organisation, and why."""

    other_id: Identifier
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), Clean] = ""


class DistinctAnswer(BaseModel):
    """Two organisations that are not the same."""

    first_id: str
    second_id: str
    said_at: datetime


class MergeAnswer(BaseModel):
    """One organisation was merged into another.

    `moved` counts what went along, by kind; `filled` are the fields of the kept card that were empty.
    """

    id: str
    version: int
    kept_id: str
    merged_id: str
    created_at: datetime
    undone_at: datetime | None
    moved: dict[str, int]
    filled: dict[str, Any]


def reasons_in_words(reasons: Iterable[Reason]) -> list[str]:
    """Say each reason in the reader's language."""
    return [say(REASONS[_code_of(reason)], **reason.values) for reason in reasons]


def _code_of(reason: Reason) -> str:
    return "same_point" if reason.code == "near" and not reason.values["metres"] else reason.code


def values_of(filled: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Give the values that are filled in, by field; where it is from a point says by itself."""
    return {name: after for name, (_, after) in filled.items() if name not in ("point_source", "point_precision_m")}


def duplicate_answer(pair: Pair) -> DuplicateAnswer:
    """Show two organisations that may be one."""
    return DuplicateAnswer(
        organisation_id=pair.one.id,
        organisation_name=pair.one.name,
        other_id=pair.other.id,
        other_name=pair.other.name,
        score=pair.likeness.score,
        reasons=reasons_in_words(pair.likeness.reasons),
        fills={kept_id: values_of(found) for kept_id, found in pair.fills.items()},
    )


def merge_answer(row: Merge) -> MergeAnswer:
    """Show a merge."""
    counts: dict[str, int] = {}
    for one in row.moved:
        counts[one["table"]] = counts.get(one["table"], 0) + 1
    return MergeAnswer(
        id=row.id,
        version=row.version,
        kept_id=row.kept_id,
        merged_id=row.merged_id,
        created_at=row.created_at,
        undone_at=row.undone_at,
        moved=counts,
        filled=values_of(row.filled),
    )
