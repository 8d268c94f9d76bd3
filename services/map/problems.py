"""Every way the map can refuse."""

from shared.problems import InvalidInput, NotFound


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
