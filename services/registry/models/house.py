"""The tables that every service has: history, messages out and in, answers to repeat, keys."""

from services.registry.models.base import Base
from shared import auth, erasing, history, idempotency, inbox, outbox


class History(history.HistoryMixin, Base):
    """Who changed what, when and why."""


class IdempotencyKey(idempotency.IdempotencyMixin, Base):
    """Answers to repeated requests."""


class Outbox(outbox.OutboxMixin, Base):
    """Messages that go out."""


class Inbox(inbox.InboxMixin, Base):
    """Messages that came in."""


class SetAside(inbox.SetAsideMixin, Base):
    """Messages that could not be taken."""


class Erasure(erasing.ErasureMixin, Base):
    """People who are erased: a tombstone of each, as in every other service."""


class KnownKey(auth.KnownKeyMixin, Base):
    """The public keys that tokens are checked with, as in every other service."""


class RevokedAccess(auth.RevokedAccessMixin, Base):
    """Sessions and people whose older tokens hold no more, as in every other service."""


class KnownApiKey(auth.KnownApiKeyMixin, Base):
    """The keys of programs as every other service knows them."""
