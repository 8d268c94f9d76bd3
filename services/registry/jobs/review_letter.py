"""The letter that asks, once a year, whether the cards of one's institutions are still right."""

from services.registry import commands
from services.registry.commands import Envelope
from services.registry.jobs.wording import Words
from services.registry.settings import Settings
from shared import clock
from shared.database import Database
from shared.i18n import say


async def ask(settings: Settings, database: Database) -> None:
    """Find the cards that were not confirmed for a year, and order the letters."""
    while await database.write(commands.ask_about_cards, today=clock.today(settings.zone)):
        pass


async def seal(database: Database, about_id: str, settings: Settings) -> Envelope | None:
    """Find out to whom it goes, and about which cards."""
    return await database.write(commands.seal_review, person_id=about_id, today=clock.today(settings.zone))


def words(envelope: Envelope, settings: Settings) -> Words:
    """Say which cards are meant, and where to look at them."""
    return Words(
        subject=say("Is it still right? Your card in Osiedle {neighbourhood}", neighbourhood=settings.neighbourhood),
        before=(
            say("Nobody has confirmed for a year that this is still right: {about}.", about=envelope.about),
            say("People look here for a telephone number, opening hours or a hall. It takes two minutes."),
        ),
        link=say("Look at the card, put right what changed, and press “Still right”:"),
        address=f"{settings.address}/registry/review",
        after=(say("We ask this once a year."),),
    )
