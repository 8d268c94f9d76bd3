"""The one who runs the installation: registered at the very first start, and who may be signed in from the console."""

from typing import Literal

from sqlalchemy.orm import Session

from services.registry.commands.letters import order_letter
from services.registry.commands.people import new_person
from services.registry.commands.signing_in import LINK_LIFETIME, make_sign_in_link
from services.registry.domain.mail_addresses import email_hash_of
from services.registry.domain.plans import ContactPlan, Language, PersonPlan
from services.registry.models import Person, SignInLink
from services.registry.problems import NobodyToSignIn
from services.registry.queries.people import administrator, coordinator, person_named
from shared import clock

SignInRole = Literal["administrator", "coordinator"]


def ensure_administrator(session: Session, *, email: str | None = None, language: Language = "pl") -> Person:
    """Find the person who runs this installation, and register one when there is none yet."""
    contacts = (ContactPlan(kind="email", value=email),) if email else ()
    plan = PersonPlan(name="Administrator", administrator=True, language=language, contacts=contacts)
    return administrator(session) or new_person(session, plan)


def welcome_administrator(session: Session, *, email: str | None = None, language: Language = "pl") -> str | None:
    """At the very first start register an administrator and give the secret of their sign-in link; later None.

    With a mail address they get a letter with a link of its own too, and can sign in by a code from then on.
    """
    if administrator(session) is not None:
        return None
    person = ensure_administrator(session, email=email, language=language)
    if email:
        _order_invitation(session, person, email)
    return make_sign_in_link(session, person_id=person.id)


def _order_invitation(session: Session, person: Person, email: str) -> None:
    """Order the letter of a link without a browser that waits for a code: it holds as long as one handed over."""
    now = clock.now()
    link = SignInLink(
        person_id=person.id, email_hash=email_hash_of(email), created_at=now, expires_at=now + LINK_LIFETIME
    )
    session.add(link)
    session.flush()
    order_letter(session, kind="sign_in", about_id=link.id)


def sign_in_address(address: str, secret: str) -> str:
    """Write the link that a person opens to sign in; `address` is the installation's public one."""
    return f"{address}/registry/sign-in?link={secret}"


def chosen_person(session: Session, *, role: SignInRole, name: str | None = None) -> Person:
    """Find whom the operator means: by name, else the first with this role. Raises `NobodyToSignIn`."""
    if name is not None:
        found = person_named(session, name)
    else:
        found = ensure_administrator(session) if role == "administrator" else coordinator(session)
    if found is None:
        raise NobodyToSignIn
    return found
