"""What the card of a merged organisation adds to the one that is kept: fields that are empty there and not here."""

from collections.abc import Mapping
from typing import Any

from services.registry.domain.words import folded

TEXTS = ("description", "description_en", "plain_description", "opening_hours", "nip", "regon", "krs", "rspo")
LISTS = ("audiences", "themes", "links")
POINT = ("latitude", "longitude", "point_source", "point_precision_m")
FIELDS = ("kind", *TEXTS, *LISTS, "step_free", "address", *POINT)
Filled = dict[str, list[Any]]
"""`[before, after]` of each field that is filled, by its name."""


def filled(kept: Mapping[str, Any], merged: Mapping[str, Any], *, with_place: bool = True) -> Filled:
    """Give the fields of the kept card that the other one fills; cards are fields by name, as `FIELDS` has them.

    A point comes with its address: it is not taken where the kept one has another. Without `with_place`, where an
    address is confidential, none of either is.
    """
    wanted = [name for name in (*TEXTS, *LISTS) if not kept[name] and merged[name]]
    wanted += ["step_free"] if kept["step_free"] is None and merged["step_free"] is not None else []
    wanted += ["kind"] if kept["kind"] == "other" != merged["kind"] else []
    if with_place:
        wanted += _place(kept, merged)
    return {name: [kept[name], merged[name]] for name in wanted}


def _place(kept: Mapping[str, Any], merged: Mapping[str, Any]) -> list[str]:
    is_elsewhere = kept["address"] and folded(kept["address"]) != folded(merged["address"])
    wanted = ["address"] if merged["address"] and not kept["address"] else []
    if merged["latitude"] is not None and kept["latitude"] is None and not is_elsewhere:
        wanted += POINT
    return wanted
