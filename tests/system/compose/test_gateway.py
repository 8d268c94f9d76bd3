"""The gateway passes on what the services say: streams at once, packed where that helps, each header one time."""

import httpx
import pytest

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]


def test_alerts_come_as_they_are_raised(town):
    headers = {"Authorization": f"Bearer {town.token}", "Accept": "text/event-stream", "Accept-Encoding": "gzip"}
    with httpx.stream("GET", f"{town.address}/notifications/api/v1/stream", headers=headers, timeout=15) as answer:
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers
        assert next(answer.iter_lines()).startswith(": listening")


def test_pages_are_packed_and_named_assets_kept_for_ever(town):
    page = httpx.get(f"{town.address}/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    asset = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style = httpx.get(f"{town.address}{asset}", headers={"Accept-Encoding": "gzip"})
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-encoding"] == "gzip"


def test_every_answer_has_each_header_of_security_once(town):
    for path in ("/", "/registry/api/v1/organisations", "/calendar/metrics", "/nobody-has-this"):
        headers = httpx.get(f"{town.address}{path}").headers
        for name in ("x-content-type-options", "content-security-policy", "referrer-policy", "cache-control"):
            assert len(headers.get_list(name)) == 1, (path, name)
        assert "server" not in headers
        assert "strict-transport-security" not in headers


def test_what_is_too_large_is_refused_by_the_service_in_its_words_and_far_too_large_by_the_gateway(town):
    large = town.ask("POST", "/calendar/api/v1/events", content=b" " * 2_000_000, status=413)
    assert large.headers["content-type"] == "application/problem+json"
    assert town.ask("POST", "/calendar/api/v1/imports", content=b" " * 26_000_000).status_code == 413
