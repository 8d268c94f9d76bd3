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


class LastAdministrator(Problem):
    """The only administrator was about to be one no more: nobody could name another."""

    status = 409
    type = "last-administrator"
    title = "This is the only administrator"
    detail = "Somebody must run the installation. Name another administrator first, then repeat this."


class InvitationNotValid(Problem):
    """An invitation that was accepted, withdrawn, is over, or never was one."""

    status = 403
    type = "invitation-not-valid"
    title = "This invitation no longer works"
    detail = "An invitation works once and for 14 days. Ask whoever invited you for a new one."


class InvitationSettled(Problem):
    """An invitation that was accepted or withdrawn cannot be sent again."""

    status = 409
    type = "invitation-settled"
    title = "This invitation is settled already"
    detail = "It was accepted or withdrawn. Write a new invitation if it is still needed."


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


class TooManyKeys(Problem):
    """Nobody needs so many keys at once."""

    status = 409
    type = "too-many-keys"
    title = "You have too many keys"
    detail = "You have {number} keys that hold. End one that you no longer need."


def unknown(pointer: str) -> InvalidInput:
    """Refuse an identifier in the request that names nothing here."""
    return InvalidInput((pointer, "There is nothing with this identifier"))
