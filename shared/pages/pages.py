"""Renders pages: one Jinja environment per service over the shared templates, in the language of the request."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from shared import clock, i18n
from shared.pages import sketch
from shared.pages.markdown import markdown
from shared.pages.packing import ASSETS, pack

HERE = Path(__file__).parent
NEIGHBOURHOOD_ZONE = "Europe/Warsaw"
SERVICES = HERE.parent.parent / "services"


class UnknownAsset(LookupError):
    """A template names a file that does not stand in the assets folder."""


class Pages:
    """The pages of one service.

    Templates are looked for in `services/<service>/templates`, then in the shared folder.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self.environment = _environment(service)

    def page(
        self,
        request: Request,
        name: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Render a template as the answer to a request.

        Templates know `request`, `path`, `service`, `language`, `person` (or None), `demo`, `neighbourhood`, `zone`,
        `address`, and what is given in `values`, which wins.
        """
        context = {**_surroundings(request), "service": self.service, **values}
        html = self.environment.get_template(name).render(context)
        answer = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
        answer.headers["Content-Language"] = context["language"]
        if context["person"] is not None:
            answer.headers["Cache-Control"] = "private, no-store"
        pack(request, answer)
        return answer

    def form(
        self, request: Request, name: str, faults: Mapping[str, str] | None, *, status: int = 422, **values: Any
    ) -> HTMLResponse:
        """Render a page with a form and its `faults` {field: sentence}; `status` is that of one with faults."""
        return self.page(request, name, status=status if faults else 200, faults=faults or {}, **values)


def _surroundings(request: Request) -> dict[str, Any]:
    settings = getattr(request.app.state, "settings", None)
    return {
        "request": request,
        "path": request.url.path,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "language": i18n.language.get(),
        "person": getattr(request.state, "person", None),
        "demo": getattr(settings, "demo", False),
        "neighbourhood": getattr(settings, "neighbourhood", "Azory"),
        "zone": getattr(settings, "zone", "Europe/Warsaw"),
        "address": getattr(settings, "address", ""),
    }


def _environment(service: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([SERVICES / service / "templates", HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "default": str}
    environment.install_gettext_callables(i18n.say, i18n.plural, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        asset=lambda name: f"/{service}/assets/{name}?v={_digest(name)}",
        when=i18n.when,
        attributes=attributes,
        link=pass_context(link),
        on_sketch=sketch.place,
    )
    environment.filters.update(day=day, clock=clock_time, local=local, iso=iso, markdown=markdown)
    environment.tests["today"] = is_today
    return environment


@lru_cache(maxsize=256)
def _digest(name: str) -> str:
    """Give a short hash of an asset, so that browsers may keep it for ever."""
    path = ASSETS / name
    if not path.is_file():
        raise UnknownAsset(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def attributes(**values: Any) -> Markup:
    """Write HTML attributes: None and False are left out, True stands alone, `_` becomes `-`."""
    words = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        spelt = name.strip("_").replace("_", "-")
        words.append(Markup(" ") + spelt if value is True else Markup(' {}="{}"').format(spelt, value))
    return Markup("").join(words)


def link(context: Context, **changes: Any) -> str:
    """Give this page's address with some query values changed; None takes one away."""
    request: Request = context["request"]
    return str(request.url.path) + _query(request, changes)


def _query(request: Request, changes: Mapping[str, Any]) -> str:
    kept = {k: v for k, v in changes.items() if v is not None}
    url = request.url.remove_query_params(list(changes)).include_query_params(**kept)
    return f"?{url.query}" if url.query else ""


@pass_context
def local(context: Context, instant: datetime, zone: str | None = None) -> datetime:
    """Give an instant on the wall clock of a zone, or of the neighbourhood."""
    return instant.astimezone(ZoneInfo(zone or context.get("zone") or NEIGHBOURHOOD_ZONE))


@pass_context
def day(context: Context, value: date | datetime, shape: str = "EEEE, d MMMM y") -> str:
    """Give a day in words of the running language; `shape` is a Unicode date pattern (UTS 35)."""
    on = local(context, value).date() if isinstance(value, datetime) else value
    return format_date(on, shape, locale=i18n.LOCALES[i18n.language.get()])


@pass_context
def clock_time(context: Context, value: datetime, zone: str | None = None) -> str:
    """Give the hour and minute on the wall clock, 24 hours, as both languages write it here."""
    return local(context, value, zone).strftime("%H:%M")


@pass_context
def is_today(context: Context, value: date | datetime) -> bool:
    """Say whether a day or instant lies in today, where the neighbourhood is."""
    today = local(context, clock.now()).date()
    return (local(context, value).date() if isinstance(value, datetime) else value) == today


def iso(value: date | datetime) -> str:
    """Write a day or instant for a machine (RFC 3339)."""
    return value.isoformat()
