"""Every way the registry can refuse."""

from shared.problems import InvalidInput, NotFound, Problem


class NothingHere(NotFound):
    """No such organisation, person, venue, resource, need, problem or initiative."""

    type = "nothing-registered"
    title = "Nothing is registered here"


class LinkNotValid(Problem):
    """A sign-in link that was used, has expired, or never was one."""

    status = 403
    type = "link-not-valid"
    title = "This sign-in link no longer works"
    detail = "A link works once and for a limited time. Ask your administrator for a new one."


class NobodyToSignIn(Problem):
    """The operator asked for a token or link of somebody who is not here."""

    status = 404
    type = "nobody-to-sign-in"
    title = "There is no such person"


class FileRefused(Problem):
    """A file that cannot be read as a table of organisations at all."""

    status = 422
    type = "file-refused"
    title = "This file cannot be imported"


class FileTooLarge(FileRefused):
    """More than one import takes (RFC 9110 §15.5.14)."""

    status = 413
    type = "file-too-large"
    title = "This file is too large to be imported at once"


def unknown(pointer: str) -> InvalidInput:
    """Refuse an identifier in the request that names nothing here."""
    return InvalidInput((pointer, "There is nothing with this identifier"))
