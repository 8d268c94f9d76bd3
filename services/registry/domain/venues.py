"""How venues lie inside one another: a hall in a school, a garden in a park."""

from collections.abc import Mapping


def ancestors(venue_id: str, inside: Mapping[str, str | None]) -> tuple[str, ...]:
    """Name the venues that contain this one, the nearest first; `inside` says what each venue lies in.

    Raises ValueError when a venue would lie inside itself.
    """
    found: list[str] = []
    outer = inside.get(venue_id)
    while outer is not None:
        if outer == venue_id or outer in found:
            raise ValueError("A venue cannot lie inside itself.")
        found.append(outer)
        outer = inside.get(outer)
    return tuple(found)


def descendants(venue_id: str, inside: Mapping[str, str | None]) -> tuple[str, ...]:
    """Name the venues that lie inside this one, at any depth, in the order of their ids."""
    return tuple(sorted(other for other in inside if venue_id in ancestors(other, inside)))
