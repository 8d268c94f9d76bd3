"""A copy that was spoilt is built again from the streams, beside the running service."""

import sqlite3

from tests.system.stack import command, eventually


def test_the_map_is_built_again_from_all_that_was_ever_told(town):
    """Fails where a rebuild reads on from where the listener stands: it would bring nothing back."""
    owner = town.organisation("Klub Seniora", "informal_group")
    venue = town.venue("Dom Kultury", owner, one_at_a_time=False)
    town.plan("Festyn", venue, owner)
    number = {"kind": "phone", "value": "12 411 41 21", "visibility": "public"}
    town.post(f"/registry/api/v1/organisations/{owner}/contacts", number)
    places = eventually(lambda: [one for one in town.get("/map/api/v1/places", kind="venue")["items"] if one["events"]])
    eventually(lambda: "+48124114121" in town.ask("GET", "/map/api/v1/places").text)
    assert [one["id"] for one in places] == [venue]
    before = town.get("/map/api/v1/places")["items"]

    for _ in range(2):
        spoil(town.data / "map.sqlite")
        assert town.get("/map/api/v1/places")["items"] == []
        said = command(town.data, "services.map", "rebuild")
        assert town.get("/map/api/v1/places")["items"] == before
        assert said.endswith("messages were taken in again; the copies are as of now.\n")


def spoil(file):
    store = sqlite3.connect(file, timeout=5)
    with store:
        store.execute("DELETE FROM place")
        store.execute("UPDATE known_event SET title = 'spoilt'")
        store.execute("DELETE FROM public_contact")
    store.close()
