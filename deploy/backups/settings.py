"""What an operator can set about backups, beside the settings of every service."""

from datetime import time
from pathlib import Path

from pydantic import field_validator

from shared.settings import ServiceSettings


class BackupSettings(ServiceSettings):
    """Settings of backups; `OSIEDLE_<NAME>` in the environment."""

    backups: bool = True
    """Whether a backup is made each night, and one before an update changes the databases."""
    backup_at: time = time(3, 15)
    """When, by the clocks of `OSIEDLE_ZONE`."""
    backup_folder: Path | None = None
    """Where backups lie; `backups` in the data folder when absent."""
    reports: Path | None = None
    """Where `backup.json` tells what became of the last one; `reports` in the data folder when absent."""
    postgres: str | None = None
    """The PostgreSQL server with the four databases, as its superuser: `postgresql://postgres@host:5432`.

    Absent where the databases are SQLite files.
    """
    postgres_password_file: Path | None = None

    @field_validator("backup_at")
    @classmethod
    def _has_no_zone(cls, at: time) -> time:
        return at.replace(tzinfo=None)

    @property
    def folder(self) -> Path:
        """Say where backups lie."""
        return self.backup_folder or self.data / "backups"

    @property
    def reports_folder(self) -> Path:
        """Say where the report lies."""
        return self.reports or self.data / "reports"

    @property
    def kept(self) -> dict[str, Path]:
        """Name what is kept beside databases and bus, as it is called in a backup.

        With Docker Compose the volumes that services write into stand in folders of their own.
        """
        mails, demo = (self.data / "kept", self.data / "demo") if self.postgres else (self.data, self.data)
        return {
            "nats/keys": self.data / "nats" / "keys",
            "partners": self.data / "partners",
            "mail": mails / "mail",
            "replies": mails / "replies",
            "statements.toml": mails / "statements.toml",
            "demo-loaded": demo / "demo-loaded",
            "demo-made.jsonl": demo / "demo-made.jsonl",
        }
