"""Door: the operator asks, `python -m services.calendar serve | migrate | import`."""

from services.calendar.app import create_app
from services.calendar.settings import Settings
from shared.cli import service_cli

cli = service_cli("calendar", create_app, Settings)

if __name__ == "__main__":
    cli()
