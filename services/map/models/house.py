"""What every service has: outbox, inbox, keys and history."""

from services.map.models.base import Base
from shared.auth import KnownApiKeyMixin, KnownKeyMixin, RevokedAccessMixin
from shared.erasing import ErasureMixin
from shared.history import HistoryMixin
from shared.idempotency import IdempotencyMixin
from shared.inbox import InboxMixin, SetAsideMixin
from shared.outbox import OutboxMixin


class Outbox(OutboxMixin, Base):
    """Messages of the map on their way; there are none yet."""


class Inbox(InboxMixin, Base):
    """Messages that the map has heard."""


class SetAside(SetAsideMixin, Base):
    """Messages that the map could not take."""


class IdempotencyKey(IdempotencyMixin, Base):
    """Answers that are given again to a repeated request."""


class Erasure(ErasureMixin, Base):
    """People who are erased: a tombstone of each."""


class KnownKey(KnownKeyMixin, Base):
    """The registry's public keys."""


class RevokedAccess(RevokedAccessMixin, Base):
    """Sessions and people whose older tokens hold no more."""


class KnownApiKey(KnownApiKeyMixin, Base):
    """A copy of the keys that the registry gave to programs."""


class History(HistoryMixin, Base):
    """Who drew what on the map, changed it, or took it away."""
