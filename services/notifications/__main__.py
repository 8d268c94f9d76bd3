"""The operator asks: `python -m services.notifications …`."""

from services.notifications.app import create_app
from services.notifications.settings import Settings
from shared.cli import service_cli

cli = service_cli("notifications", create_app, Settings)

if __name__ == "__main__":
    cli()
