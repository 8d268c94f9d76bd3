"""What an operator can say about notifications."""

from typing import Literal

from pydantic import Field

from shared.mail import MailSettings


class Settings(MailSettings):
    """The settings every service has, and those of the ways to reach people."""

    port: int = 8004
    stream_seconds: float = 15.0
    """How often an open stream of alerts looks for changes that another process made."""
    answer_wait_seconds: float = Field(default=3.0, ge=0)
    """How long the page of a button in a letter waits for what another service makes of it."""
    letters_a_day: int = Field(default=10, ge=0)
    """How many letters somebody gets in a day before the rest waits for one in the morning; 0 is no limit."""
    webhook_http: bool = False
    """Let webhooks go to addresses without https; what is sent is anybody's to read on the way then."""
    webhook_hosts: str = ""
    """Hosts of the operator's own (`name` or `name:port`, comma-separated) that may stand inside the network."""
    webhook_seconds: float = Field(default=10.0, gt=0)
    """How long the receiver of a webhook may take to answer."""

    apprise_schemes: str = ""
    """Which addresses of other networks people may add, by their schemes (`ntfys,tgram`); none is no such channel."""
    apprise: Literal["console", "send"] = "console"
    """What becomes of messages to them: `send`, or `console`, which but logs that there was one."""
    apprise_seconds: float = Field(default=30.0, gt=0)
    """How long one message to such an address may take."""

    @property
    def push_schemes(self) -> frozenset[str]:
        """The schemes of addresses that people may add."""
        return frozenset(one.strip().lower() for one in self.apprise_schemes.split(",") if one.strip())

    @property
    def inner_hosts(self) -> tuple[str, ...]:
        """The hosts inside the network to which webhooks may go."""
        return tuple(name.strip() for name in self.webhook_hosts.split(",") if name.strip())
