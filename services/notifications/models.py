"""What notifications remembers: alerts, deliveries and wishes are its own; the copies of others' facts come after."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    Time,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.notifications.domain.pacing import Pace, Wished
from services.notifications.domain.plans import AlertKind, Rhythm
from services.notifications.domain.topics import TopicKind
from services.notifications.domain.webhooks import DisabledBecause
from shared import columns
from shared.auth import KnownApiKeyMixin, KnownKeyMixin, RevokedAccessMixin
from shared.columns import Id, Instant
from shared.erasing import ErasureMixin
from shared.history import HistoryMixin
from shared.idempotency import IdempotencyMixin
from shared.identifiers import new_id
from shared.inbox import InboxMixin, SetAsideMixin
from shared.outbox import OutboxMixin


class Base(DeclarativeBase):
    """The tables of notifications."""

    metadata = columns.new_metadata()
    type_annotation_map = {datetime: Instant}  # noqa: RUF012 -- SQLAlchemy reads this name


class Outbox(OutboxMixin, Base):
    """Messages of notifications on their way."""


class Inbox(InboxMixin, Base):
    """Messages that notifications has heard."""


class SetAside(SetAsideMixin, Base):
    """Messages that notifications could not take."""


class History(HistoryMixin, Base):
    """Who changed what, and why."""


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


class Alert(Base):
    """One organisation, or one of its people, was told one piece of news; or a person who follows what it is about.

    In the last case there is no organisation: what somebody follows is nobody else's business. `recipient_id` is the
    person, or the organisation while it has no people; with the cause it makes an alert unique. The text is made where
    it is shown, in the reader's language, from `kind`, `reason` and `details`.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("cause_id", "cause_version", "organisation_id", "recipient_id"),
        Index("ix_alert_of_organisation", "organisation_id", "id"),
        Index("ix_alert_of_person", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    kind: Mapped[AlertKind] = mapped_column(String(40))
    cause_id: Mapped[str] = mapped_column(Id)
    cause_version: Mapped[int] = mapped_column(Integer)
    subject_kind: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str | None] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id)
    recipient_id: Mapped[str] = mapped_column(Id)
    recipient_erased: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """The person is erased: it is counted, and shown to nobody."""
    event_ids: Mapped[list[str]] = mapped_column(JSON)
    event_titles: Mapped[list[str]] = mapped_column(JSON)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class AlertEvent(Base):
    """An alert is about this event."""

    __tablename__ = "alert_event"

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[str] = mapped_column(Id, ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True, index=True)


class Delivery(Base):
    """An alert on its way to a person by one channel, or a test letter about none; it holds no address.

    `state` is `due`, `sent`, `given_up`, or `overtaken`: before it left, there was newer news of the same thing, or it
    was not wanted any more. A due row that is being sent has its `due_at` moved ahead, so that after a crash somebody
    takes it again: a mail may come twice, with the same Message-ID, but is never lost. It is in hand when it was tried
    and has no `error` since.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("alert_id", "channel"), Index("ix_delivery_due", "state", "due_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    alert_id: Mapped[str | None] = mapped_column(Id, ForeignKey("alert.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(Id, index=True)
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    pace: Mapped[Pace] = mapped_column(String(20), default="at_once", server_default="at_once")
    """Why it leaves when it does."""
    letter_id: Mapped[str | None] = mapped_column(Id, default=None)
    """The first delivery of the letter in which it left."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)


class Wishes(Base):
    """What a person wants to be told, how and when; who has no row wants everything by mail, at once."""

    __tablename__ = "wishes"

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    mail: Mapped[bool] = mapped_column(Boolean, default=True)
    muted_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    rhythms: Mapped[dict[str, Rhythm]] = mapped_column(JSON, default=dict, server_default="{}")
    """Which kinds come in a summary; the others come at once."""
    quiet_from: Mapped[time | None] = mapped_column(Time, default=None)
    quiet_until: Mapped[time | None] = mapped_column(Time, default=None)
    zone: Mapped[str | None] = mapped_column(String(64), default=None)
    """By which clock; the neighbourhood's, while they never said."""

    def wished(self, zone: str) -> Wished:
        """Give how much they want to hear, in `zone` unless they named one."""
        return Wished(self.zone or zone, self.quiet_from, self.quiet_until, self.rhythms)


class FollowedTopic(Base):
    """A person wants to hear of events that are about this."""

    __tablename__ = "followed_topic"
    __table_args__ = (UniqueConstraint("person_id", "kind", "value"), Index("ix_followed_topic_of", "kind", "value"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[TopicKind] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class RefusedAddress(Base):
    """A mail server said that there is nobody at the address that a person had in this version of theirs."""

    __tablename__ = "refused_address"

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    known_version: Mapped[int] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(String(100))
    refused_at: Mapped[datetime]


class LinkSecret(Base):
    """The one secret with which links in letters are signed; a migration makes it."""

    __tablename__ = "link_secret"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary)


class Webhook(Base):
    """Alerts of one organisation, or of all where it is the administrators', are sent to a program at this address.

    The secret signs, so it must be had again and stands in its row, as the registry's signing keys do: a key beside
    the database would be read by whoever reads the database. It is shown once.
    """

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(Integer, default=1)
    organisation_id: Mapped[str | None] = mapped_column(Id, index=True)
    made_by_id: Mapped[str | None] = mapped_column(Id, index=True)
    """Who hears of it when an administrators' webhook is turned off."""
    url: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[AlertKind]] = mapped_column(JSON)
    """Which alerts; all, where there is none."""
    language: Mapped[str] = mapped_column(String(2))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    disabled_because: Mapped[DisabledBecause | None] = mapped_column(String(20), default=None)
    """Why we turned it off; none where a person did."""
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When something got through last."""


class WebhookDelivery(Base):
    """One piece of an organisation's news on its way by a webhook, however many people hear of it; or a test.

    The alert is found by organisation, cause and version: people who join or are erased exchange its rows. States are
    those of `Delivery`; the id is the message's own, the same at every try.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "organisation_id", "cause_id", "cause_version", name="uq_webhook_delivery_news"),
        Index("ix_webhook_delivery_due", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    webhook_id: Mapped[str] = mapped_column(Id, ForeignKey("webhook.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str | None] = mapped_column(Id, default=None)
    cause_id: Mapped[str | None] = mapped_column(Id, default=None)
    cause_version: Mapped[int | None] = mapped_column(Integer, default=None)
    state: Mapped[str] = mapped_column(String(20), default="due")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(Text, default=None)


class WebhookTry(Base):
    """One time that a message was sent, and what was answered: a status and the beginning of the text, or neither."""

    __tablename__ = "webhook_try"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(Id, ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True)
    tried_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    milliseconds: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)


class KnownOrganisation(Base):
    """An organisation of the registry."""

    __tablename__ = "known_organisation"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)


class KnownPerson(Base):
    """A person and how to reach them, from the stream that only some may read."""

    __tablename__ = "known_person"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    email_until: Mapped[datetime | None]
    """After this instant no mail is sent there."""
    erased: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """A tombstone: what is not newer than `version` is not believed."""


class KnownMembership(Base):
    """A person belongs to an organisation, which may not be known yet."""

    __tablename__ = "known_membership"

    organisation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(
        Id, ForeignKey("known_person.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class KnownEvent(Base):
    """An event of the calendar, for its present title and for whose it is."""

    __tablename__ = "known_event"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    host_ids: Mapped[list[str]] = mapped_column(JSON)
    is_public: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    """Whether others than its hosts may read the title."""


class KnownVenue(Base):
    """A venue of the registry, for its name."""

    __tablename__ = "known_venue"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)


class KnownTheme(Base):
    """A theme of the registry, for its names."""

    __tablename__ = "known_theme"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(Text)
    name_pl: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(Boolean)
