"""What an operator can say about notifications."""

from pydantic import Field

from shared.mail import MailSettings


class Settings(MailSettings):
    """The settings every service has, and those of the ways to reach people."""

    port: int = 8004
    stream_seconds: float = 15.0
    """How often an open stream of alerts looks for changes that another process made."""
    letters_a_day: int = Field(default=10, ge=0)
    """How many letters somebody gets in a day before the rest waits for one in the morning; 0 is no limit."""
