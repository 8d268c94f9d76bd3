"""What a letter says, put into a text and the same as HTML; both in the language of who reads it."""

from dataclasses import dataclass

from services.registry.commands import DueLetter, Envelope
from shared import i18n, mail
from shared.i18n import say
from shared.pages import Pages


@dataclass(frozen=True)
class Words:
    """What a letter says, in order: what it is for, a code to type, a link to open, and what else is to be known."""

    subject: str
    before: tuple[str, ...]
    address: str
    after: tuple[str, ...]
    code: str | None = None
    link: str = ""
    """What the link is called, in a sentence above it."""


def letter_of(letter: DueLetter, envelope: Envelope, words: Words) -> mail.Letter:
    """Write a letter; no secret stands in its subject, which is logged where mail is only kept.

    A header names whose it is by their ids, and what it is about: an invitation has nobody yet.
    """
    greeting = say("Good day, {name}.", name=envelope.name) if envelope.name else say("Good day.")
    page = Pages("registry").environment.get_template("letter.html")
    code = [_spaced(words.code)] if words.code else []
    return mail.Letter(
        key=letter.id,
        name=envelope.name,
        email=envelope.email,
        subject=words.subject,
        text="\n\n".join([greeting, *words.before, *code, f"{words.link}\n{words.address}", *words.after, ""]),
        html=page.render(language=i18n.language.get(), greeting=greeting, words=words, code=code),
        language=envelope.language,
        headers={mail.PERSON_HEADER: " ".join(dict.fromkeys((*envelope.person_ids, letter.about_id)))},
    )


def _spaced(code: str) -> str:
    """Write a code in two groups, as it is easier to carry over to another screen."""
    return f"{code[:3]} {code[3:]}"
