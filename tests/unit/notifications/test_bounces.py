"""Bounces as Postfix, Exim, Exchange and Gmail write them; and what is none, or means harm."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.bounces import MOST_BYTES, Bounce, bounces_in

FOLDER = Path(__file__).resolve().parents[2] / "data" / "bounces"
KEY = "01912345-0000-7000-8000-000000000001"


def read(name):
    return (FOLDER / f"{name}.eml").read_text().replace("KEY", KEY).replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("name", "address", "status", "is_permanent", "is_address"),
    [
        ("postfix", "anna@example.org", "5.1.1", True, True),
        ("postfix-delayed", "anna@example.org", "4.4.1", False, False),
        ("exim", "anna@example.org", "5.1.1", True, True),
        ("exim-in-words", "anna@example.org", "5.1.1", True, True),
        ("exchange", "Anna@Example.org", "5.1.10", True, True),
        ("gmail", "anna@example.org", "5.2.2", True, False),
    ],
)
def test_each_shape_names_the_letter_the_address_and_what_is_wrong(name, address, status, is_permanent, is_address):
    assert bounces_in(read(name)) == (Bounce(KEY, "example.org", address, status, is_permanent, is_address),)


def test_every_fixture_says_where_its_shape_is_from_and_is_read():
    for file in FOLDER.glob("*.eml"):
        assert "X-Shape-Source: " in file.read_text(), file.name
        assert bounces_in(read(file.stem)), file.name


def test_what_got_through_is_no_bounce():
    assert bounces_in(read("postfix").replace(b"Action: failed", b"Action: delivered")) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: anna@example.org\r\nSubject: Re: Kolizja\r\n\r\n550 5.1.1 anna@example.org\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nx",
        b"\xff\xfe\x00",
        b"X-Failed-Recipients: \r\n\r\n",
        b"a" * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_report_holds_none(raw):
    assert bounces_in(raw) == ()


def test_a_mail_of_many_parts_in_parts_is_read_to_an_end():
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2000))
    assert bounces_in(nested) == ()


@given(st.binary(max_size=2000), st.sampled_from(["postfix", "exim", "exchange", "gmail"]), st.integers(0, 1500))
def test_whatever_is_written_into_a_report_nothing_is_raised(noise, name, at):
    raw = read(name)
    for bounce in bounces_in(raw[:at] + noise + raw[at:]):
        assert len(bounce.key) <= 200
