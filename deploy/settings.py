"""What the operator's command line reads beside the settings of every service."""

from pathlib import Path

from shared.settings import ServiceSettings


class OperatorSettings(ServiceSettings):
    """The settings of every service, and where the operator finds what Docker Compose keeps apart."""

    secrets: Path | None = None
    """A folder with the secrets of each service in a folder of its name."""
    inside_address: str = ""
    """Where Osiedle answers from where the command runs, when the public address does not lead there."""
    demo_folder: Path | None = None
    """Where it is written down what the demo made; the data folder when absent."""

    @property
    def asked_at(self) -> str:
        """Say where Osiedle is asked."""
        return self.inside_address.rstrip("/") or self.address
