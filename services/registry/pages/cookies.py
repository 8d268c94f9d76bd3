"""What a browser keeps for us: its session, its token, and for an hour the secret of whoever waits for a code."""

import re

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.registry.commands import SESSION_LIFETIME, Opened
from services.registry.commands.signing_in import LETTER_LIFETIME
from services.registry.domain.browsers import label_of
from services.registry.domain.plans import Device
from shared import auth, web
from shared.settings import ServiceSettings

WAITING_COOKIE = "osiedle_waiting"
"""Of a browser that asked for a code: the code works there alone."""
RENEWED_SECONDS = 5
LOCAL_ADDRESS = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def device_of(request: Request) -> Device:
    """Say what kind of browser asks, and from which address."""
    return Device(label_of(request.headers.get("user-agent", "")), web.client_of(request))


def local(address: str) -> str:
    """Give an address if it is one of ours, else the home page: nobody is sent to another site from here."""
    return address if LOCAL_ADDRESS.fullmatch(address) else "/"


def signed_in(request: Request, opened: Opened, next: str) -> Response:
    """Let the browser keep its new session and token, and go on where it wanted to."""
    response = RedirectResponse(local(next), status_code=303)
    response.headers["Cache-Control"] = "no-store"
    keep(response, request, auth.SESSION_COOKIE, opened.secret)
    keep(response, request, auth.TOKEN_COOKIE, opened.token)
    if web.cookie_of(request, WAITING_COOKIE):
        forget(response, request, WAITING_COOKIE)
    return response


def wait_for_code(response: Response, request: Request, secret: str) -> None:
    """Let the browser keep what the code that it asked for is bound to."""
    keep(response, request, WAITING_COOKIE, secret, seconds=int(LETTER_LIFETIME.total_seconds()))


def renew(response: Response, request: Request, token: str) -> None:
    """Let the browser keep a new token, and remember for a moment that it is new (see `shared/web/requests.py`)."""
    keep(response, request, auth.TOKEN_COOKIE, token)
    keep(response, request, auth.RENEWED_COOKIE, "yes", seconds=RENEWED_SECONDS)


def sign_out(response: Response, request: Request) -> None:
    """Take session and token back."""
    forget(response, request, auth.SESSION_COOKIE)
    forget(response, request, auth.TOKEN_COOKIE)


def keep(response: Response, request: Request, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites do not send along; it lives as long as a session."""
    secure = _is_secure(request)
    response.set_cookie(
        auth.cookie_name(name, secure=secure),
        value,
        max_age=int(SESSION_LIFETIME.total_seconds()) if seconds is None else seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def forget(response: Response, request: Request, name: str) -> None:
    """Take a cookie back; a browser believes that of a `__Host-` cookie only with the same attributes."""
    secure = _is_secure(request)
    name = auth.cookie_name(name, secure=secure)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def _is_secure(request: Request) -> bool:
    settings: ServiceSettings = request.app.state.settings
    return settings.is_secure
