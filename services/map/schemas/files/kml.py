"""Places as KML (OGC 12-007r2): a placemark each with a point, the circle of a confidential one, or an address only."""

from collections.abc import Sequence

from markupsafe import Markup

from services.map.schemas.files.told import card_of, in_xml, ring_of, text_about
from services.map.schemas.places import Place

DOCUMENT = Markup(
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:atom="http://www.w3.org/2005/Atom">\n'
    "<Document><name>{name}</name>\n{placemarks}\n</Document>\n</kml>\n"
)
PLACEMARK = Markup(
    '<Placemark id="place-{id}"><name>{name}</name><atom:link href="{card}"/>{where}'
    "<description>{about}</description>"
    '<ExtendedData><Data name="id"><value>{id}</value></Data><Data name="kind"><value>{kind}</value></Data>'
    "</ExtendedData>{point}</Placemark>"
)
ADDRESS = Markup("<address>{}</address>")
POINT = Markup("<Point><coordinates>{},{}</coordinates></Point>")

AREA = Markup(
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)


def written(places: Sequence[Place], name: str, address: str) -> bytes:
    """Write a document; the order of a placemark's parts is the schema's."""
    placemarks = Markup("\n").join(_placemark(place, address) for place in places)
    return DOCUMENT.format(name=in_xml(name), placemarks=placemarks).encode()


def _placemark(place: Place, address: str) -> Markup:
    ring = ring_of(place)
    area = AREA.format(" ".join(f"{east},{north}" for east, north in ring)) if ring else ""
    return PLACEMARK.format(
        id=place.id,
        name=in_xml(place.name),
        card=card_of(place, address),
        where=ADDRESS.format(in_xml(place.address)) if place.address else "",
        about=in_xml(text_about(place)),
        kind=place.kind,
        point=POINT.format(place.longitude, place.latitude) if place.has_point else area,
    )
