"""The taxonomy of themes: understood where people write them, and edited by who looks after the neighbourhood."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.commands.editing import expect_version, locked, must_exist, remember, set_fields
from services.registry.commands.facts import organisation_facts, theme_changed
from services.registry.domain.permissions import may_edit_themes
from services.registry.domain.plans import Changes, ThemePlan
from services.registry.models import Organisation, Theme
from services.registry.queries.themes import KEPT, taxonomy
from shared import i18n, outbox
from shared.i18n import say
from shared.messages.registry import OrganisationChanged
from shared.people import Person, must
from shared.problems import InvalidInput

RESERVED = "new"
"""At this address stands the form of a new theme."""


def theme_codes(session: Session, written: Iterable[str], pointer: str = "/themes") -> tuple[str, ...]:
    """Understand themes as people write them, and give their codes, each once.

    Raises `InvalidInput`, which names the themes that are written most alike; `pointer` says where they stand.
    """
    known, words = taxonomy(session), list(written)
    found = [known.code_of(word) for word in words]
    unknown = [
        (f"{pointer}/{place}", _not_known(session, word))
        for place, (word, code) in enumerate(zip(words, found, strict=True))
        if code is None
    ]
    if unknown:
        raise InvalidInput(*unknown)
    return tuple(dict.fromkeys(code for code in found if code is not None))


def register_theme(session: Session, *, by: Person, plan: ThemePlan) -> Theme:
    """Add a theme. Raises `NotAllowed`, `InvalidInput` (a code or word that is taken, an unknown wider theme)."""
    must(may_edit_themes(by))
    must_exist(session, Theme, plan.parent_code, "/parent_code")
    if plan.code == RESERVED or session.get(Theme, plan.code) is not None:
        raise InvalidInput(("/code", "There is a theme with this code already"))
    row = Theme(
        code=plan.code,
        parent_code=plan.parent_code,
        name_pl=plan.name_pl,
        name_en=plan.name_en,
        synonyms=list(plan.synonyms),
        retired=False,
        version=1,
    )
    _must_be_free(session, row)
    session.add(row)
    _tell(session, row)
    remember(session, by, row, "registered")
    return row


def change_theme(session: Session, *, by: Person, code: str, version: int, changes: Changes) -> Theme:
    """Change a theme, or retire it; its code stays.

    Raises `NotAllowed`, `NothingHere`, `ChangedMeanwhile`, `InvalidInput` (a taken word, a theme inside itself).
    """
    must(may_edit_themes(by))
    row = locked(session, Theme, code)
    expect_version(row, version)
    parent_code = changes.get("parent_code", row.parent_code)
    must_exist(session, Theme, parent_code, "/parent_code")
    if taxonomy(session).makes_a_circle(code, parent_code):
        raise InvalidInput(("/parent_code", "A theme cannot lie inside itself"))
    differences = set_fields(row, changes)
    if differences:
        _must_be_free(session, row)
        _tell(session, row)
        remember(session, by, row, "changed", differences)
    return row


def tell_untold(session: Session) -> int:
    """Tell the others what a migration brought: themes, and organisations that name theirs otherwise now."""
    themes = session.scalars(select(Theme).where(Theme.is_told.is_(False)).order_by(Theme.code)).all()
    for theme in themes:
        _tell(session, theme)
    organisations = session.scalars(select(Organisation).where(Organisation.is_told.is_(False)).limit(500)).all()
    for organisation in organisations:
        organisation.is_told = True
        outbox.publish(session, organisation_facts(OrganisationChanged, organisation))
    session.flush()
    return len(themes) + len(organisations)


def _tell(session: Session, row: Theme) -> None:
    row.is_told = True
    session.flush()
    session.info.pop(KEPT, None)
    outbox.publish(session, theme_changed(row))


def _must_be_free(session: Session, row: Theme) -> None:
    """Refuse a name or synonym that already means another theme: nobody could say which of the two is meant."""
    with session.no_autoflush:
        known = taxonomy(session)
    written = [("/name_pl", row.name_pl), ("/name_en", row.name_en)]
    written += [(f"/synonyms/{place}", word) for place, word in enumerate(row.synonyms)]
    taken = [(pointer, word, known.code_of(word)) for pointer, word in written]
    faults = [
        (pointer, say("“{word}” means the theme “{theme}” already", word=word, theme=_name(session, code)))
        for pointer, word, code in taken
        if code is not None and code != row.code
    ]
    if faults:
        raise InvalidInput(*faults)


def _not_known(session: Session, word: str) -> str:
    """Say that a theme is not known, and which ones may have been meant."""
    nearest = [_name(session, code) for code in taxonomy(session).nearest(word)]
    if not nearest:
        return say("“{word}” is not among the themes; the list stands at /registry/themes", word=word)
    return say("“{word}” is not among the themes. Did you mean: {themes}?", word=word, themes=", ".join(nearest))


def _name(session: Session, code: str) -> str:
    return taxonomy(session).name_of(code, i18n.language.get())
