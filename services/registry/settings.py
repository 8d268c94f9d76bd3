"""What an operator can set for the registry."""

from datetime import timedelta
from pathlib import Path

from pydantic import EmailStr, Field

from shared.mail import MailSettings


class Settings(MailSettings):
    """The settings of every service, how mail leaves, and where the operator's statements stand."""

    operator_email: EmailStr | None = None
    """Where the very first start also sends the administrator's sign-in link; it becomes their mail address."""
    statements: Path | None = None
    """The file with what the law asks the operator to say; `statements.toml` in the data folder when absent."""

    copy_wait_seconds: float = 2.0
    """How long a request waits for an event that it names and that the calendar told of a moment ago."""
    own_data_days: int = Field(default=7, ge=1, le=13)
    """So long the link to one's own data works; the key that signs it lives two weeks longer than it signs."""

    @property
    def own_data_lifetime(self) -> timedelta:
        """Say how long the link to one's own data works."""
        return timedelta(days=self.own_data_days)

    @property
    def statements_file(self) -> Path:
        """Name the file of the statements, which need not be there."""
        return self.statements or self.data / "statements.toml"
