"""`municipal`: the door of municipal systems that have no NATS; CloudEvents 1.0 over HTTP, with the partner's key."""

from typing import Annotated, Any

from fastapi import Header, Path, Request, Response

from services.calendar import queries
from services.calendar.problems import PartnerKeyRefused, UnknownPartner
from services.calendar.schemas import MunicipalAnswer
from services.calendar.subscribers import PartnerDoors
from shared import envelope, web
from shared.auth import is_same_secret
from shared.web.refusals import UnsupportedKind

router = web.api_router("calendar")
BINARY = "application/json"
ATTRIBUTES = {
    "ce-id": "The id of the message: sent again it has no second effect. In structured mode it stands in the body.",
    "ce-type": "What the message says: municipal.closure.announced.v1 and so on. In structured mode in the body.",
}
BODY: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in ATTRIBUTES.items()
    ],
    "requestBody": {
        "required": True,
        "description": "In binary mode the data, with the attributes in headers ce-…; in structured mode the whole.",
        "content": {BINARY: {"schema": {"type": "object"}}, envelope.STRUCTURED: {"schema": {"type": "object"}}},
    },
}
PartnerName = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,32}$", description="The partner's name, as in its subjects.")]
Authorization = Annotated[str | None, Header(description="Bearer, and the key that the operator handed over.")]


@router.post(
    "/municipal/{partner}/messages",
    status_code=202,
    response_model=MunicipalAnswer,
    response_model_exclude_none=True,
    openapi_extra=BODY,
    responses={
        200: {"model": MunicipalAnswer, "description": "It had come before, or says nothing new."},
        **web.refuses(401, 403, 413, 415, 422),
    },
)
async def submit(
    request: Request, database: web.Database, partner: PartnerName, authorization: Authorization = None
) -> Response:
    """Take in one message of a municipal system; sent again with the same ce-id it has no second effect."""
    await _must_hold(database, partner, authorization or "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (BINARY, envelope.STRUCTURED):
        raise UnsupportedKind
    doors: PartnerDoors = request.app.state.doors
    taken = await doors.take_in(partner, request.headers, await request.body())
    return web.answer(taken.model_dump(exclude_none=True), status=202 if taken.status == "accepted" else 200)


async def _must_hold(database: web.Database, partner: str, authorization: str) -> None:
    """Raise `PartnerKeyRefused` without a key that some partner has, `UnknownPartner` for another one's door."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise PartnerKeyRefused
    known = await database.read(queries.partners)
    owners = [one.name for one in known if one.key_hash and is_same_secret(key.strip(), one.key_hash)]
    if not owners:
        raise PartnerKeyRefused
    if owners != [partner]:
        raise UnknownPartner
