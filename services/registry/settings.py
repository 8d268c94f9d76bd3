"""What an operator can set for the registry."""

from pathlib import Path

from pydantic import EmailStr

from shared.mail import MailSettings


class Settings(MailSettings):
    """The settings of every service, how mail leaves, and where the operator's statements stand."""

    operator_email: EmailStr | None = None
    """Where the very first start also sends the administrator's sign-in link; it becomes their mail address."""
    statements: Path | None = None
    """The file with what the law asks the operator to say; `statements.toml` in the data folder when absent."""

    @property
    def statements_file(self) -> Path:
        """Name the file of the statements, which need not be there."""
        return self.statements or self.data / "statements.toml"
