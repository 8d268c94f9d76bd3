"""The clock tells: mails that answer invitations, or come back, are read from their mailbox, each once."""

import hashlib
import logging

from services.notifications import commands
from services.notifications.clients.mailboxes import Arrived, Mailbox, MailboxAway
from services.notifications.domain.bounces import bounces_in
from services.notifications.domain.replies import LARGEST_MAIL, NotAReply, Reply, Why, read_reply
from shared.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 50


async def read_replies(database: Database, mailbox: Mailbox) -> None:
    """Take in what nobody has read yet; what is no answer is noted, and never tried again."""
    try:
        arrived = await mailbox.unread(AT_ONCE, LARGEST_MAIL)
        for one in arrived:
            await _take(database, one)
            await mailbox.mark_read([one.key])
    except MailboxAway as error:
        log.warning("the mailbox for answers to invitations cannot be read: %s", error)


async def _take(database: Database, one: Arrived) -> None:
    if bounces := bounces_in(one.raw or b""):
        for bounce in bounces:
            await database.write(commands.record_bounce, bounce=bounce)
        return
    what = _read(one)
    digest = hashlib.sha256(one.raw if one.raw is not None else f"too large: {one.key}".encode()).hexdigest()
    outcome = await database.write(commands.take_reply, digest=digest, reply=what)
    if outcome not in (None, "taken"):
        log.warning("a mail in the mailbox for answers was not taken as one: %s", outcome)


def _read(one: Arrived) -> Reply | Why:
    if one.raw is None:
        return "too_large"
    try:
        return read_reply(one.raw)
    except NotAReply as error:
        return error.why
