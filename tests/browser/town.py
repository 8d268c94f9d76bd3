"""What the browser tests look at: a running neighbourhood, the widths of the world's screens, and what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.system.stack import Embedded, command

PHONE, DESKTOP, SMALLEST = 390, 1440, 320


@dataclass
class Town:
    """The running stack and the ids of what the tests look at."""

    stack: Embedded
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it answers."""
        return self.stack.address

    def open_conflicts(self, event_id: str) -> list[str]:
        """List the ids of an event's open conflicts."""
        found = self.stack.conflicts(state="open", limit=200)
        return [one["id"] for one in found if event_id in one["event_ids"]]

    def sign_in_link(self, name: str) -> str:
        """Make a link that signs somebody in once."""
        return command(
            self.stack.data,
            "services.registry",
            "sign-in-link",
            "--person",
            name,
            OSIEDLE_ADDRESS=self.address,
        ).strip()


@dataclass
class Noted:
    """What a browser context did that it must not: errors of scripts and of the policy, requests off the machine."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Opener = Callable[..., Page]
