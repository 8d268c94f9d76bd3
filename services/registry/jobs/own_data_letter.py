"""The letter with the link to one's own data: what is kept, to be corrected, taken along or erased."""

from services.registry import commands
from services.registry.commands import Envelope
from services.registry.jobs.wording import Words
from services.registry.settings import Settings
from shared.database import Database
from shared.i18n import say


async def seal(database: Database, about_id: str, settings: Settings) -> Envelope | None:
    """Make the key of the link to this person's data."""
    return await database.write(commands.seal_own_data, about_id=about_id, lifetime=settings.own_data_lifetime)


def words(envelope: Envelope, settings: Settings) -> Words:
    """Say what the link shows and how long."""
    return Words(
        subject=say("Your data in Osiedle {neighbourhood}", neighbourhood=settings.neighbourhood),
        before=(
            say("With this link you see what we keep of you. You can correct it, take it along or have it erased."),
        ),
        link=say("Open your data:"),
        address=commands.own_data_address(settings.address, envelope.secret),
        after=(say("Do not pass this link on: whoever opens it sees your data."),),
    )
