"""A person's own link: a signed key that opens what is held of one person, for some days, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared import clock
from shared.auth.tokens import ALGORITHM, LEEWAY_SECONDS, PublicKey, kid_of
from shared.problems import Problem

OWN_DATA_ISSUER = "/osiedle/registry/own-data"
"""Not the issuer of tokens: neither is ever taken for the other."""
LONGEST = timedelta(days=13)
"""The next signing key travels 14 days before it is needed, so every key outlives the links that it signed."""


class OwnDataKeyRefused(Problem):
    """The key of somebody's own link is none, or its time is over."""

    status = 403
    type = "own-link-refused"
    title = "This link no longer works"
    detail = "It holds for some days only. Ask for a new one under “Your data”."


@dataclass(frozen=True)
class OwnDataKey:
    """Whose link was opened, when it was signed and when it ends."""

    person_id: str
    signed_at: datetime
    expires_at: datetime


def sign_own_data(private_jwk: Mapping[str, Any], person_id: str, lifetime: timedelta) -> str:
    """Write the key of a link that opens what is held of this person, for 13 days at most."""
    issued = clock.now().timestamp()
    claims = {
        "iss": OWN_DATA_ISSUER,
        "sub": person_id,
        "iat": issued,
        "exp": int(issued + min(lifetime, LONGEST).total_seconds()),
    }
    header = {"alg": ALGORITHM, "kid": private_jwk["kid"]}
    return jwt.encode(header, claims, OKPKey.import_key(dict(private_jwk)), algorithms=[ALGORITHM])


def verify_own_data(text: str, keys: Mapping[str, PublicKey]) -> OwnDataKey:
    """Check the key of a link and say whose it is; raises `OwnDataKeyRefused`, or `TokenRefused` for what is no JWT."""
    key = keys.get(kid_of(text))
    if key is None or not key.not_before_at <= clock.now() < key.expires_at:
        raise OwnDataKeyRefused
    try:
        claims = jwt.decode(text, key.key, algorithms=[ALGORITHM]).claims
        _CLAIMS.validate(claims)
        found = OwnDataKey(str(claims["sub"]), _instant(claims["iat"]), _instant(claims["exp"]))
    except (JoseError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise OwnDataKeyRefused from error
    if found.expires_at - found.signed_at > LONGEST + timedelta(seconds=LEEWAY_SECONDS):
        raise OwnDataKeyRefused
    return found


_CLAIMS = jwt.JWTClaimsRegistry(
    leeway=LEEWAY_SECONDS,
    iss={"essential": True, "value": OWN_DATA_ISSUER},
    sub={"essential": True},
    exp={"essential": True},
    iat={"essential": True},
)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
