"""The letter that invites somebody to join."""

from services.registry import commands
from services.registry.commands import Envelope
from services.registry.jobs.wording import Words
from services.registry.settings import Settings
from shared.database import Database
from shared.i18n import say


async def seal(database: Database, about_id: str, settings: Settings) -> Envelope | None:
    """Draw the secret of this invitation and store its hash."""
    return await database.write(commands.seal_invitation, invitation_id=about_id)


def words(envelope: Envelope, settings: Settings) -> Words:
    """Say what one is invited to, and where to accept."""
    invited = (
        say(
            "You are invited to Osiedle {neighbourhood}: {about}.",
            neighbourhood=settings.neighbourhood,
            about=envelope.about,
        )
        if envelope.about
        else say("You are invited to Osiedle {neighbourhood}.", neighbourhood=settings.neighbourhood)
    )
    return Words(
        subject=say("An invitation to Osiedle {neighbourhood}", neighbourhood=settings.neighbourhood),
        before=(
            invited,
            say("There the institutions of the neighbourhood keep one calendar, one map and one address book."),
        ),
        link=say("Open this link to see what you are asked, and to accept. It works once, within 14 days:"),
        address=f"{settings.address}/registry/invitation?key={envelope.secret}",
        after=(say("If you do not want to join, you need do nothing: then your address is forgotten."),),
    )
