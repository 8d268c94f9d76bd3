"""The form of a card: filled with what is known, read as the JSON door reads a change, and its faults in words."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.registry.domain.themes import Taxonomy
from services.registry.models import HiddenAddress, Organisation
from services.registry.pages import points
from services.registry.schemas import OrganisationChange
from shared import i18n
from shared.i18n import say
from shared.problems import InvalidInput

TEXTS = ("name", "kind", "status", "description", "description_en", "plain_description", "address", "opening_hours")
NUMBERS = ("nip", "regon", "krs", "rspo")
STEP_FREE = {"yes": True, "no": False, "": None}
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys((*TEXTS, *NUMBERS, "point", "themes", "links", "step_free", "parent", "confidential"), ""),
    "audiences": (),
}


def typed_of(row: Organisation, known: Taxonomy, parent: str, hidden: HiddenAddress | None = None) -> dict[str, Any]:
    """Fill the form with what is known; of a confidential address with the exact one."""
    where = hidden or row
    named = {True: "yes", False: "no", None: ""}
    return {
        **{name: getattr(row, name) or "" for name in (*TEXTS, *NUMBERS)},
        "address": where.address,
        "point": points.text_of(where.latitude, where.longitude),
        "confidential": "yes" if row.confidential else "",
        "audiences": row.audiences,
        "themes": ", ".join(known.name_of(code, i18n.language.get()) for code in row.themes),
        "links": "\n".join(" ".join(filter(None, (link["label"], link["url"]))) for link in row.links),
        "step_free": named[row.step_free],
        "parent": parent,
    }


def changes_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Read of the form what it holds. Raises pydantic's `ValidationError`."""
    fields: dict[str, Any] = {name: typed[name] for name in TEXTS if name in typed}
    fields |= {name: typed[name].strip() or None for name in NUMBERS if name in typed}
    fields["audiences"] = typed["audiences"]
    if "point" in typed:
        fields["latitude"], fields["longitude"] = points.numbers_of(typed["point"])
        fields["confidential"] = bool(typed.get("confidential"))
    if "themes" in typed:
        fields["themes"] = tuple(word.strip() for word in typed["themes"].split(",") if word.strip())
    if "links" in typed:
        fields["links"] = [_link(line) for line in typed["links"].splitlines() if line.strip()]
    if "step_free" in typed:
        fields["step_free"] = STEP_FREE.get(typed["step_free"])
    return OrganisationChange(**fields).changes()


def faults_of(wrong: ValidationError) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    too_long = say("This text is too long.")
    sentences = {
        **dict.fromkeys((*TEXTS, *NUMBERS), too_long),
        "name": say("Write the name of the institution."),
        "kind": say("Choose one of the kinds."),
        "status": say("Choose from the list."),
        "themes": say("At most 20 themes, each of at most 60 letters, with commas between them."),
        "audiences": say("Choose from the list."),
        "links": say("At most 20 links, one on each line."),
        "latitude": points.not_a_point(),
        "longitude": points.not_a_point(),
    }
    names = [str(error["loc"][0]) if error["loc"] else "latitude" for error in wrong.errors()]
    zero = [say(str(error["ctx"]["error"])) for error in wrong.errors() if not error["loc"] and "ctx" in error]
    found = {_field(name): sentences[name] for name in names if name in sentences}
    return found | ({"point": zero[0]} if zero else {})


def faults_of_refusal(refusal: InvalidInput) -> dict[str, str]:
    """Say what a command refused, beside the field that it is about."""
    return {_field(one["pointer"].split("/")[1]): say(one["detail"]) for one in refusal.extra["errors"]}


def _field(name: str) -> str:
    return {"latitude": "point", "longitude": "point", "parent_id": "parent"}.get(name, name)


def _link(line: str) -> dict[str, str]:
    """Part a line into words and the address at its end: `Our page https://example.org`."""
    *label, url = line.split()
    return {"label": " ".join(label)[:100], "url": url}
