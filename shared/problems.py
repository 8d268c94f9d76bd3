"""Refusals: what a command raises and one handler renders, as problem+json (RFC 9457) or as a page."""

from typing import Any, ClassVar


class Problem(Exception):
    """A refusal that its caller can understand and do something about.

    `type` is stable and `title` is an English gettext source string. `detail` is a gettext source string too,
    filled from `values`; `extra` holds more members of the problem document, `headers` more headers of the answer.
    """

    status: ClassVar[int] = 400
    type: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "This request cannot be carried out"
    detail: str = ""

    def __init__(
        self,
        detail: str | None = None,
        *,
        values: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.detail = detail if detail is not None else type(self).detail
        self.values = values or {}
        self.extra = extra or {}
        self.headers = headers or {}
        super().__init__(self.detail or self.title)


class NotFound(Problem):
    """Nothing stands at this address."""

    status = 404
    type = "not-found"
    title = "There is nothing here"


class NotSignedIn(Problem):
    """Only a person or program that we know may do this."""

    status = 401
    type = "not-signed-in"
    title = "Sign in first"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class NotAllowed(Problem):
    """We know who asks, and they may not do this."""

    status = 403
    type = "not-allowed"
    title = "You may not do this"


class ChangedMeanwhile(Problem):
    """Somebody else changed it since it was read (RFC 9110 §13.1.1)."""

    status = 412
    type = "changed-meanwhile"
    title = "Somebody else changed this in the meantime"
    detail = "Read it again, then repeat your change with the new ETag."


class VersionRequired(Problem):
    """An edit must say which version it edits (RFC 6585 §3)."""

    status = 428
    type = "version-required"
    title = "Say which version you edit"
    detail = "Send the ETag that you read in the If-Match header."


class InvalidInput(Problem):
    """Something in the request is not as it must be; each fault has a JSON pointer (RFC 6901)."""

    status = 422
    type = "invalid-input"
    title = "Some of the values are not right"

    def __init__(self, *faults: tuple[str, str], values: dict[str, Any] | None = None) -> None:
        """Take pairs of (JSON pointer, gettext source string)."""
        errors = [{"pointer": pointer, "detail": detail} for pointer, detail in faults]
        super().__init__("; ".join(detail for _, detail in faults), values=values, extra={"errors": errors})


class Busy(Problem):
    """More is waiting to be written than fits; nothing of this request was done (RFC 9110 §15.6.4)."""

    status = 503
    type = "busy"
    title = "Too much at once; please try again in a moment"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class NoRoom(Problem):
    """The disk of the database is full; nothing of this request was done (RFC 9110 §15.6.4)."""

    status = 503
    type = "no-room"
    title = "The disk is full; nothing was saved"
    detail = "Whoever runs this installation has to make room on the disk of the database. Then repeat this."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "30"})
