"""What the card of an organisation must be like, whichever door it comes through."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from services.registry.domain.hours import understood_hours
from services.registry.domain.identifiers import IDENTIFIERS, checked_identifier
from shared.problems import InvalidInput

POINT = ("latitude", "longitude")
OF_POINT = (*POINT, "point_source", "point_precision_m")
NOWHERE_NEAR = 0.01
"""Degrees; whoever has a point so near to 0, 0 has none."""


def checked_card(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields of a card as they are kept, of those that are named. Raises `InvalidInput` with every fault."""
    checked, faults = dict(changes), []
    for field, check in CHECKS.items():
        if field in checked:
            try:
                checked[field] = check(checked[field])
            except InvalidInput as refusal:
                faults += [(one["pointer"], one["detail"]) for one in refusal.extra["errors"]]
    if is_at_zero(checked.get("latitude"), checked.get("longitude")):
        faults.append(("/latitude", AT_ZERO))
    if faults:
        raise InvalidInput(*faults)
    return checked


def with_point(before: str | None, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Say of a point where it is from: somebody's pin, unless the change says otherwise; and how exact it is.

    `before` is where the point that stands is from: what an import says never moves a pin.
    """
    after = dict(changes)
    if not set(POINT) & after.keys():
        return after
    if before == "pin" and after.get("point_source") == "import":
        return {field: value for field, value in after.items() if field not in OF_POINT}
    if after.get("latitude") is None:
        return after | {"point_source": None, "point_precision_m": None}
    return after | {
        "point_source": after.get("point_source") or "pin",
        "point_precision_m": after.get("point_precision_m"),
    }


AT_ZERO = "At 0, 0 there is only the ocean; leave the point out where nobody knows it"


def is_at_zero(latitude: float | None, longitude: float | None) -> bool:
    """Say whether a point is the one that programs write where they know none."""
    if latitude is None or longitude is None:
        return False
    return abs(latitude) < NOWHERE_NEAR and abs(longitude) < NOWHERE_NEAR


def checked_links(links: Any) -> list[dict[str, str]]:
    """Check the links of a card, `{label, url}` each: they lead to the web, and nowhere else. Raises `InvalidInput`."""
    found, faults = [], []
    for place, link in enumerate(links):
        url = str(link["url"]).strip()
        if "://" not in url and "." in url and " " not in url and ":" not in url:
            url = f"https://{url}"
        if not _is_of_the_web(url):
            faults.append((f"/links/{place}/url", "A link begins with https:// or http://"))
        found.append({"label": str(link["label"]).strip(), "url": url})
    if faults:
        raise InvalidInput(*faults)
    return found


def _is_of_the_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(host) and not any(letter.isspace() for letter in url)


CHECKS: Mapping[str, Callable[[Any], Any]] = {
    **{kind: partial(checked_identifier, kind) for kind in IDENTIFIERS},
    "links": checked_links,
    "opening_hours": understood_hours,
}
