"""What an operator can set for the registry; all of it is shared with the other services."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings of the registry."""
