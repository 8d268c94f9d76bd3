"""What the browser tests look at: a running neighbourhood, the widths of the world's screens, and what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import Envelope
from playwright.sync_api import Page

from tests.system.stack import Embedded, command, eventually

PHONE, DESKTOP, SMALLEST = 390, 1440, 320


@dataclass
class PostOffice:
    """What a mail server does with the mails it takes: it keeps them (aiosmtpd calls `handle_DATA`)."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail (RFC 5321 §4.1.1.4)."""
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"

    def letter_to(self, address: str, number: int = 1) -> EmailMessage:
        """Wait for somebody's letter of this number, the first is 1, and give it."""

        def letters() -> list[EmailMessage]:
            return [one for one in self.letters if one["To"].addresses[0].addr_spec == address]

        eventually(lambda: len(letters()) >= number)
        return letters()[number - 1]


@dataclass
class Town:
    """The running stack and the ids of what the tests look at."""

    stack: Embedded
    post: PostOffice = field(default_factory=PostOffice)
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
