"""Shapes of what the search answers."""

from pydantic import BaseModel, ConfigDict

from services.registry.domain.searching import SearchedKind
from services.registry.queries import Findings


class FoundAnswer(BaseModel):
    """A thing that was found; `subtitle` is its organisation or its address, `url` where people may look."""

    model_config = ConfigDict(from_attributes=True)

    kind: SearchedKind
    id: str
    organisation_id: str | None
    title: str
    subtitle: str
    url: str


class SearchAnswer(BaseModel):
    """What was found, the best first.

    `meant` is what was looked for instead where nothing has the words and one seems mistyped; `has_every_word` is false
    where nothing has all of them, and the items have some. There is no next page: more words find fewer things.
    """

    items: list[FoundAnswer]
    next: None = None
    sorted_by: str = "how well the words fit"
    meant: str | None
    has_every_word: bool


def search_answer(findings: Findings) -> SearchAnswer:
    """Show what was found."""
    return SearchAnswer(
        items=[FoundAnswer.model_validate(one) for one in findings.items],
        meant=findings.meant,
        has_every_word=findings.has_every_word,
    )
