"""The form of a venue or of another resource: filled with what there is, read as the JSON door reads it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.registry.domain.themes import Taxonomy
from services.registry.models import HiddenAddress, Resource, Venue
from services.registry.pages import points
from services.registry.pages.typed import changed_meanwhile
from shared import i18n
from shared.i18n import say
from shared.problems import ChangedMeanwhile, InvalidInput

TEXTS = ("name", "description", "conditions", "cost", "lends_to", "status")
OF_VENUE = ("address", "opening_hours")
OF_RESOURCE = ("unit", "availability", "kind")
COUNTS = ("capacity", "set_up_minutes", "clear_up_minutes", "quantity")
YES_OR_NO = {"yes": True, "no": False, "": None}
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys((*TEXTS, *OF_VENUE, *OF_RESOURCE, "capacity", "cost_pln", "cost_per", "point", "themes"), ""),
    **{"lends_to": "everyone", "status": "offered", "kind": "equipment", "quantity": "1", "step_free": ""},
    **{"set_up_minutes": "0", "clear_up_minutes": "0", "one_at_a_time": "yes", "needs_approval": "no"},
    **{"equipment": "", "inside_venue_id": ""},
}


def typed_of(row: Venue | Resource, known: Taxonomy, hidden: HiddenAddress | None = None) -> dict[str, Any]:
    """Fill the form with what there is; of a confidential address with the exact one."""
    where = hidden or row
    named = {True: "yes", False: "no", None: ""}
    texts = [name for name in (*TEXTS, *OF_VENUE, *OF_RESOURCE, *COUNTS, "cost_per") if hasattr(row, name)]
    typed: dict[str, Any] = {name: "" if getattr(row, name) is None else str(getattr(row, name)) for name in texts}
    typed["cost_pln"] = "" if row.cost_pln is None else f"{row.cost_pln:.2f}"
    typed["point"] = points.text_of(where.latitude, where.longitude)
    typed["themes"] = ", ".join(known.name_of(code, i18n.language.get()) for code in row.themes)
    typed["needs_approval"] = named[row.needs_approval]
    if isinstance(row, Venue):
        typed["address"] = hidden.address if hidden else row.address
        typed |= {"one_at_a_time": named[row.one_at_a_time], "step_free": named[row.step_free]}
        typed |= {"equipment": ", ".join(row.equipment), "inside_venue_id": row.inside_venue_id or ""}
    return typed


def said_of(typed: Mapping[str, str], *, is_venue: bool) -> dict[str, Any]:
    """Read what the form says, in the names of the JSON door; what is no number stays, to be refused."""
    said: dict[str, Any] = {name: typed[name].strip() for name in TEXTS}
    said |= {name: typed[name].strip() for name in (OF_VENUE if is_venue else ("unit", "availability"))}
    said["latitude"], said["longitude"] = points.numbers_of(typed["point"])
    said["themes"] = _words(typed["themes"])
    said["needs_approval"] = typed["needs_approval"] == "yes"
    said["cost_pln"] = typed["cost_pln"].replace(",", ".").replace("zł", "").strip() or None
    said["cost_per"] = typed["cost_per"] or None
    if not is_venue:
        return said | {"quantity": typed["quantity"].strip() or 1}
    counts = {name: typed[name].strip() or 0 for name in ("set_up_minutes", "clear_up_minutes")}
    return {
        **said,
        **counts,
        "capacity": typed["capacity"].strip() or None,
        "one_at_a_time": typed["one_at_a_time"] == "yes",
        "step_free": YES_OR_NO.get(typed["step_free"]),
        "equipment": _words(typed["equipment"]),
        "inside_venue_id": typed["inside_venue_id"] or None,
    }


def faults_of(refusal: ValidationError | InvalidInput | ChangedMeanwhile) -> dict[str, str]:
    """Say of each field of the form what is wrong with it."""
    if isinstance(refusal, ChangedMeanwhile):
        return {"name": changed_meanwhile()}
    if isinstance(refusal, InvalidInput):
        found = [(one["pointer"].split("/")[1], say(one["detail"])) for one in refusal.extra["errors"]]
        return {"point" if name == "latitude" else name: text for name, text in found}
    faults: dict[str, str] = {}
    for error in refusal.errors():
        name = str(error["loc"][0]) if error["loc"] else "point"
        faults["point" if name in ("latitude", "longitude") else name] = _sentence(name, error)
    return faults


def _sentence(name: str, error: Any) -> str:
    if name in ("point", "latitude", "longitude"):
        zero = error.get("ctx", {}).get("error")
        return say(str(zero)) if zero and not error["loc"] else points.not_a_point()
    if name == "name":
        return say("Write 1 to 200 letters.")
    if name in COUNTS:
        return say("Write a whole number, such as 30.")
    if name == "cost_pln":
        return say("Write an amount in zlotys, such as 50 or 12,50.")
    if name in ("themes", "equipment"):
        return say("At most 20 words, each of at most 60 letters, with commas between them.")
    if name in ("lends_to", "status", "kind", "cost_per", "inside_venue_id"):
        return say("Choose from the list.")
    return say("This text is too long.")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
