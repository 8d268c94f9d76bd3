"""Loads the demo into a Compose installation, once, when DEMO=yes: `python -m deploy.demo_once ADDRESS`."""

import asyncio
import sys

from deploy.greeting import load_demo
from services.registry.models import Base
from shared.cli import read_settings
from shared.database import Database
from shared.observability import set_up_logging
from shared.settings import ServiceSettings


async def main(address: str) -> int:
    """Load the demo if it is wanted and was not loaded; give 1 when that failed."""
    settings: ServiceSettings = read_settings(lambda: ServiceSettings(address=address))
    if not settings.demo:
        return 0
    database = Database(settings.url_of("registry"), Base.metadata, "registry")
    await database.start()
    try:
        return 0 if await load_demo(settings, database) else 1
    finally:
        await database.stop()


if __name__ == "__main__":
    set_up_logging()
    sys.exit(asyncio.run(main(sys.argv[1])))
