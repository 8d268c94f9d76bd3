"""A token says who somebody is, for a short time, and only the registry can write one."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared import auth, clock
from shared.auth import PublicKey, TokenExpired, TokenRefused, UnknownKey
from shared.people import Person

PRIVATE = auth.new_key("k1")
KEYS = {
    "k1": PublicKey(
        OKPKey.import_key(auth.public_part(PRIVATE)),
        clock.now() - timedelta(hours=1),
        clock.now() + timedelta(hours=1),
    )
}
EWA = Person(id="p1", name="Ewa Żółć", language="en", administrator=True, roles={"o1": "leader"}, service=None)


def signed(claims: dict[str, Any], key: Any = None, header: dict[str, Any] | None = None) -> str:
    key = key or OKPKey.import_key(PRIVATE)
    header = {"alg": "Ed25519", "kid": "k1", **(header or {})}
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def claims(**changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {"iss": auth.ISSUER, "sub": "p1", "iat": now, "exp": now + 60, **changes}


def test_a_token_comes_back_as_the_person_it_was_signed_for():
    assert auth.verify(auth.sign(PRIVATE, EWA), KEYS) == EWA


def test_the_public_part_of_a_key_has_no_secret():
    assert "d" in PRIVATE
    assert "d" not in auth.public_part(PRIVATE)
    assert auth.public_part(PRIVATE)["kid"] == "k1"


def test_no_token_holds_longer_than_fifteen_minutes():
    body = auth.sign(PRIVATE, EWA, seconds=100_000).split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert said["exp"] == int(said["iat"]) + 900
    with pytest.raises(TokenRefused):
        auth.verify(signed(claims(exp=claims()["iat"] + 901)), KEYS)


def test_a_token_whose_time_is_over_is_refused():
    with pytest.raises(TokenExpired):
        auth.verify(auth.sign(PRIVATE, EWA, seconds=-10), KEYS)


def test_an_unknown_key_is_told_apart():
    with pytest.raises(UnknownKey):
        auth.verify(auth.sign(auth.new_key("k2"), EWA), KEYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "/osiedle/calendar"},
        {"iss": None},
        {"sub": None},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"roles": 3},
    ],
)
def test_a_token_without_its_claims_is_refused(changes: dict[str, Any]):
    with pytest.raises(TokenRefused):
        auth.verify(signed(claims(**changes)), KEYS)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused():
    secret = OctKey.import_key(auth.public_part(PRIVATE)["x"] * 2)
    forged = signed(claims(), key=secret, header={"alg": "HS256"})
    with pytest.raises(TokenRefused):
        auth.verify(forged, KEYS)


def test_a_token_without_a_signature_is_refused():
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').rstrip(b"=").decode()
    body = auth.sign(PRIVATE, EWA).split(".")[1]
    with pytest.raises(TokenRefused):
        auth.verify(f"{head}.{body}.", KEYS)


def test_a_changed_token_is_refused():
    head, body, signature = auth.sign(PRIVATE, Person(id="p1")).split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps({**said, "adm": True}).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenRefused):
        auth.verify(f"{head}.{other}.{signature}", KEYS)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "a" * 5000])
def test_what_is_no_token_is_refused(text: str):
    with pytest.raises(TokenRefused):
        auth.verify(text, KEYS)
