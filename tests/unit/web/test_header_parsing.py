"""Whatever stands in a header, a cookie or an address, it is understood or refused as it should be, and at once.

Every parser of outside input has its property; where they are:

- here: tokens, keys of own links and of programs, If-Match, If-None-Match, Accept-Language, traceparent,
  X-Forwarded-For, Origin, cookies
- beside this file: cursors (`test_paging`), addresses to count by (`test_limits`), addresses that users chose
  (`test_outgoing`), cells of tables (`test_spreadsheets`), names of files (`test_attachments`)
- `../registry`: tables of organisations (`test_domain`), mail addresses and passwords (`test_signing_in`), links, the
  way back, the browser's name (`test_typed_parsing`)
- `../calendar/test_calendar_parsing`: calendar files, rules, zones, the plan form
- `../map/test_area_parsing`: boxes and points; `../bus/test_envelope_parsing`: both doors of the bus
- `tests/service/test_openapi`: JSON bodies, queries and paths, by schemathesis
"""

import base64
import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import Request, Response
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared import auth, clock, i18n
from shared.auth.keys import key_parts, key_text, without_keys
from shared.auth.own_data import OwnDataKeyRefused, verify_own_data
from shared.auth.tokens import kid_of
from shared.limits import counted_address
from shared.observability import trace_of
from shared.problems import ChangedMeanwhile, NotAllowed, VersionRequired
from shared.web.answers import etag_of
from shared.web.api import _is_known_to
from shared.web.middleware import refuse_forgery
from shared.web.requests import version_to_edit

LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=300)
"""What a header can hold."""
KEY = auth.new_key("k1")
KEYS = {
    "k1": auth.PublicKey(
        OKPKey.import_key(auth.public_part(KEY)),
        clock.now() - timedelta(days=1),
        clock.now() + timedelta(days=1),
    )
}


def part(value: Any) -> str:
    """Write a part of a token (RFC 7515 §2)."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims: dict[str, Any]) -> str:
    """Write a token with our own key."""
    header = {"alg": auth.ALGORITHM, "kid": "k1"}
    return jwt.encode(header, claims, OKPKey.import_key(KEY), algorithms=[auth.ALGORITHM])


HEADERS = st.fixed_dictionaries(
    {"alg": st.sampled_from(["Ed25519", "EdDSA", "none", "HS256", "", None, 5])},
    optional={
        "kid": st.one_of(st.just("k1"), st.text(max_size=9), st.none(), st.integers(), st.lists(st.text(max_size=3))),
        "crit": st.one_of(st.lists(st.text(max_size=3), max_size=2), st.just(5)),
        "b64": st.booleans(),
        "jku": st.just("http://127.0.0.1/"),
        "jwk": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    },
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
TOKENS = st.one_of(
    LATIN,
    st.builds(lambda *parts: ".".join(map(part, parts)), HEADERS, ANY_JSON, st.binary(max_size=70)),
    st.builds(lambda *parts: ".".join(map(part, parts)), ANY_JSON, ANY_JSON, st.binary(max_size=70)),
)


@given(TOKENS)
@example("..")
@example(part(b"[" * 400) + "..")
@example(part(b"[" * 2000) + "..")
@example(part(b"[" * 9000) + "..")
@example(part(b'{"a":' * 9000) + ".e30.e30")
@example(part(b"9" * 9000) + "..")
@example(part(b"\xff\xfe") + "..")
def test_a_token_that_is_not_ours_is_refused(token: str):
    with pytest.raises(auth.TokenRefused):
        auth.verify(token, KEYS)
    with pytest.raises((OwnDataKeyRefused, auth.TokenRefused)):
        verify_own_data(token, KEYS)


@given(st.dictionaries(st.sampled_from(["iss", "sub", "exp", "iat", "roles", "sid", "name", "lang", "adm"]), ANY_JSON))
def test_a_token_that_we_signed_but_that_says_nonsense_is_refused_or_understood(claims: dict[str, Any]):
    """Nobody else can sign one; but a later version of us may write others."""
    with pytest.raises(auth.TokenRefused):
        auth.verify(signed({"iss": auth.ISSUER, **claims}), KEYS)


@given(LATIN)
def test_what_names_a_key_is_text(token: str):
    with suppress(auth.TokenRefused):
        assert isinstance(kid_of(token), str)


@given(st.uuids(), st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_an_api_key_comes_back_as_it_was_written_and_is_hidden_in_a_log(key_id: Any, secret: str):
    text = key_text(str(key_id), secret)
    assert key_parts(text) == (str(key_id), secret)
    assert secret not in without_keys(f"GET /x?key={text}")


@given(LATIN)
@example("osk_")
@example("osk_" + "0" * 32 + "_" + "0" * 63)
@example("osk_" + "0" * 32 + "_" + "٠" * 64)
@example("osk_" + "0" * 32 + "_" + "0" * 64 + "\n")
def test_any_other_text_is_no_api_key(text: str):
    parts = key_parts(text)
    assert parts is None or key_text(*parts) == text


@given(st.integers(0, 10**17))
def test_a_version_comes_back_from_its_etag(version: int):
    assert version_to_edit(etag_of(version)) == version


@given(LATIN)
@example('"' + "9" * 400 + '"')
@example('"٣"')
@example('W/"1"')
def test_any_other_if_match_is_refused(text: str):
    with suppress(VersionRequired, ChangedMeanwhile):
        assert 0 <= version_to_edit(text) < 10**18


def request_with(name: str, value: str) -> Request:
    return Request({"type": "http", "method": "GET", "headers": [(name.encode(), value.encode("latin-1"))]})


@given(LATIN)
def test_if_none_match_is_a_question_of_yes_or_no(text: str):
    response = Response(headers={"ETag": '"5"'})
    known = _is_known_to(request_with("if-none-match", text), response)
    assert known is (text.strip() == "*" or '"5"' in [one.strip().removeprefix("W/") for one in text.split(",")])


@given(
    st.one_of(
        LATIN,
        st.lists(st.tuples(st.sampled_from(["pl", "en", "de", "*", "pl-PL"]), LATIN), max_size=4).map(
            lambda ranges: ",".join(f"{tag};q={quality}" for tag, quality in ranges)
        ),
    )
)
@example("pl;q=nan,en;q=inf,*;q=-1")
@example("," * 60_000)
def test_one_of_our_languages_is_always_chosen(text: str):
    assert i18n.chosen(text, "pl") in i18n.LANGUAGES


@given(LATIN)
def test_a_trace_is_continued_or_begun(text: str):
    trace, parent = trace_of(text)
    assert re.fullmatch("[0-9a-f]{32}", trace)
    assert re.fullmatch(f"00-{trace}-[0-9a-f]{{16}}-01", parent)
    assert trace_of(parent)[0] == trace


@given(st.one_of(LATIN, st.lists(st.one_of(st.ip_addresses().map(str), LATIN), max_size=5).map(", ".join)))
@example("[::1")
@example("1.1.1.1:99999999999999999999")
@example("," * 10_000)
async def test_what_a_proxy_forwards_is_an_address_to_count_by(text: str):
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["client"])

    headers = [(b"x-forwarded-for", text.encode("latin-1")), (b"x-forwarded-proto", text.encode("latin-1"))]
    scope = {"type": "http", "client": ("10.0.0.1", 1), "scheme": "http", "headers": headers}
    await ProxyHeadersMiddleware(app, ["10.0.0.0/8"])(scope, None, None)  # type: ignore[arg-type]
    assert scope["scheme"] in ("http", "https", "ws", "wss")
    assert 1 <= len(counted_address(seen[0][0])) <= 64


@given(LATIN, LATIN, LATIN)
@example("", "null", "")
@example("", "http://[", "[")
def test_only_our_own_pages_may_write_with_a_cookie(site: str, origin: str, host: str):
    named = {"sec-fetch-site": site, "origin": origin, "host": host, "cookie": f"{auth.TOKEN_COOKIE}=x"}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in named.items() if value]
    own = (
        site in ("same-origin", "none")
        if site
        else bool(host)
        and origin.partition("://")[::2] != ("", "")
        and ("://" in origin and origin.partition("://")[2] == host)
    )
    try:
        refuse_forgery({"type": "http", "method": "POST", "path": "/", "headers": headers}, secure=False)
        assert own
    except NotAllowed:
        assert not own


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n"), max_size=2000))
@example('a="' * 600)
@example(";" * 60_000)
def test_any_cookie_header_is_read(text: str):
    assert isinstance(request_with("cookie", text).cookies, dict)


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers())
def test_an_instant_of_a_token_that_no_calendar_has_is_refused(moment: float):
    claims = {"iss": auth.ISSUER, "sub": "x", "iat": moment, "exp": moment}
    try:
        person = auth.verify(signed(claims), KEYS)
    except auth.TokenRefused:
        return
    assert person.known_since is not None
    assert abs(person.known_since - datetime.now(UTC)) < timedelta(seconds=auth.LEEWAY_SECONDS + 5)
