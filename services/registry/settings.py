"""What an operator can set for the registry."""

from shared.mail import MailSettings


class Settings(MailSettings):
    """The settings of every service, and how mail leaves."""
