"""Whether two organisations are one: separate evidences, each with its reason, for a person who decides."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from services.registry.domain.names import STEM, Name, likeness, numbers_differ, taken_apart
from services.registry.domain.words import folded
from shared.messages.base import Reason

ENOUGH = 60
"""From this score on a pair is shown to somebody."""
WEIGHTS: Mapping[str, int] = {
    "same_identifier": 100,
    "same_name": 60,
    "like_name": 40,
    "somewhat_like_name": 20,
    "same_mail": 45,
    "same_phone": 35,
    "same_website": 25,
    "same_mail_domain": 20,
    "same_address": 15,
    "near": 15,
    "far": -25,
}
VETOES = ("other_numbers", "other_identifier")
PUBLIC_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "wp.pl",
        "o2.pl",
        "onet.pl",
        "onet.eu",
        "op.pl",
        "interia.pl",
        "interia.eu",
        "poczta.onet.pl",
        "poczta.fm",
        "tlen.pl",
        "gazeta.pl",
        "vp.pl",
        "yahoo.com",
        "outlook.com",
        "hotmail.com",
        "icloud.com",
        "protonmail.com",
        "proton.me",
    ]
)
"""Whoever has a mailbox there shares nothing with the next who has."""
SHARED_HOSTS = frozenset(
    [
        "facebook.com",
        "m.facebook.com",
        "instagram.com",
        "youtube.com",
        "sites.google.com",
        "google.com",
        "krakow.pl",
        "um.krakow.pl",
        "gov.pl",
        "bip.krakow.pl",
        "bip.malopolska.pl",
        "linktr.ee",
        "wordpress.com",
        "x.com",
        "twitter.com",
        "tiktok.com",
    ]
)
NEAR_M = 60
FAR_M = 1500
LAST_DIGITS = 9


@dataclass(frozen=True)
class Traits:
    """What is known of one organisation that tells it from others; `identifiers` by kind (`nip`, `regon`, …)."""

    name: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()

    @cached_property
    def apart(self) -> Name:
        """The name, taken apart."""
        return taken_apart(self.name)

    @cached_property
    def plain_address(self) -> str:
        """The address, without regard to case and Polish marks."""
        return folded(self.address)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys under which it meets others (`blocking_keys`)."""
        return blocking_keys(self)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The telephone numbers as they are compared: their last nine digits."""
        digits = ("".join(letter for letter in phone if letter.isdecimal()) for phone in self.phones)
        return frozenset(one[-LAST_DIGITS:] for one in digits if len(one) >= LAST_DIGITS)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The mail addresses, without regard to case."""
        return frozenset(mail.casefold() for mail in self.mails)

    @cached_property
    def domains(self) -> frozenset[str]:
        """The mail domains that are not open to everybody."""
        found = {mail.rpartition("@")[2] for mail in self.addresses}
        return frozenset(found - PUBLIC_MAIL - SHARED_HOSTS)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of the websites that are not shared by everybody."""
        found = {_host(website) for website in self.websites}
        return frozenset(found - SHARED_HOSTS - {""})


@dataclass(frozen=True)
class Likeness:
    """How much speaks for two being one, why, and what speaks against it for certain."""

    score: int
    reasons: tuple[Reason, ...]
    vetoes: tuple[Reason, ...] = ()

    @property
    def is_candidate(self) -> bool:
        """Whether a person should look at the two; nothing is ever merged by itself."""
        return self.score >= ENOUGH and not self.vetoes


def compare(one: Traits, other: Traits) -> Likeness:
    """Weigh every evidence that two organisations are one. The order of the two does not matter."""
    vetoes: list[Reason] = []
    if numbers_differ(one.apart, other.apart):
        mine, theirs = (", ".join(map(str, sorted(name.numbers))) for name in (one.apart, other.apart))
        vetoes.append(Reason(code="other_numbers", values={"one": mine, "other": theirs}))
    vetoes += _identifier_vetoes(one, other)
    reasons = [*_identifiers(one, other), *_name(one, other), *_reached(one, other), *_placed(one, other)]
    score = sum(WEIGHTS[reason.code] for reason in reasons)
    return Likeness(max(0, min(100, score)), tuple(reasons), tuple(vetoes))


def blocking_keys(traits: Traits) -> frozenset[str]:
    """Name the keys under which two that might be one meet: only who shares one is compared at all."""
    keys = {f"{kind}:{number}" for kind, number in traits.identifiers.items()}
    keys |= {f"phone:{number}" for number in traits.numbers}
    keys |= {f"mail:{mail}" for mail in traits.addresses}
    keys |= {f"host:{host}" for host in traits.domains | traits.hosts}
    keys |= {f"word:{word[:STEM]}" for word in traits.apart.telling}
    whole = " ".join(sorted(traits.apart.words))
    keys.add(f"name:{whole} {' '.join(map(str, sorted(traits.apart.numbers)))}".strip())
    if traits.apart.numbers:
        sort = min(traits.apart.words, default="")
        keys |= {f"number:{sort[:STEM]}{number}" for number in traits.apart.numbers}
    return frozenset(key[:100] for key in keys)


def _identifiers(one: Traits, other: Traits) -> Iterable[Reason]:
    for kind, number in one.identifiers.items():
        if other.identifiers.get(kind) == number:
            yield Reason(code="same_identifier", values={"kind": kind.upper(), "number": number})
            return


def _identifier_vetoes(one: Traits, other: Traits) -> Iterable[Reason]:
    """A REGON belongs to one institution alone; of a NIP nothing follows, it may be that of the whole town."""
    mine, theirs = one.identifiers.get("regon", ""), other.identifiers.get("regon", "")
    if mine and theirs and mine != theirs and len(mine) == len(theirs):
        yield Reason(code="other_identifier", values={"kind": "REGON", "one": mine, "other": theirs})


def _name(one: Traits, other: Traits) -> Iterable[Reason]:
    alike = likeness(one.apart, other.apart)
    if alike >= 0.99:
        yield Reason(code="same_name")
    elif alike >= 0.75:
        yield Reason(code="like_name")
    elif alike >= 0.5:
        yield Reason(code="somewhat_like_name")


def _reached(one: Traits, other: Traits) -> Iterable[Reason]:
    if shared := one.addresses & other.addresses:
        yield Reason(code="same_mail", values={"what": min(shared)})
    elif shared := one.domains & other.domains:
        yield Reason(code="same_mail_domain", values={"what": min(shared)})
    if shared := one.numbers & other.numbers:
        yield Reason(code="same_phone", values={"what": min(shared)})
    if shared := one.hosts & other.hosts:
        yield Reason(code="same_website", values={"what": min(shared)})


def _placed(one: Traits, other: Traits) -> Iterable[Reason]:
    if one.plain_address and one.plain_address == other.plain_address:
        yield Reason(code="same_address")
    metres = distance_m(one, other)
    if metres is not None and metres <= NEAR_M:
        yield Reason(code="near", values={"metres": round(metres)})
    elif metres is not None and metres > FAR_M:
        yield Reason(code="far", values={"kilometres": round(metres / 1000, 1)})


def distance_m(one: Traits, other: Traits) -> float | None:
    """Give the metres between two points on the sphere (haversine), or None where one has none."""
    places = (one.latitude, one.longitude, other.latitude, other.longitude)
    if any(place is None for place in places):
        return None
    north, east, north_of_other, east_of_other = (math.radians(place) for place in places if place is not None)
    half = (
        math.sin((north - north_of_other) / 2) ** 2
        + math.cos(north) * math.cos(north_of_other) * math.sin((east - east_of_other) / 2) ** 2
    )
    return 2 * 6_371_000 * math.asin(math.sqrt(min(1.0, half)))


def _host(website: str) -> str:
    """Give the host of a website, without `www.`; nothing where the address cannot be read."""
    try:
        host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
