"""What the operator says of accessibility and of personal data, for the two pages that the law asks for.

Accessibility: art. 10 to 12 of the Polish act of 4 April 2019 on digital accessibility of websites and mobile
applications of public entities, as amended. Personal data: art. 13 and 14 GDPR.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.registry.domain.plans import LegalBasis

Status = Literal["compliant", "partially_compliant", "not_compliant"]
Method = Literal["self_assessment", "external_audit", "contractor_declaration"]
Purpose = Literal["accounts", "sign_in", "letters", "alerts", "audit", "logs"]
PURPOSES: tuple[Purpose, ...] = ("accounts", "sign_in", "letters", "alerts", "audit", "logs")
"""What personal data is kept for, besides contacts, each of which has a legal basis of its own."""

Email = Annotated[str, Field(pattern=r"^$|^[^@\s]+@[^@\s]+$")]
Address = Annotated[str, Field(pattern=r"^$|^https?://\S+$")]
S = TypeVar("S", bound="Said")


class Said(BaseModel):
    """Something that the operator says; a word that is not known is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Said):
    """A text in Polish, and in English where there is one; a plain text is Polish."""

    pl: str = Field(min_length=1)
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _read_plain_text(cls, given: object) -> object:
        return {"pl": given} if isinstance(given, str) else given

    def within(self, language: str) -> tuple[str, str]:
        """Give the text for who reads this language, and the language that it is in."""
        return (self.en, "en") if language == "en" and self.en else (self.pl, "pl")


class Accessibility(Said):
    """The accessibility statement's facts; dates are days."""

    entity: str = ""
    published_on: date | None = None
    updated_on: date | None = None
    status: Status | None = None
    not_compliant: tuple[Words, ...] = ()
    not_covered: tuple[Words, ...] = ()
    too_costly: tuple[Words, ...] = ()
    made_on: date | None = None
    reviewed_on: date | None = None
    method: Method | None = None
    assessed_by: str = ""
    report: Address = ""
    comforts: tuple[Words, ...] = ()
    contact: str = ""
    email: Email = ""
    phone: str = ""
    complaints: tuple[Words, ...] = ()
    mobile_apps: tuple[Words, ...] = ()
    architecture: tuple[Words, ...] = ()
    architecture_page: Address = ""
    communication: tuple[Words, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what the law asks for and the operator has not said."""
        wanted = {
            "entity": self.entity,
            "published_on": self.published_on,
            "updated_on": self.updated_on,
            "status": self.status,
            "not_compliant, not_covered or too_costly": self.status == "compliant" or self.has_exceptions,
            "made_on": self.made_on,
            "method": self.method,
            "assessed_by": self.method in (None, "self_assessment") or self.assessed_by,
            "contact": self.contact,
            "email": self.email,
            "phone": self.phone,
            "complaints": self.complaints,
            "architecture": self.architecture or self.architecture_page,
            "communication": self.communication,
        }
        return tuple(name for name, value in wanted.items() if not value)

    @property
    def has_exceptions(self) -> bool:
        """Say whether anything is named that not everybody can use."""
        return bool(self.not_compliant or self.not_covered or self.too_costly)

    @property
    def review_due_on(self) -> date | None:
        """Give the last day of the next review: 31 March of the year after the last one (art. 11)."""
        last = max((day for day in (self.made_on, self.reviewed_on) if day is not None), default=None)
        return date(last.year + 1, 3, 31) if last is not None else None

    def is_overdue(self, today: date) -> bool:
        """Say whether the yearly review was forgotten."""
        return self.review_due_on is not None and self.review_due_on < today


class Privacy(Said):
    """What art. 13 and 14 GDPR ask for and only the operator knows."""

    controller: str = ""
    address: str = ""
    email: Email = ""
    phone: str = ""
    officer: str = ""
    officer_email: Email = ""
    officer_phone: str = ""
    legal_bases: Mapping[Purpose, LegalBasis] = Field(default_factory=dict)
    recipients: tuple[Words, ...] | None = None
    more: tuple[Words, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Name what the law asks for and the operator has not said."""
        wanted = {
            "controller": self.controller,
            "address": self.address,
            "email or phone": self.email or self.phone,
            "officer_email or officer_phone": self.officer_email or self.officer_phone,
            "recipients": self.recipients is not None,
        }
        bases = (f"legal_bases.{purpose}" for purpose in PURPOSES if purpose not in self.legal_bases)
        return (*(name for name, value in wanted.items() if not value), *bases)


@dataclass(frozen=True)
class Statements:
    """All that the operator says; `fault` is one sentence about what of it could not be read."""

    accessibility: Accessibility = field(default_factory=Accessibility)
    privacy: Privacy = field(default_factory=Privacy)
    fault: str = ""


def statements_of(text: str) -> Statements:
    """Read the operator's file (TOML 1.0); a part that is wrong counts as not said, and the other part holds."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Statements(fault=f"It is not TOML: {error}.")
    faults = [f"There is no part [{name}]." for name in document if name not in ("accessibility", "privacy")]
    accessibility = _part(Accessibility, document, "accessibility", faults)
    privacy = _part(Privacy, document, "privacy", faults)
    return Statements(accessibility, privacy, " ".join(faults))


def _part(kind: type[S], document: Mapping[str, Any], name: str, faults: list[str]) -> S:
    try:
        return kind.model_validate(document.get(name, {}))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        faults.append(f"{'.'.join(map(str, (name, *first['loc'])))}: {first['msg']}.")
        return kind()
