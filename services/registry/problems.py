"""Every way the registry can refuse."""

from shared.problems import InvalidInput, NotFound, Problem


class NothingHere(NotFound):
    """No such organisation, person, venue, resource, need, match, problem or initiative."""

    type = "nothing-registered"
    title = "Nothing is registered here"


class OrganisationMerged(NothingHere):
    """This organisation was merged into another, which stands in `merged_into_id`."""

    type = "organisation-merged"
    title = "This institution was merged into another"
    detail = "It turned out to be the same. Go on with the one that was kept."

    def __init__(self, kept_id: str) -> None:
        self.kept_id = kept_id
        super().__init__(extra={"merged_into_id": kept_id})


class MergedSince(Problem):
    """A merge cannot be undone before the later one of the organisation that was kept."""

    status = 409
    type = "merged-since"
    title = "The institution that was kept was merged itself since then"
    detail = "Undo that later merge first."


class LinkNotValid(Problem):
    """A sign-in link that was used, has expired, or never was one."""

    status = 403
    type = "link-not-valid"
    title = "This sign-in link no longer works"
    detail = "A link works once and for a limited time. Let us send you a new one."


class CodeNotValid(Problem):
    """A code that is wrong, too old, for another browser, or tried too often; which of them is not told."""

    status = 403
    type = "code-not-valid"
    title = "This code does not work"
    detail = "Check it in the newest letter. After five wrong codes or ten minutes you need a new one."


class PasswordRefused(Problem):
    """An address and a password that do not belong together; whether the address is known is not told."""

    status = 403
    type = "password-refused"
    title = "The address or the password is not right"
    detail = "Try again, or let us send you a code: that always works."


class TooManyPasswords(Problem):
    """Too many wrong passwords (RFC 6585 §4); a code still signs in."""

    status = 429
    type = "too-many-passwords"
    title = "Too many wrong passwords"
    detail = "Wait a while before you try again, or let us send you a code: that always works."


class PasswordElsewhere(Problem):
    """Somebody with the same mail address has a password, and the two could not be told apart."""

    status = 409
    type = "password-elsewhere"
    title = "Somebody else uses this mail address with a password"
    detail = "Add a mail address of your own first, or keep signing in with codes."


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
    """A file that cannot be read as a table at all."""

    status = 422
    type = "file-refused"
    title = "This file cannot be imported"


class FileTooLarge(FileRefused):
    """More than one import takes (RFC 9110 §15.5.14)."""

    status = 413
    type = "file-too-large"
    title = "This file is too large to be imported at once"


class UnknownColumn(FileRefused):
    """A mapping names a heading that the file does not have, or a field that such things do not have."""

    type = "unknown-column"
    title = "The columns cannot be read so"
    detail = "“{column}” is neither a heading of this file nor a field that is read."


class ImportStopped(Problem):
    """Whoever sent a file stopped its import before its end."""

    status = 409
    type = "import-stopped"
    title = "The import was stopped"
    detail = "What was brought in so far stays. Send the same file again to bring in the rest; nothing comes twice."


class ImportBroken(Problem):
    """An import ended before its end for a reason that is ours."""

    status = 500
    type = "import-broken"
    title = "Something went wrong here"
    detail = "What was brought in so far stays. Please send the same file again; nothing comes twice."


class TooManyKeys(Problem):
    """Nobody needs so many keys at once."""

    status = 409
    type = "too-many-keys"
    title = "You have too many keys"
    detail = "You have {number} keys that hold. End one that you no longer need."


class NeedOver(Problem):
    """A need that was met, withdrawn, or whose time is past."""

    status = 409
    type = "need-over"
    title = "This need is over already"
    detail = "What came of it stands. State it anew if it is still needed."


class MatchOver(Problem):
    """A match whose need is over, or that does not fit any more."""

    status = 409
    type = "match-over"
    title = "This match holds no more"
    detail = "The need is over, or one of the two has changed. Look at the exchange board for what fits now."


class NobodyLeads(Problem):
    """The only organisation that leads a coalition was about to lead it no more."""

    status = 409
    type = "nobody-leads"
    title = "Nobody would lead this initiative"
    detail = "Let another institution lead it first, then repeat this."


class SuggestionSettled(Problem):
    """A suggested coalition was formed, declined or overtaken already."""

    status = 409
    type = "suggestion-settled"
    title = "This suggestion is settled already"
    detail = "Somebody answered it in the meantime, or the initiative was formed otherwise."


class TooManyDeeds(Problem):
    """One address named or supported more in a day than counts (RFC 6585 §4)."""

    status = 429
    type = "too-many-deeds"
    title = "That is enough for today"
    detail = "So much was sent from your address today that no more is taken. Please come again tomorrow."


class TooManyWaiting(Problem):
    """More waits to be read than anybody reads."""

    status = 429
    type = "too-many-waiting"
    title = "Too much waits to be read at the moment"
    detail = "Please come again in a few days, or tell one of the institutions."


class WaitingSettled(Problem):
    """What a resident named was let through or refused already."""

    status = 409
    type = "waiting-settled"
    title = "This is settled already"
    detail = "Somebody let it through or refused it in the meantime. Look at the list again."


def unknown(pointer: str) -> InvalidInput:
    """Refuse an identifier in the request that names nothing here."""
    return InvalidInput((pointer, "There is nothing with this identifier"))
