"""What the page about privacy says of the software itself: what is kept and why, for how long, and which cookies."""

from dataclasses import dataclass

from services.registry.domain.plans import LegalBasis
from services.registry.domain.statements import Privacy
from services.registry.pages.cookies import WAITING_COOKIE
from services.registry.settings import Settings
from shared import auth
from shared.i18n import plural, say
from shared.kept import CLASSES, days_of
from shared.web.middleware import LANGUAGE_COOKIE
from shared.web.requests import ANSWERED_COOKIE


@dataclass(frozen=True)
class Purpose:
    """One thing that personal data is kept for; without a `basis` the operator has not said on what ground."""

    title: str
    kept: str
    why: str
    basis: str | None


def purposes(said: Privacy) -> list[Purpose]:
    """List what personal data is kept for, in the words of who reads it."""
    bases = legal_bases()
    grounds = {name: bases[basis] for name, basis in said.legal_bases.items()}
    return [
        Purpose(
            say("Accounts and roles"),
            say("Your name, your language, your roles in institutions, and who invited you."),
            say("So that the institutions of the neighbourhood know with whom they work together."),
            grounds.get("accounts"),
        ),
        Purpose(
            say("Phone numbers and addresses"),
            say("Each way to reach you, with who may see it, what for, since when and until when."),
            say("So that those can reach you to whom you agreed. Where you say nothing, it is private."),
            say("Each contact has a legal basis of its own; it stands beside it in your account."),
        ),
        Purpose(
            say("Signing in"),
            say(
                "When you signed in and with what kind of browser; codes, links, passwords, keys of programs and the"
                " network that you came from only as fingerprints, from which they are not read back."
            ),
            say("So that nobody else gets in under your name."),
            grounds.get("sign_in"),
        ),
        Purpose(
            say("Letters"),
            say("That a code, an invitation or a link to your own data was sent to you, and when."),
            say("So that a letter that fails is sent again."),
            grounds.get("letters"),
        ),
        Purpose(
            say("Alerts"),
            say("What your institution was told, whether you have read it, and what you want to be told."),
            say("So that you hear in time of what touches your events."),
            grounds.get("alerts"),
        ),
        Purpose(
            say("Record of changes and access"),
            say(
                "Who changed an event or an institution; who read, exported or changed whose personal data, when and"
                " why; never the data itself."
            ),
            say("So that everybody can see who looked at their data, and mistakes can be traced."),
            grounds.get("audit"),
        ),
        Purpose(
            say("Technical log"),
            say("Errors and what the programs did, with identifiers in place of names, numbers and addresses."),
            say("So that the operator sees that something is wrong."),
            grounds.get("logs"),
        ),
    ]


def legal_bases() -> dict[LegalBasis, str]:
    """Name the legal bases of art. 6 (1) GDPR."""
    return {
        "consent": say("your consent, which you can withdraw at any time (GDPR, art. 6 (1) (a))"),
        "contract": say("a contract with you (GDPR, art. 6 (1) (b))"),
        "legal_obligation": say("a duty that the law lays on the controller (GDPR, art. 6 (1) (c))"),
        "public_task": say("a task in the public interest (GDPR, art. 6 (1) (e))"),
        "legitimate_interest": say("a legitimate interest of the controller (GDPR, art. 6 (1) (f))"),
    }


def kept_data(settings: Settings) -> list[tuple[str, str]]:
    """List every class of data that is forgotten after a time, with that time as it is set here."""
    titles = class_titles()
    return [(titles[name], _time(days_of(name, settings.keep))) for name in CLASSES]


def class_titles() -> dict[str, str]:
    """Name the classes of data that `shared/kept.py` lists."""
    return {
        "sign_in_links": say("Codes and links for signing in, after they were used or ran out"),
        "wrong_passwords": say("That a wrong password was tried"),
        "sessions": say("Sign-ins, after they ended"),
        "letters": say("That a letter was sent to you"),
        "mails": say("Mails kept as files, where there is no mail server"),
        "invited_names": say("Name and address in an invitation, after it was accepted, withdrawn or ran out"),
        "import_files": say("A table that was sent to be imported, two hours after it was sent, and its report"),
        "invitations": say("Such an invitation itself, without a name"),
        "guests": say("Name and mail address of a guest, after the meeting or the poll to which they were invited"),
        "contacts": say("A contact, after you withdrew your consent or it ran out; it is hidden at once"),
        "alerts": say("Alerts"),
        "deliveries": say("That an alert was sent to you"),
        "webhook_deliveries": say("What of alerts was sent to programs, and what these answered"),
        "mail_replies": say("That a mail answered an invitation to a meeting, and what became of it"),
        "api_keys": say("Keys of programs and private calendar addresses, after they ended"),
        "audit": say("Who read or changed personal data"),
        "history": say("Who changed what in events and institutions"),
        "people": say("Somebody without any role, after they last signed in"),
    }


def _time(days: int | None) -> str:
    if days is None:
        return say("not removed by itself")
    return plural("{n} day", "{n} days", days) if days else say("removed at once")


def cookies(settings: Settings) -> list[tuple[str, str]]:
    """List every cookie that these pages ever set, with what it does and how long it lives."""
    words = {
        auth.SESSION_COOKIE: say("Keeps you signed in. It ends when you sign out, at the latest after 30 days."),
        auth.TOKEN_COOKIE: say(
            "Tells every part of this site who you are. What it says holds 15 minutes and is made anew while you work."
        ),
        auth.RENEWED_COOKIE: say("Says for a few seconds that the one before was just made anew."),
        WAITING_COOKIE: say("Ties the code that you asked for to this browser, for an hour at most."),
    }
    answered = say("Says that this device has answered the questions about one event, until they close.")
    ours = [(auth.cookie_name(name, secure=settings.is_secure), what) for name, what in words.items()]
    return [
        *ours,
        (LANGUAGE_COOKIE, say("Remembers the language that you chose, for a year.")),
        (ANSWERED_COOKIE, answered),
    ]
