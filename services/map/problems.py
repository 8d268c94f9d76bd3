"""Every way the map can refuse."""

from typing import Any

from shared.problems import InvalidInput, NotFound, Problem


class NoSuchPlace(NotFound):
    """No place has this identifier, or it is no longer there."""

    type = "no-such-place"
    title = "There is no such place on the map"


class NotAnArea(InvalidInput):
    """The box or point of a request cannot be read."""

    def __init__(self, parameter: str, detail: str) -> None:
        """Name the query parameter, and say what it should be."""
        super().__init__((f"/{parameter}", detail))
        self.extra["errors"][0]["in"] = "query"


class NotATime(InvalidInput):
    """The time for which a free venue is looked for cannot be one."""

    def __init__(self, parameter: str, detail: str) -> None:
        """Name the query parameter, and say what it should be."""
        super().__init__((f"/{parameter}", detail))
        self.extra["errors"][0]["in"] = "query"


class TooManyPlaces(Problem):
    """So many places do not go into one file or onto one sheet."""

    status = 422
    type = "too-many-places"
    title = "These are too many places for one file"
    detail = "Narrow the selection down: at most {most} places go into one file."


class NotAGeometry(InvalidInput):
    """A geometry cannot be drawn."""

    def __init__(self, pointer: str, detail: str, **values: Any) -> None:
        """Say where in the geometry what is wrong; `values` fill the detail."""
        self.where, self.why = pointer, detail
        super().__init__((f"/geometry{pointer}", detail), values=values)


class NoSuchArea(NotFound):
    """No area has this identifier, or it was taken away."""

    type = "no-such-area"
    title = "There is no such area on the map"


class TooManyAreas(Problem):
    """The map would no longer be readable."""

    status = 409
    type = "too-many-areas"
    title = "There are too many areas on the map"
    detail = "At most {most} areas are drawn; take one away first."


class FileRefused(InvalidInput):
    """A file cannot become a layer at all."""

    def __init__(self, detail: str, **values: Any) -> None:
        """Say why; `values` fill the detail."""
        self.why = detail
        super().__init__(("", detail), values=values)


class NoSuchLayer(NotFound):
    """No layer has this identifier, or it was taken away."""

    type = "no-such-layer"
    title = "There is no such layer on the map"


class TooManyLayers(Problem):
    """The map would no longer be readable."""

    status = 409
    type = "too-many-layers"
    title = "There are too many layers on the map"
    detail = "At most {most} layers are on the map; take one away first."
