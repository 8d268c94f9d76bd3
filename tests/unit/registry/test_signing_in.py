"""What signing in thinks about: passwords, spellings of addresses, kinds of browsers, slow hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.registry.domain.browsers import label_of
from services.registry.domain.mail_addresses import email_hash_of, is_mail_address, usual_spelling
from services.registry.domain.passwords import weakness_of
from services.registry.domain.secrets import new_code
from services.registry.domain.slow_hashes import NOBODYS, is_hash_of, slow_hash_of

OWN = ("Barbara Wójcik-Żuk", "b.wojcik@klub-azory.example.org")


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("zielony rower na dachu", None),
        ("correct horse battery staple", None),
        ("8391-2749-1837-3382", None),
        ("kX9#vTq2!mZp", None),
        ("krótkie", "short"),
        ("jedenaście!", "short"),
        ("x" * 201, "long"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("abababababababab", "common"),
        ("123456789012", "common"),
        ("qwertyuiop12", "common"),
        ("Haslo1234567", "common"),
        ("hasłohasło12", "common"),
        ("Password2026!", "common"),
        ("zaq12wsxZAQ!@WSX", "common"),
        ("Osiedle-Azory-2026", "common"),
        ("barbarawojcik", "own"),
        ("BarbaraWójcik1950", "own"),
        ("b.wojcik@klub-azory.example.org", "own"),
    ],
)
def test_what_everybody_tries_first_is_no_password(password: str, weakness: str | None) -> None:
    assert weakness_of(password, OWN) == weakness


@given(st.text(max_size=300), st.lists(st.text(max_size=50), max_size=3))
def test_any_text_is_judged(password: str, own: list[str]) -> None:
    assert weakness_of(password, own) in ("short", "long", "common", "own", None)


def test_an_address_is_the_same_however_a_phone_spells_it() -> None:
    assert email_hash_of(" Anna@Example.ORG ") == email_hash_of("anna@example.org")
    assert usual_spelling("ŻÓŁW@example.org") == usual_spelling("z\u0307o\u0301łw@example.org")
    assert email_hash_of("anna@example.org") != email_hash_of("anna@example.com")


@pytest.mark.parametrize("text", ["anna@example.org", " a.b+c@sub.example.org", "żółw@żółw.pl"])
def test_what_is_a_mail_address(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    "text", ["", "anna", "@example.org", "a@b", "a b@example.org", "a@example.org\nBcc: b@example.org", "a@b@c.pl",
             "a@example.org,b@example.org", "<a@example.org>", "a" * 250 + "@example.org"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert not is_mail_address(text)


@given(st.text(max_size=400))
def test_no_text_breaks_out_of_an_address(text: str) -> None:
    assert not (is_mail_address(text) and any(sign in text.strip() for sign in "\r\n,;<> "))


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/130.0 Safari/537 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25 Chrome/121 Safari/537", "Samsung Internet, Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537 Chrome/130 Safari/537", "Chrome, ChromeOS"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_known_again_by_two_words(agent: str, label: str) -> None:
    assert label_of(agent) == label


def test_the_hash_of_nobody_costs_what_a_real_one_costs_and_fits_nothing() -> None:
    kept = slow_hash_of("123456")
    assert NOBODYS.split("$")[:4] == kept.split("$")[:4]
    assert not PasswordHash(
        (Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),)
    ).current_hasher.check_needs_rehash(NOBODYS)
    assert is_hash_of(kept, "123456")
    assert not is_hash_of(kept, "123457")
    assert not is_hash_of(None, "")


def test_a_code_has_six_digits_also_when_it_begins_with_zeros() -> None:
    codes = [new_code() for _ in range(2000)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert len(set(codes)) > 1900
