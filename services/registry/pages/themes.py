"""The taxonomy of themes for everybody to read, and for who looks after the neighbourhood to edit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.registry import commands, queries
from services.registry.domain.permissions import may_edit_themes
from services.registry.domain.words import folded
from services.registry.models import Theme
from services.registry.pages.typed import changed_meanwhile
from services.registry.schemas.themes import ThemeBody, ThemeChange
from shared import i18n, people, web
from shared.i18n import say
from shared.pages import Pages
from shared.people import must
from shared.problems import ChangedMeanwhile, InvalidInput

router = web.page_router()
templates = Pages("registry")
Text = Annotated[str, Form(max_length=5_000)]
NEW = "new"


@dataclass(frozen=True)
class Branch:
    """A theme with those that lie in it."""

    theme: Theme
    narrower: Sequence["Branch"]


@router.get("/registry/themes")
async def themes(request: Request, database: web.Database, person: web.MaybePerson) -> Response:
    """Show every theme below the wider one that it lies in."""
    rows = await database.read(queries.all_themes)
    return templates.page(
        request,
        "themes.html",
        branches=branches_of(rows),
        may_edit=may_edit_themes(person),
        notice=request.query_params.get("notice", ""),
    )


@router.get("/registry/themes/{code}")
async def ask_to_edit(request: Request, database: web.Database, person: web.CurrentPerson, code: str) -> Response:
    """Show the form of one theme, or with `new` an empty one."""
    must(may_edit_themes(person))
    rows = await database.read(queries.all_themes)
    row = None if code == NEW else await database.read(queries.theme, code)
    return _form(request, rows, row, typed_of(row))


@router.post("/registry/themes/{code}")
async def edit(
    request: Request,
    database: web.Database,
    person: web.CurrentPerson,
    code: str,
    version: Text = "",
    name_pl: Text = "",
    name_en: Text = "",
    parent_code: Text = "",
    synonyms: Text = "",
    retired: Text = "",
) -> Response:
    """Save a theme or add one; what was typed stays where something is wrong."""
    must(may_edit_themes(person))
    typed = {"name_pl": name_pl, "name_en": name_en, "parent_code": parent_code, "synonyms": synonyms}
    rows = await database.read(queries.all_themes)
    row = None if code == NEW else await database.read(queries.theme, code)
    try:
        await _save(database, person, row, {**typed, "retired": retired}, version)
    except (ValidationError, InvalidInput, ChangedMeanwhile) as refusal:
        return _form(request, rows, row, {**typed, "retired": retired}, faults_of(refusal))
    return RedirectResponse("/registry/themes?notice=saved", status_code=303)


async def _save(
    database: web.Database, person: people.Person, row: Theme | None, typed: Mapping[str, str], version: str
) -> None:
    fields: dict[str, Any] = {name: typed[name] for name in ("name_pl", "name_en")}
    fields["parent_code"] = typed["parent_code"] or None
    fields["synonyms"] = tuple(word.strip() for word in typed["synonyms"].split(",") if word.strip())
    if row is None:
        body = ThemeBody(**fields, code=code_of(typed["name_en"] or typed["name_pl"]))
        await database.write(commands.register_theme, by=person, plan=body.plan())
        return
    changes = ThemeChange(**fields, retired=bool(typed["retired"])).changes()
    known = web.number_of(version) or row.version
    await database.write(commands.change_theme, by=person, code=row.code, version=known, changes=changes)


def code_of(name: str) -> str:
    """Make the code of a new theme from its name: `Arts & crafts` is `arts_crafts`."""
    return re.sub("[^a-z0-9]+", "_", folded(name)).strip("_")[:60]


def branches_of(rows: Sequence[Theme], parent_code: str | None = None) -> list[Branch]:
    """Put every theme below its wider one, by name in the reader's language."""
    inside = [row for row in rows if row.parent_code == parent_code]
    return [Branch(row, branches_of(rows, row.code)) for row in sorted(inside, key=lambda row: folded(name_of(row)))]


def name_of(row: Theme) -> str:
    """Name a theme in the reader's language."""
    return row.name_en if i18n.language.get() == "en" else row.name_pl


def typed_of(row: Theme | None) -> dict[str, str]:
    """Fill the form with what there is."""
    if row is None:
        return {"name_pl": "", "name_en": "", "parent_code": "", "synonyms": "", "retired": ""}
    return {
        "name_pl": row.name_pl,
        "name_en": row.name_en,
        "parent_code": row.parent_code or "",
        "synonyms": ", ".join(row.synonyms),
        "retired": "yes" if row.retired else "",
    }


def faults_of(refusal: ValidationError | InvalidInput | ChangedMeanwhile) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    if isinstance(refusal, ChangedMeanwhile):
        return {"name_pl": changed_meanwhile()}
    if isinstance(refusal, InvalidInput):
        found = [(one["pointer"].split("/")[1], say(one["detail"])) for one in refusal.extra["errors"]]
    else:
        found = [(str(error["loc"][0]), say("Write 1 to 100 letters.")) for error in refusal.errors()]
    return {{"code": "name_en"}.get(name, name): text for name, text in found}


def _form(
    request: Request,
    rows: Sequence[Theme],
    row: Theme | None,
    typed: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
) -> Response:
    wider = [(one.code, name_of(one)) for one in sorted(rows, key=lambda one: folded(name_of(one))) if one is not row]
    return templates.form(
        request,
        "theme.html",
        faults,
        theme=row,
        title=say("Add a theme") if row is None else name_of(row),
        typed=typed,
        wider=[(one, name) for one, name in wider if row is None or one != row.code],
    )
