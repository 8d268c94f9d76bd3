"""What a decision can be about, and how its address is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

AboutKind = Literal["problem", "initiative", "event"]
KINDS: tuple[AboutKind, ...] = get_args(AboutKind)
MOST = 20
LONGEST_TITLE = 300
_ADDRESS = re.compile(
    r"(?:^|/)(?:registry/(problem|initiative)s|calendar/(event)s)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]|$)"
)


@dataclass(frozen=True)
class About:
    """A problem, an initiative or an event by its id, with its title."""

    kind: AboutKind
    target_id: str
    title: str = ""

    @property
    def url(self) -> str:
        """Give the path of its page."""
        return f"/{'calendar' if self.kind == 'event' else 'registry'}/{self.kind}s/{self.target_id}"


def about_of_address(address: str, title: str = "") -> About | None:
    """Read what the address of a page here is about; none where it is the page of something else."""
    found = _ADDRESS.search(address.strip().lower())
    if found is None:
        return None
    kind = next(one for one in KINDS if one in (found[1], found[2]))
    return About(kind, found[3], title)


def faults_of_about(about: Sequence[About]) -> list[tuple[str, str]]:
    """Say what is wrong with what a decision is to be about: pairs of JSON pointer and sentence."""
    faults = [
        (
            f"/about/{number}/target_id" if one.kind == "event" else f"/about/{number}/title",
            "No event is known by this id" if one.kind == "event" else "Say what it is called",
        )
        for number, one in enumerate(about)
        if not one.title
    ]
    faults += [
        (f"/about/{number}/title", "This is too long")
        for number, one in enumerate(about)
        if len(one.title) > LONGEST_TITLE
    ]
    return faults if len(about) <= MOST else [*faults, ("/about", "A decision is about twenty things at most")]
