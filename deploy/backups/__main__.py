"""Door: `python -m deploy.backups` waits for each night, as `deploy backup nightly` does, in half the memory.

Of the operator's commands it loads none: a container of its own runs it all day (docker-compose.yml).
"""

import asyncio
import sys

from pydantic import ValidationError

from deploy.backups.nightly import keep_nightly
from deploy.backups.settings import BackupSettings
from shared.observability import set_up_logging

if __name__ == "__main__":
    set_up_logging()
    try:
        settings = BackupSettings()
    except ValidationError as error:
        sys.exit(f"Mend the settings of backups: {error}")
    asyncio.run(keep_nightly(settings))
