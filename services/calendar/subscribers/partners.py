"""The doors of municipal systems: whatever comes in, by the stored door, the one that answers or HTTP, goes one way."""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar

from sqlalchemy.orm import Session

from services.calendar import commands, queries
from services.calendar.domain.plans import Fact
from services.calendar.problems import MessageRefused, UnknownPartner
from services.calendar.schemas import MunicipalAnswer
from shared import envelope, i18n
from shared.broker import Bus
from shared.broker.answering import Reply
from shared.broker.pipeline import Delivery
from shared.database import Database
from shared.engines import is_away
from shared.envelope import Malformed
from shared.messages.municipal import (
    ClosureAnnounced,
    ClosureWithdrawn,
    MunicipalEventCancelled,
    MunicipalEventPlanned,
)
from shared.problems import Busy, Problem
from shared.streams import municipal_name, partner_of
from shared.web.refusals import PROBLEM_JSON, TooLarge, Unexpected, document_of

log = logging.getLogger(__name__)

QUESTIONS = "osiedle.door.*.submit"
NOTHING_NEW = "This version of it, or a newer one, is known already, or nothing by this id holds."
TOKEN = re.compile(r"[A-Za-z0-9_:-]{1,100}")
"""An id that can stand in a subject."""
had_effect: ContextVar[list[bool] | None] = ContextVar("had_effect", default=None)
"""Where a door that answers learns whether the message that it took in changed anything; the last entry counts."""


class PartnerDoors:
    """The doors of all partners that may come in; the table `partner` says who, and is looked at again and again."""

    def __init__(self, bus: Bus, database: Database) -> None:
        self._bus = bus
        self._database = database
        self._heard: frozenset[str] = frozenset()
        bus.hears_partner(ClosureAnnounced, on_closure_announced)
        bus.hears_partner(ClosureWithdrawn, on_withdrawn)
        bus.hears_partner(MunicipalEventPlanned, on_municipal_event_planned)
        bus.hears_partner(MunicipalEventCancelled, on_withdrawn)
        bus.pipeline.on_malformed = self.tell_of_refused
        bus.answering.add(QUESTIONS, self.answer, _told(Busy()))

    async def open(self, names: tuple[str, ...]) -> None:
        """Open the doors: of those in the table, where a new installation finds `names`."""
        await self._database.write(commands.begin_with_partners, names)
        await self.look()

    async def look(self) -> None:
        """See who was added and who revoked since, by whatever process."""
        wanted = await self._database.read(queries.partner_names)
        for name in self._heard - wanted:
            await self._bus.stop_listening_to_partner(name)
            self._heard -= {name}
        for name in sorted(wanted - self._heard):
            await self._bus.listen_to_partner(name)
            self._heard |= {name}

    async def take_in(self, partner: str, headers: Mapping[str, str], body: bytes) -> MunicipalAnswer:
        """Take in one message, and say so after it is committed.

        Raises `UnknownPartner`, `TooLarge`, `MessageRefused` with a pointer for each fault, `Busy`.
        """
        if await self._database.read(queries.partner, partner) is None:
            raise UnknownPartner
        if len(body) > envelope.LARGEST_MUNICIPAL_BODY:
            raise TooLarge
        effects: list[bool] = []
        before = had_effect.set(effects)
        try:
            subject = f"municipal.{partner}.submit"
            is_new = await self._bus.pipeline.take_in(Delivery(municipal_name(partner), subject, headers, body))
        except Malformed as malformed:
            raise refusal_of(malformed) from malformed
        finally:
            had_effect.reset(before)
        message_id = message_id_of(headers, body) or ""
        if not is_new:
            return MunicipalAnswer(status="duplicate", id=message_id)
        if not effects or not effects[-1]:
            return MunicipalAnswer(status="duplicate", id=message_id, detail=NOTHING_NEW)
        return MunicipalAnswer(status="accepted", id=message_id)

    async def answer(self, subject: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer a question at the door that answers; the subject says whose it is, and the server vouches for it."""
        i18n.language.set("en")
        try:
            taken = await self.take_in(subject.split(".")[2], headers, body)
        except Problem as problem:
            return _told(problem)
        except Exception as error:
            if is_away(error):
                return _told(Busy())
            log.exception("a message on %s cannot be taken in", subject)
            return _told(Unexpected())
        return Reply("application/json", taken.model_dump_json(exclude_none=True).encode())

    async def tell_of_refused(self, delivery: Delivery, malformed: Malformed) -> None:
        """Tell a partner what is wrong with a message that it stored; raises while the bus is away."""
        partner = partner_of(delivery.stream)
        if not partner:
            return
        i18n.language.set("en")
        message_id = message_id_of(delivery.headers, delivery.body)
        name = message_id if message_id and TOKEN.fullmatch(message_id) else f"number-{delivery.sequence}"
        told = document_of(refusal_of(malformed))
        told |= {"id": message_id, "subject": delivery.subject, "sequence": delivery.sequence}
        headers = {"Content-Type": PROBLEM_JSON}
        await self._bus.say(f"osiedle.door.{partner}.rejected.{name}", json.dumps(told).encode(), headers)


def refusal_of(malformed: Malformed) -> MessageRefused:
    """Give the refusal that tells each fault; what they say is no source string, and braces in it mean nothing."""
    faults = malformed.faults or (envelope.Fault("", str(malformed)),)
    problem = MessageRefused(*((fault.pointer, "{fault}") for fault in faults))
    for entry, fault in zip(problem.extra["errors"], faults, strict=True):
        entry["values"] = {"fault": fault.message}
    return problem


def message_id_of(headers: Mapping[str, str], body: bytes) -> str | None:
    """Find the id of a message as far as it can be read: in the headers, else in a structured body."""
    _, message_id = envelope.identity(headers)
    if not message_id:
        try:
            message_id = str(json.loads(body).get("id") or "")
        except (ValueError, AttributeError, RecursionError):
            return None
    return message_id[: envelope.LONGEST_ID] or None


def on_closure_announced(session: Session, partner: str, message: ClosureAnnounced) -> None:
    """Accept a closure."""
    row = commands.announce_fact(session, fact=_fact_of(partner, message), version=message.version)
    _note(session, partner, row is not None)


def on_municipal_event_planned(session: Session, partner: str, message: MunicipalEventPlanned) -> None:
    """Accept an event of the city's own."""
    row = commands.announce_fact(session, fact=_fact_of(partner, message), version=message.version)
    _note(session, partner, row is not None)


def on_withdrawn(session: Session, partner: str, message: ClosureWithdrawn | MunicipalEventCancelled) -> None:
    """Let a fact no longer hold."""
    row = commands.withdraw_fact(session, partner=partner, partner_fact_id=message.id, version=message.version)
    _note(session, partner, row is not None)


def _note(session: Session, partner: str, changed: bool) -> None:
    commands.note_heard(session, partner)
    effects = had_effect.get()
    if effects is not None:
        effects.append(changed)


def _told(problem: Problem) -> Reply:
    return Reply(PROBLEM_JSON, json.dumps(document_of(problem)).encode())


def _fact_of(partner: str, message: ClosureAnnounced | MunicipalEventPlanned) -> Fact:
    return Fact(
        id=message.id,
        partner=partner,
        kind="closure" if isinstance(message, ClosureAnnounced) else "event",
        title=message.title.model_dump(exclude_none=True),
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        zone=message.zone,
        latitude=message.latitude,
        longitude=message.longitude,
        radius_m=message.radius_m,
        url=message.url,
    )
