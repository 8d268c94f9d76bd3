"""Who may do what on the map: everybody looks, and few draw."""

from shared.people import Person, is_neighbourhood_coordinator


def may_draw_areas(person: Person | None) -> bool:
    """Draw areas on the map, change them, and take them away."""
    return is_neighbourhood_coordinator(person)


def may_bring_layers(person: Person | None) -> bool:
    """Bring a file of others onto the map as a layer, and take it away."""
    return is_neighbourhood_coordinator(person)
