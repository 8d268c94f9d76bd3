"""Signed tokens: the registry signs who somebody is, every service checks it with its own copy of the public keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

from shared import clock
from shared.people import Person
from shared.problems import NotSignedIn

ISSUER = "/osiedle/registry"
ALGORITHM = "Ed25519"
"""EdDSA over Ed25519 by its own name (RFC 9864 §2.2)."""
LONGEST_SECONDS = 900
LEEWAY_SECONDS = 5
TOKEN_COOKIE = "osiedle_token"  # noqa: S105 — the cookie's name, not its value
SESSION_COOKIE = "osiedle_session"
RENEWED_COOKIE = "osiedle_renewed"
"""For some seconds after a browser got a new token: if that one is refused too, it is not sent for another."""


def cookie_name(name: str, *, secure: bool) -> str:
    """Give the name a cookie has: over HTTPS one that only this very host can have set (RFC 6265bis §4.1.3.2)."""
    return f"__Host-{name}" if secure else name


@dataclass(frozen=True)
class PublicKey:
    """A public key and the time in which its signatures hold."""

    key: OKPKey
    not_before_at: datetime
    expires_at: datetime


class TokenRefused(NotSignedIn):
    """The token is not one of ours, or no longer."""

    title = "Your sign-in does not hold"
    detail = "The token is not valid; sign in again."


class TokenExpired(TokenRefused):
    """The token was ours, and its time is over."""

    detail = "Its time is over; sign in again."


class UnknownKey(TokenRefused):
    """The token names a key that has not reached us; it may do so in a moment."""


def new_key(kid: str) -> dict[str, Any]:
    """Make a private signing key as a JWK (RFC 8037, OKP Ed25519)."""
    return dict(OKPKey.generate_key("Ed25519", {"kid": kid}, private=True).as_dict(private=True))


def public_part(private_jwk: Mapping[str, Any]) -> dict[str, Any]:
    """Give the public JWK of a private one."""
    return dict(OKPKey.import_key(dict(private_jwk)).as_dict(private=False))


def sign(private_jwk: Mapping[str, Any], person: Person, seconds: int = LONGEST_SECONDS) -> str:
    """Write a token that says for at most 15 minutes who `person` is and what roles they have."""
    issued = clock.now().timestamp()
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": person.id,
        "name": person.name,
        "lang": person.language,
        "adm": person.administrator,
        "nbh": person.neighbourhood_coordinator,
        "roles": dict(person.roles),
        "iat": issued,
        "exp": int(issued) + min(seconds, LONGEST_SECONDS),
    }
    if person.service:
        claims["svc"] = person.service
    if person.session_id:
        claims["sid"] = person.session_id
    header = {"alg": ALGORITHM, "kid": private_jwk["kid"]}
    return jwt.encode(header, claims, OKPKey.import_key(dict(private_jwk)), algorithms=[ALGORITHM])


def verify(token: str, keys: Mapping[str, PublicKey]) -> Person:
    """Check a token and give the person it speaks of; raises `UnknownKey`, `TokenExpired` or `TokenRefused`."""
    key = keys.get(kid_of(token))
    if key is None:
        raise UnknownKey
    now = clock.now()
    if not key.not_before_at <= now < key.expires_at:
        raise TokenRefused
    try:
        claims = jwt.decode(token, key.key, algorithms=[ALGORITHM]).claims
        _CLAIMS.validate(claims)
        if claims["exp"] - claims["iat"] > LONGEST_SECONDS:
            raise TokenRefused
        return _person_of(claims)
    except ExpiredTokenError as error:
        raise TokenExpired from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused from error


_CLAIMS = jwt.JWTClaimsRegistry(
    leeway=LEEWAY_SECONDS,
    iss={"essential": True, "value": ISSUER},
    sub={"essential": True},
    exp={"essential": True},
    iat={"essential": True},
)


def kid_of(token: str) -> str:
    """Name the key that a token says it was signed with; raises `TokenRefused`."""
    try:
        return str(jws.extract_compact(token.encode()).headers().get("kid"))
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise TokenRefused from error


def _person_of(claims: Mapping[str, Any]) -> Person:
    return Person(
        id=str(claims["sub"]),
        name=str(claims.get("name", "")),
        language="en" if claims.get("lang") == "en" else "pl",
        administrator=claims.get("adm") is True,
        neighbourhood_coordinator=claims.get("nbh") is True,
        roles=dict(claims.get("roles", {})),
        service=claims.get("svc"),
        session_id=claims.get("sid"),
        known_since=datetime.fromtimestamp(claims["iat"], UTC),
    )
