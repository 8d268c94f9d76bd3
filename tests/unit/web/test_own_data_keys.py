"""The key of a person's own link: for one person, for some days, and never taken for a token nor a token for it."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared import auth, clock
from shared.auth.own_data import LONGEST
from tests.builders import a_person

KEY = auth.new_key("k1")
PERSON = a_person()


def known(before: timedelta = timedelta(hours=1), after: timedelta = timedelta(days=90)) -> dict[str, auth.PublicKey]:
    now = clock.now()
    return {"k1": auth.PublicKey(OKPKey.import_key(auth.public_part(KEY)), now - before, now + after)}


def test_the_link_says_whose_it_is_and_until_when():
    found = auth.verify_own_data(auth.sign_own_data(KEY, PERSON.id, timedelta(days=7)), known())
    assert found.person_id == PERSON.id
    assert timedelta(days=7) - (found.expires_at - found.signed_at) < timedelta(seconds=2)


def test_a_link_is_no_token():
    with pytest.raises(auth.TokenRefused):
        auth.verify(auth.sign_own_data(KEY, PERSON.id, timedelta(minutes=10)), known())


def test_a_token_opens_nobodys_data():
    with pytest.raises(auth.OwnDataKeyRefused):
        auth.verify_own_data(auth.sign(KEY, PERSON), known())


def test_a_link_that_is_over_is_refused():
    with pytest.raises(auth.OwnDataKeyRefused):
        auth.verify_own_data(auth.sign_own_data(KEY, PERSON.id, timedelta(seconds=-60)), known())


def test_a_link_of_another_key_is_refused():
    other = {**auth.new_key("k1")}
    with pytest.raises(auth.OwnDataKeyRefused):
        auth.verify_own_data(auth.sign_own_data(other, PERSON.id, timedelta(days=7)), known())


def test_nobody_makes_a_link_for_longer_than_its_key_can_be_trusted():
    made = auth.verify_own_data(auth.sign_own_data(KEY, PERSON.id, timedelta(days=400)), known())
    assert made.expires_at - made.signed_at <= LONGEST
    now = int(clock.now().timestamp())
    claims = {"iss": auth.OWN_DATA_ISSUER, "sub": PERSON.id, "iat": now, "exp": now + 86_400 * 400}
    header = {"alg": auth.ALGORITHM, "kid": "k1"}
    with pytest.raises(auth.OwnDataKeyRefused):
        auth.verify_own_data(jwt.encode(header, claims, OKPKey.import_key(KEY), algorithms=[auth.ALGORITHM]), known())


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "ż" * 40, "." * 100])
def test_what_is_no_key_at_all_is_refused(text: str):
    with pytest.raises((auth.OwnDataKeyRefused, auth.TokenRefused)):
        auth.verify_own_data(text, known())
