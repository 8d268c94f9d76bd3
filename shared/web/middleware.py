"""What happens to every request before and after its door: trace, language, origin, size, security headers."""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import auth, i18n, outbox
from shared.observability import Counters, known_method, traced
from shared.problems import NotAllowed, Problem
from shared.settings import ServiceSettings
from shared.web import refusals
from shared.web.requests import MOST_DIGITS, SAFE_METHODS

log = logging.getLogger(__name__)


def content_security_policy(*, images: Sequence[str] = (), ancestors: Sequence[str] = ()) -> str:
    """Write the policy of a page; a door may let in pictures of other origins, and let other sites frame it."""
    pictures = " ".join(("'self' data: blob:", *images))
    frames = " ".join(("'self'", *ancestors))
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self'; img-src {pictures}; "
        f"worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {frames}"
    )


CONTENT_SECURITY_POLICY = content_security_policy()
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}
HSTS = "max-age=31536000"
OUR_COOKIES = frozenset({auth.TOKEN_COOKIE, auth.SESSION_COOKIE})
LANGUAGE_COOKIE = "osiedle_language"
FORM_BYTES = 250_000
"""The largest form: 20,000 letters of any language and all that stands beside; reading one is dear."""
YEAR_SECONDS = 31_536_000


class ForeignOrigin(NotAllowed):
    """Another site sent this in the name of somebody who is signed in here (cross-site request forgery)."""

    type = "foreign-origin"
    title = "This came from another site"


def on_start(send: Send, change: Callable[[Message, MutableHeaders], None]) -> Send:
    """Let `change` see an answer's start and its headers before they leave."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(message, MutableHeaders(scope=message))
        await send(message)

    return sending


def route_of(scope: Scope) -> str:
    """Give the path of the route that answered, as the code has it; empty where there was none."""
    path: str = getattr(scope.get("route"), "path", "")
    return path


class Traced:
    """Gives every request a trace id, which its log lines, its messages and an unexpected error's answer carry."""

    def __init__(self, app: ASGIApp, service: str, counters: Counters) -> None:
        self.app = app
        self.service = service
        self.counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        about: dict[str, Any] = {"kind": "server"}
        with traced(self.service, Headers(scope=scope).get("traceparent"), about) as (trace, parent):

            def note(message: Message, headers: MutableHeaders) -> None:
                nonlocal status
                status = message["status"]
                headers["Trace-Id"] = trace

            before = outbox.origin.set(outbox.Origin(trace, None, parent))
            self.counters.at_work += 1
            try:
                await self.app(scope, receive, on_start(send, note))
            finally:
                self.counters.at_work -= 1
                method, route = known_method(scope["method"]), route_of(scope)
                self.counters.count(method, status, time.perf_counter() - started, route)
                about |= {"name": f"{method} {route}".rstrip(), "http.request.method": method, "http.route": route}
                about["http.response.status_code"] = status
                outbox.origin.reset(before)


class Headed:
    """Answers HEAD as GET would be, without its content (RFC 9110 §9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_content(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, without_content)
        finally:
            scope["route"] = asked.get("route")


class Secured:
    """Puts the security headers on every answer, unless a door set one itself."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self.app = app
        self.headers = dict(SECURITY_HEADERS)
        if settings.is_secure:
            self.headers["Strict-Transport-Security"] = HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        personal = "authorization" in asked or "cookie" in asked

        def secure(_message: Message, headers: MutableHeaders) -> None:
            for name, value in self.headers.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "private, no-cache" if personal else "no-cache")
            if not headers["Cache-Control"].startswith("public"):
                headers.add_vary_header("Authorization, Cookie")

        await self.app(scope, receive, on_start(send, secure))


class Spoken:
    """Chooses the language of every request: for programs by Accept-Language, for people by `lang=` or their cookie."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self.app = app
        self.default = settings.language
        self.secure = "; Secure" if settings.is_secure else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Request(scope)
        wanted = QueryParams(scope["query_string"]).get("lang") if "/api/" not in scope["path"] else None
        wanted = wanted if wanted in i18n.LANGUAGES else None
        spoken = wanted or self._remembered(asked) or i18n.chosen(asked.headers.get("accept-language"), self.default)
        token = i18n.language.set(spoken)

        def note(_message: Message, headers: MutableHeaders) -> None:
            headers.add_vary_header("Accept-Language")
            if wanted:
                cookie = f"{LANGUAGE_COOKIE}={wanted}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax{self.secure}"
                headers.append("Set-Cookie", cookie)

        try:
            await self.app(scope, receive, on_start(send, note))
        finally:
            i18n.language.reset(token)

    def _remembered(self, asked: Request) -> str | None:
        if "/api/" in asked.url.path:
            return None
        kept = asked.cookies.get(LANGUAGE_COOKIE)
        return kept if kept in i18n.LANGUAGES else None


class Guarded:
    """Refuses forged requests and bodies that are too large; answers for errors that nobody expected.

    `uploads` are the paths to which a browser sends a file from a form, which it can in parts only.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings, uploads: Collection[str]) -> None:
        self.app = app
        self.settings = settings
        self.uploads = frozenset(uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        def begin(_message: Message, _headers: MutableHeaders) -> None:
            nonlocal begun
            begun = True

        sending = on_start(send, begin)
        try:
            refuse_forgery(scope, secure=self.settings.is_secure)
            if scope["path"] not in self.uploads:
                refuse_kind(scope)
            most = self._most(scope)
            refuse_size(scope, most)
            await self.app(scope, limited(receive, most), sending)
        except Exception as error:
            if begun:
                raise
            response = self._answer(Request(scope, receive), error)
            await response(scope, receive, sending)

    def _most(self, scope: Scope) -> int:
        if scope["path"].endswith("/imports"):
            return self.settings.import_bytes
        is_form = Headers(scope=scope).get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
        return min(FORM_BYTES, self.settings.body_bytes) if is_form else self.settings.body_bytes

    @staticmethod
    def _answer(request: Request, error: Exception) -> ASGIApp:
        if isinstance(error, Problem):
            return refusals.render(request, error)
        log.exception("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
        return refusals.unexpected(request)


def refuse_forgery(scope: Scope, *, secure: bool) -> None:
    """Refuse an unsafe request from another site; a bearer token cannot be sent by another site unasked.

    Sec-Fetch-Site decides where the browser sends it: not even a subdomain of ours may. Else Origin must be our Host,
    over HTTPS where we are (`secure`); with a cookie one of the two is needed. Programs send none of them.
    """
    headers = Headers(scope=scope)
    if scope["method"] in SAFE_METHODS or headers.get("authorization", "").lower().startswith("bearer "):
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        own = site in ("same-origin", "none")
    elif origin is not None:
        own = _is_ours(origin, headers.get("host", ""), secure=secure)
    else:
        cookies = Request(scope).cookies
        own = not any(name.removeprefix("__Host-") in OUR_COOKIES for name in cookies)
    if not own:
        raise ForeignOrigin


def _is_ours(origin: str, host: str, *, secure: bool) -> bool:
    scheme, separator, netloc = origin.partition("://")
    return bool(separator) and bool(host) and netloc == host and (scheme == "https" or not secure)


def refuse_kind(scope: Scope) -> None:
    """Refuse a body in parts (RFC 7578), which is dear to read."""
    if Headers(scope=scope).get("content-type", "").lower().startswith("multipart/"):
        raise refusals.UnsupportedKind


def refuse_size(scope: Scope, most: int) -> None:
    """Refuse a body whose announced length is more than `most` bytes."""
    length = Headers(scope=scope).get("content-length", "0")
    if length.isascii() and length.isdigit() and (len(length) > MOST_DIGITS or int(length) > most):
        raise refusals.TooLarge


def limited(receive: Receive, most: int) -> Receive:
    """Count a body while it is read; more than `most` bytes end the request with 413."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return receiving
