"""The doors' frame: how every service speaks HTTP, so that a service's own doors only say what they are for."""

from shared.idempotency import IdempotencyMixin
from shared.paging import Paging as PagingValues
from shared.web.answers import Page, answer, listing, tagged
from shared.web.api import ApiRoute, api_router, page_router
from shared.web.app import service_app
from shared.web.attachments import attachment, safe_name
from shared.web.creating import create, long_work, perform
from shared.web.described import refuses
from shared.web.jobs import Job
from shared.web.middleware import content_security_policy
from shared.web.requests import (
    CurrentPerson,
    Database,
    IfMatch,
    MaybeIfMatch,
    MaybePerson,
    Paging,
    PersonIfFound,
    accepts_html,
    client_of,
    cookie_of,
    door_of,
    is_still,
    limit,
    number_of,
)

__all__ = [
    "ApiRoute",
    "CurrentPerson",
    "Database",
    "IdempotencyMixin",
    "IfMatch",
    "Job",
    "MaybeIfMatch",
    "MaybePerson",
    "Page",
    "Paging",
    "PagingValues",
    "PersonIfFound",
    "accepts_html",
    "answer",
    "api_router",
    "attachment",
    "client_of",
    "content_security_policy",
    "cookie_of",
    "create",
    "door_of",
    "is_still",
    "limit",
    "listing",
    "long_work",
    "number_of",
    "page_router",
    "perform",
    "refuses",
    "safe_name",
    "service_app",
    "tagged",
]
