"""What must be known of a contact before others may see it: what for, on which legal basis, from when, until when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email

from services.registry.domain.phones import normal_phone
from services.registry.domain.plans import ContactKind, ContactPlan, LegalBasis
from services.registry.domain.visibility import is_wider
from shared.messages.registry import OrganisationKind
from shared.problems import InvalidInput

CLOCKS_DIFFER = timedelta(minutes=5)
PURPOSE_OF_PERSON = "To reach me about what we do in the neighbourhood"
PURPOSE_OF_ORGANISATION = "To reach the institution"
PUBLIC_BODIES: frozenset[OrganisationKind] = frozenset({"public_institution", "school", "council"})
CONSENT_FIELDS = frozenset({"visibility", "purpose", "legal_basis", "given_at", "valid_until_at"})
"""Who sets one of these says anew how the contact may be used."""


def checked_value(kind: ContactKind, value: str) -> str:
    """Give the value of a contact as it is kept. Raises `InvalidInput` when it cannot be one of this kind.

    A telephone number is brought to its international form. An e-mail address is checked by its form (RFC 5321
    §4.1.2), its domain in lower case; nobody is asked about it.
    """
    if kind == "email":
        return _address(value)
    if kind == "phone":
        try:
            return normal_phone(value)
        except ValueError as refusal:
            raise InvalidInput(("/value", str(refusal))) from None
    return value


def _address(value: str) -> str:
    refusal = InvalidInput(("/value", "This is not an e-mail address; one looks like anna@example.org"))
    try:
        found = validate_email(value, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False)
    except EmailNotValidError:
        raise refusal from None
    if "." not in found.domain:
        raise refusal
    return found.ascii_email or found.normalized


def basis_of(organisation_kind: OrganisationKind | None) -> LegalBasis:
    """Name the usual basis: of a public body its task, of another organisation its interest, of a person consent."""
    if organisation_kind is None:
        return "consent"
    return "public_task" if organisation_kind in PUBLIC_BODIES else "legitimate_interest"


def completed(
    plan: ContactPlan, *, basis: LegalBasis, purpose: str, now: datetime, is_checked: bool = False
) -> ContactPlan:
    """Check a new contact and fill in what was left out. Raises `InvalidInput`.

    `purpose` is what stands for one that was left out; one that was said to be empty is refused where others see it.
    `is_checked` says that the value is what `checked_value` gave.
    """
    check_dates(given_at=plan.given_at, valid_until_at=plan.valid_until_at, now=now)
    is_shown = plan.visibility != "private"
    filled = replace(
        plan,
        value=plan.value if is_checked else checked_value(plan.kind, plan.value),
        purpose=purpose if plan.purpose is None and is_shown else (plan.purpose or ""),
        legal_basis=plan.legal_basis or basis,
        given_at=plan.given_at or (now if is_shown else None),
    )
    if is_shown:
        _must_have_purpose(filled.purpose)
    return filled


def changed(
    before: ContactPlan, changes: Mapping[str, Any], *, is_withdrawn: bool, purpose: str, now: datetime
) -> dict[str, Any]:
    """Give the changes of a contact with what follows from them. Raises `InvalidInput`.

    Whoever widens who sees it, or agrees anew after they had withdrawn, agrees now, unless they say since when.
    """
    after = dict(changes)
    if "value" in after:
        after["value"] = checked_value(before.kind, after["value"])
    check_dates(given_at=after.get("given_at"), valid_until_at=after.get("valid_until_at"), now=now)
    level = after.get("visibility", before.visibility)
    is_shown = level != "private"
    if is_shown and CONSENT_FIELDS & after.keys():
        if "purpose" not in after and not before.purpose:
            after["purpose"] = purpose
        _must_have_purpose(after.get("purpose", before.purpose))
        _must_not_be_over(after.get("valid_until_at", before.valid_until_at), now)
    is_agreed_anew = is_withdrawn and (after.get("given_at") or ("visibility" in after and is_shown))
    if is_agreed_anew:
        after["withdrawn_at"] = None
    if (is_agreed_anew or is_wider(level, before.visibility)) and not after.get("given_at"):
        after["given_at"] = now
    return after


def check_dates(*, given_at: datetime | None, valid_until_at: datetime | None, now: datetime) -> None:
    """Refuse a consent from the future, and one that is over when it is given."""
    if given_at is not None and given_at > now + CLOCKS_DIFFER:
        raise InvalidInput(("/given_at", "Nobody can have agreed in the future"))
    _must_not_be_over(valid_until_at, now)


def _must_not_be_over(valid_until_at: datetime | None, now: datetime) -> None:
    if valid_until_at is not None and valid_until_at <= now:
        raise InvalidInput(("/valid_until_at", "This day is over; choose a later one, or none"))


def _must_have_purpose(purpose: str | None) -> None:
    if not purpose:
        raise InvalidInput(("/purpose", "Say what for others may use it"))


def end_of_day(text: str, zone: str) -> datetime | None:
    """Give the instant at which a day (`2027-06-30`) is over where the neighbourhood is; None where none is named."""
    if not text:
        return None
    try:
        following = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidInput(("/valid_until_at", "Write the day like 2027-06-30")) from None
    return datetime.combine(following, time(), ZoneInfo(zone))


def last_day(valid_until_at: datetime | None, zone: str) -> date | None:
    """Give the last day on which something is agreed to, as `end_of_day` read it."""
    if valid_until_at is None:
        return None
    return (valid_until_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
