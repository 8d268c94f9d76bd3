"""The words that pages use for kinds and roles (gettext sources), and where a contact leads."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_currency

from services.registry.commands.import_steps import Choice, Result
from services.registry.domain import contact_links
from services.registry.domain.plans import BudgetStatus, ContactKind, MatchState, Stage, Visibility
from services.registry.domain.reviews import ReviewReason
from services.registry.domain.searching import SearchedKind
from services.registry.domain.tables import TableKind
from services.registry.domain.visibility import is_agreed
from services.registry.models import Contact
from shared import clock, i18n
from shared.i18n import say
from shared.messages.registry import (
    CostPer,
    InitiativeRole,
    LendsTo,
    NeedStatus,
    OrganisationKind,
    OrganisationStatus,
    ProblemStatus,
    ResourceKind,
    Role,
    Urgency,
)

ORGANISATION_KINDS: dict[OrganisationKind, str] = {
    "public_institution": "public institution",
    "ngo": "association or foundation",
    "school": "school",
    "housing_association": "housing association",
    "company": "firm",
    "council": "district council",
    "informal_group": "informal group",
    "other": "other",
}
CARD_FIELDS: dict[str, str] = {
    "kind": "Kind of institution",
    "description": "Description",
    "description_en": "Description in English",
    "plain_description": "Description in plain language",
    "opening_hours": "Opening hours",
    "nip": "NIP",
    "regon": "REGON",
    "krs": "KRS",
    "rspo": "RSPO",
    "audiences": "Audiences",
    "themes": "Themes",
    "links": "Links",
    "step_free": "Access without steps",
    "address": "Address",
    "latitude": "Point on the map",
    "parent_id": "What it belongs to",
}
"""Fields of a card, as they stand before a value."""
RESOURCE_KINDS: dict[ResourceKind, str] = {
    "space": "space",
    "equipment": "equipment",
    "skill": "skill",
    "volunteers": "volunteers’ time",
    "money": "money",
    "knowledge": "knowledge",
}
LENDS_TO: dict[LendsTo, str] = {
    "everyone": "everyone",
    "partners": "people who work together here",
    "members": "only people of this institution",
}
COSTS_PER: dict[CostPer, str] = {"hour": "for an hour", "day": "for a day", "once": "for the whole time"}
STATUSES: dict[OrganisationStatus, str] = {
    "active": "active",
    "suspended": "not working for now",
    "ended": "no longer there",
}
REVIEW_REASONS: dict[ReviewReason, str] = {
    "not_confirmed": "not confirmed for a year",
    "no_contact": "no number or address that others see",
    "no_point": "not on the map",
    "no_opening_hours": "no opening hours",
    "no_description": "no description",
    "unknown_kind": "kind not chosen",
}
SEARCHED: dict[SearchedKind, str] = {
    "organisation": "Institutions",
    "venue": "Venues",
    "resource": "Resources",
    "need": "Needs",
    "problem": "Problems",
    "initiative": "Initiatives",
}
NEED_STATUSES: dict[NeedStatus, str] = {
    "open": "open",
    "matched": "somebody can help",
    "met": "met",
    "closed": "closed",
}
MATCH_STATES: dict[MatchState, str] = {
    "suggested": "waits for an answer",
    "accepted": "accepted",
    "declined": "declined",
    "over": "no longer current",
}
URGENCIES: dict[Urgency, str] = {"low": "it can wait", "normal": "as usual", "urgent": "urgent"}
OUTCOMES: dict[str, str] = {"met": "We got what we needed", "closed": "We do not need it any more"}
WEEKDAYS: dict[int, str] = {
    1: "Monday",
    2: "Tuesday",
    3: "Wednesday",
    4: "Thursday",
    5: "Friday",
    6: "Saturday",
    7: "Sunday",
}
PROBLEM_STATUSES: dict[ProblemStatus, str] = {
    "named": "named",
    "discussed": "discussed",
    "adopted": "adopted: somebody takes care of it",
    "in_work": "in work",
    "solved": "solved",
    "dropped": "dropped",
}
STAGES: dict[Stage, str] = {
    "diagnosis": "Diagnosis: finding out what is wrong, and why",
    "poll": "Poll: asking residents",
    "consultation": "Consultation: choosing what to do, together with residents",
    "works": "Direct works: doing it, residents too",
}
INITIATIVE_ROLES: dict[InitiativeRole, str] = {
    "lead": "leads",
    "partner": "partner",
    "supporter": "supports it",
}
BUDGET_STATUSES: dict[BudgetStatus, str] = {
    "planned": "planned",
    "applied": "applied for",
    "granted": "granted",
    "spent": "spent",
}
ROLES: dict[Role, str] = {"member": "member", "coordinator": "coordinator", "leader": "leader"}
VISIBILITIES: dict[Visibility, str] = {
    "public": "public",
    "partners": "for partners only",
    "coordinators": "for coordinators only",
    "private": "private",
}
CONTACT_KINDS: dict[ContactKind, str] = {
    "phone": "telephone",
    "email": "e-mail address",
    "website": "website",
    "address": "postal address",
    "other": "another way",
}
SEEN_BY: dict[Visibility, str] = {
    "public": "Everybody: it stands on the institution’s page, and anybody on the internet can read it.",
    "partners": "Partners: people who work together here, once they have signed in.",
    "coordinators": "Coordinators: only those who coordinate or lead one of the institutions here.",
}
ONLY_ME = "Only I: besides me, administrators of this site; every look of theirs is written down for me."
ONLY_US = "Only we: those who act for this institution, and who looks after the whole neighbourhood."
SCOPES: dict[str, str] = {
    "calendar:read": "Read the calendar and its conflicts",
    "calendar:write": "Plan, move and cancel events",
    "registry:read": "Read about institutions and people, as far as I may",
    "registry:write": "Change institutions, resources and needs",
    "map:read": "Read the map",
    "notifications:read": "Read my alerts",
    "notifications:write": "Mark my alerts as read and change how I am told",
}
"""In plain words (gettext sources). On the map nothing can be written, so that is not offered to people."""


TABLES: dict[TableKind, str] = {
    "organisations": "Institutions",
    "venues": "Venues",
    "resources": "Resources",
    "needs": "Needs",
}
IMPORT_RESULTS: dict[Result, str] = {
    "imported": "New",
    "updated": "Changed",
    "repaired": "New or changed, with a repair",
    "unchanged": "Known already",
    "candidate": "Waits for your decision",
    "skipped": "Left out",
    "refused": "Not taken",
}
ENDED_IMPORT_RESULTS: dict[Result, str] = {"candidate": "Left out: nobody decided"}
"""What is said otherwise once an import has ended."""
IMPORT_CHOICES: dict[Choice, str] = {
    "ask": "do not decide yet: leave it out",
    "update": "it is the same: change the one that is here",
    "add": "it is another one: add it",
    "skip": "leave it out",
}

NOTICES = {
    "supported": "Thank you. Your support is counted.",
    "counted": "Your support was counted today already.",
    "saved": "It is saved.",
    "withdrawn": "The support is taken back.",
    "formed": "The initiative is formed.",
    "wanted": "Thank you. The initiative is formed as soon as one more says yes.",
    "declined": "It is declined, and you are not asked again.",
    "let_through": "It is public now.",
    "changed": "Somebody else changed this a moment ago. Look again, and repeat your change if need be.",
}
"""What a page of problems or coalitions says after something was done; the address names the sentence."""


def said(words: Mapping[Any, str]) -> dict[str, str]:
    """Say a table of words in the language of the running request."""
    return {code: say(word) for code, word in words.items()}


def notice_of(code: str) -> str | None:
    """Say what was done, in the language of the running request; nothing for a code that is none."""
    return say(NOTICES[code]) if code in NOTICES else None


def seen_by(*, is_person: bool) -> dict[str, str]:
    """Say in a sentence who sees a contact on each level, from the fewest to the most."""
    return {"private": say(ONLY_ME if is_person else ONLY_US), **dict(reversed(said(SEEN_BY).items()))}


def is_shown(contact: Contact) -> bool:
    """Say whether a contact is shown at this moment to anybody but its owner, as far as its level goes."""
    return is_agreed(valid_until_at=contact.valid_until_at, withdrawn_at=contact.withdrawn_at, now=clock.now())


def zlotys(amount: float | str) -> str:
    """Write an amount of money as the reader's language does: `12,50 zł`."""
    return format_currency(amount, "PLN", locale=i18n.LOCALES[i18n.language.get()])


def link_of(contact: Contact) -> str | None:
    """Say where a contact leads: it can be called, written to or opened."""
    return contact_links.link_of(contact.kind, contact.value)
