"""Webhooks: signatures as published, tries that grow rarer, and addresses that are none."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.signatures import SECRET_BYTES, secret_text, signature, signed_headers
from services.notifications.domain.webhooks import WAITS, fault_of, is_hopeless, wait_before

SECRET = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The vector with which the standard's own libraries are tested."""
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_a_signature_is_the_published_one():
    assert signature(SECRET, *MESSAGE) == SIGNED


@pytest.mark.parametrize(
    "other",
    [("msg_other", *MESSAGE[1:]), (MESSAGE[0], 1614265331, MESSAGE[2]), (*MESSAGE[:2], b'{"test": 2432232315}')],
)
def test_another_id_time_or_body_has_another_signature(other):
    assert signature(SECRET, *other) != SIGNED


def test_a_message_has_the_three_headers_of_the_standard():
    assert signed_headers(SECRET, *MESSAGE) == {
        "webhook-id": MESSAGE[0],
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNED,
    }


def test_a_secret_is_written_as_the_standard_says_and_read_back():
    assert secret_text(SECRET) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert b64decode(secret_text(b"x" * SECRET_BYTES).removeprefix("whsec_")) == b"x" * SECRET_BYTES
    assert 24 <= SECRET_BYTES <= 64


def test_tries_grow_rarer_and_end_after_three_days():
    waits = [wait_before(attempts, 0.0) for attempts in range(1, len(WAITS) + 1)]

    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=24))
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=4)
    assert wait_before(len(WAITS) + 1, 0.0) is None


def test_chance_spreads_a_wait_by_a_tenth_at_most():
    assert wait_before(2, 0.0) == timedelta(minutes=5)
    assert wait_before(2, 1.0) == timedelta(minutes=5, seconds=30)


@pytest.mark.parametrize(
    ("answered_at", "hopeless"), [(None, True), (NOON - timedelta(1), True), (NOON + timedelta(1), False)]
)
def test_who_took_another_message_meanwhile_is_not_given_up(answered_at, hopeless):
    assert is_hopeless(NOON, answered_at) is hopeless


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://example.org/alerts?key=1", None),
        ("https://example.org:8443", None),
        ("http://example.org/alerts", "https://"),
        ("https://anna:secret@example.org/", "name and password"),
        ("https://example.org:99999/", "not an address"),
        ("https:///alerts", "not an address"),
        ("https://[::1/", "not an address"),
        ("ftp://example.org/", "not an address"),
        ("alerts", "not an address"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_with_a_sentence(url, said):
    fault = fault_of(url, http_allowed=False)

    assert fault is None if said is None else said in (fault or "")


def test_the_operator_may_allow_addresses_without_https():
    assert fault_of("http://127.0.0.1:8080/", http_allowed=True) is None
