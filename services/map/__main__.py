"""The operator asks: `python -m services.map …`."""

from services.map.app import create_app
from services.map.settings import Settings
from shared.cli import service_cli

cli = service_cli("map", create_app, Settings)


if __name__ == "__main__":
    cli()
