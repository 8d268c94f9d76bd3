"""The letter with which somebody signs in: a code for the browser that asked, and a link for any device."""

import asyncio

from services.registry import commands
from services.registry.commands import Envelope
from services.registry.domain.secrets import new_code, new_secret
from services.registry.domain.slow_hashes import slow_hash_of
from services.registry.jobs.wording import Words
from services.registry.settings import Settings
from shared import clock
from shared.database import Database
from shared.i18n import say


async def seal(database: Database, about_id: str, settings: Settings) -> Envelope | None:
    """Draw a code and a secret for this sign-in link and store their hashes."""
    secret, code = new_secret(), new_code()
    code_hash = await asyncio.to_thread(slow_hash_of, code)
    return await database.write(
        commands.fill_sign_in_letter,
        link_id=about_id,
        secret=secret,
        code=code,
        code_hash=code_hash,
        now=clock.now(),
    )


def words(envelope: Envelope, settings: Settings) -> Words:
    """Say the code, and where the link leads; without a code it welcomes who is to run the installation."""
    address = commands.sign_in_address(settings.address, envelope.secret)
    if envelope.code is None:
        return Words(
            subject=say("Your way into Osiedle {neighbourhood}", neighbourhood=settings.neighbourhood),
            before=(say("You look after this installation of Osiedle. From now on you can sign in by this address."),),
            link=say("Sign in here, once, within seven days:"),
            address=address,
            after=(),
        )
    return Words(
        subject=say("Signing in to Osiedle {neighbourhood}", neighbourhood=settings.neighbourhood),
        before=(say("Type this code on the page where you asked for it. It holds for ten minutes:"),),
        code=envelope.code,
        link=say("Or open this link, on any device. It works once, within an hour:"),
        address=address,
        after=(
            say("Nobody of us will ever ask you for this code. Did you not want to sign in? Then you need do nothing."),
        ),
    )
