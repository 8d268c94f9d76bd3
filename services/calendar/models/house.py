"""The tables that every service has: history, messages out and in, answers to repeat, keys."""

from services.calendar.models.base import Base
from shared.auth import KnownApiKeyMixin, KnownKeyMixin, RevokedAccessMixin
from shared.erasing import ErasureMixin
from shared.history import HistoryMixin
from shared.idempotency import IdempotencyMixin
from shared.inbox import InboxMixin, SetAsideMixin
from shared.outbox import OutboxMixin


class History(HistoryMixin, Base):
    """Who changed what of ours, and why."""


class IdempotencyKey(IdempotencyMixin, Base):
    """Answers that were given to a POST with an `Idempotency-Key`."""


class Outbox(OutboxMixin, Base):
    """Messages of ours that wait for the relay, or that it has carried."""


class Inbox(InboxMixin, Base):
    """Messages of others that took effect here."""


class SetAside(SetAsideMixin, Base):
    """Messages that could not take effect here."""


class Erasure(ErasureMixin, Base):
    """People who are erased: a tombstone of each."""


class KnownKey(KnownKeyMixin, Base):
    """A copy of the registry's public keys, with which tokens are verified."""


class RevokedAccess(RevokedAccessMixin, Base):
    """Sessions and people whose older tokens hold no more."""


class KnownApiKey(KnownApiKeyMixin, Base):
    """A copy of the keys that the registry gave to programs."""
