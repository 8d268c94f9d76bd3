"""What an operator can say about notifications."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

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
    reply: Literal["none", "console", "imap"] = "none"
    """Where mails come in that answer invitations: nowhere, as `.eml` files in `<data>/replies`, or into an inbox."""
    reply_address: str = ""
    """The address of that inbox; what is sent to it with a plus and a word before the @ must arrive there as well."""
    reply_imap_host: str = ""
    reply_imap_port: int = 993
    reply_imap_user: str = ""
    reply_imap_password: SecretStr = SecretStr("")
    reply_imap_tls: Literal["none", "starttls", "tls"] = "tls"
    reply_imap_seconds: float = Field(default=20.0, gt=0)
    """How long the mail server may take over each thing that it is asked for."""
    reply_every_seconds: float = Field(default=60.0, gt=0)
    """How often the mailbox is looked into."""
    smtp_connections: int = Field(default=4, ge=1, le=100)
    """How many letters may be on their way to the mail server at the same time, each over a connection of its own."""
    lease_seconds: float = Field(default=120.0, gt=0)
    """How long a process that dies while it sends holds its letters back; at least twice what one mail may take."""
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

    @model_validator(mode="after")
    def _say_what_is_missing(self) -> Self:
        """Refuse a mailbox to which no answer could find its way; raises `ValueError` with a sentence."""
        if self.reply != "none" and "@" not in self.reply_address:
            raise ValueError("OSIEDLE_REPLY needs OSIEDLE_REPLY_ADDRESS: the address to which answers are sent")
        if self.reply == "imap" and not (self.reply_imap_host and self.reply_imap_user):
            raise ValueError("OSIEDLE_REPLY=imap needs OSIEDLE_REPLY_IMAP_HOST and OSIEDLE_REPLY_IMAP_USER")
        return self

    @property
    def push_schemes(self) -> frozenset[str]:
        """The schemes of addresses that people may add."""
        return frozenset(one.strip().lower() for one in self.apprise_schemes.split(",") if one.strip())

    @property
    def inner_hosts(self) -> tuple[str, ...]:
        """The hosts inside the network to which webhooks may go."""
        return tuple(name.strip() for name in self.webhook_hosts.split(",") if name.strip())
