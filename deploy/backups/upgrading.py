"""Before an update: a good backup first, then the databases are brought forward; the programs follow."""

import logging
from collections.abc import Mapping

from deploy.backups import shelf
from deploy.backups.databases import known_schemas
from deploy.backups.making import Made, databases_of
from deploy.backups.manifest import Refused
from deploy.backups.settings import BackupSettings

log = logging.getLogger(__name__)

NEWER = "The database of {service} stands at {found}, and this program knows up to {known}: it is the older one."


def needs_migration(stands: Mapping[str, str | None], known: Mapping[str, str]) -> bool:
    """Say whether an installation with data has a database that is older than the program."""
    return any(found is not None and found < known[service] for service, found in stands.items())


async def upgrade(settings: BackupSettings) -> tuple[Made | None, Mapping[str, str]]:
    """Make a good backup where there is data, then migrate; gives the backup, and the revisions by service.

    Raises `BackupProblem`: without a good backup nothing is migrated.
    """
    databases, known = databases_of(settings), known_schemas()
    stands = databases.stands_at()
    for service, found in stands.items():
        if found is not None and found > known[service]:
            raise Refused(NEWER.format(service=service, found=found, known=known[service]))
    made = (await shelf.make_good(settings, "upgrade"))[0] if all(stands.values()) else None
    return made, databases.migrate()


async def back_up_when_older(settings: BackupSettings) -> Made | None:
    """Make a good backup where the next start would migrate; raises `BackupProblem`."""
    if not settings.backups or not needs_migration(databases_of(settings).stands_at(), known_schemas()):
        return None
    log.warning("the databases are older than the program: a backup is made before they are migrated")
    made, _ = await shelf.make_good(settings, "upgrade")
    return made
