"""What an operator can say about notifications."""

from shared.mail import MailSettings


class Settings(MailSettings):
    """The settings every service has, and those of the ways to reach people."""

    port: int = 8004
    stream_seconds: float = 15.0
    """How often an open stream of alerts looks for changes that another process made."""
