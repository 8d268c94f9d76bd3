"""What an operator can say about the map."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings every service has."""

    port: int = 8003
