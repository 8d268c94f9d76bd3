"""Places as waypoints for walkers' and cyclists' devices (GPX 1.1); the file says how many have no point."""

from collections.abc import Sequence

from markupsafe import Markup

from services.map.schemas.files.told import card_of, in_xml, text_about
from services.map.schemas.places import Place
from shared.i18n import plural

DOCUMENT = Markup(
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Osiedle" xmlns="http://www.topografix.com/GPX/1/1">\n'
    "<metadata><name>{name}</name>{about}</metadata>\n{waypoints}\n</gpx>\n"
)
ABOUT = Markup("<desc>{}</desc>")
WAYPOINT = Markup(
    '<wpt lat="{latitude}" lon="{longitude}"><name>{name}</name><desc>{about}</desc>'
    '<link href="{card}"/><type>{kind}</type></wpt>'
)


def written(places: Sequence[Place], name: str, address: str) -> bytes:
    """Write a waypoint for each place that has a point."""
    there = [place for place in places if place.has_point]
    missing = len(places) - len(there)
    waypoints = Markup("\n").join(
        WAYPOINT.format(
            latitude=place.latitude,
            longitude=place.longitude,
            name=in_xml(place.name),
            about=in_xml(text_about(place)),
            card=card_of(place, address),
            kind=place.kind,
        )
        for place in there
    )
    told = plural("{n} place has no point and is left out", "{n} places have no point and are left out", missing)
    about = ABOUT.format(told) if missing else ""
    return DOCUMENT.format(name=in_xml(name), about=about, waypoints=waypoints).encode()
