"""Published types never change except by an optional field; what is written about them is what they are."""

import copy
import json

import pytest

from docs.generate_messages import PAGE, SCHEMAS, breaks, page
from shared.asyncapi import document, schema_of
from shared.messages import TYPES, by_type
from shared.messages.registry import ProblemNamed
from shared.streams import SERVICES, STATES


@pytest.mark.parametrize("type_name", sorted(TYPES))
def test_a_published_type_keeps_what_listeners_rely_on(type_name):
    old, new = json.loads((SCHEMAS / f"{type_name}.json").read_text()), schema_of(TYPES[type_name])
    assert breaks(old, new) == []
    assert old == new, "the snapshot is old: python -m docs.generate_messages"


def test_every_snapshot_has_its_type():
    assert {file.stem for file in SCHEMAS.glob("*.json")} == set(TYPES)


def test_the_page_of_messages_is_fresh():
    assert PAGE.read_text() == page(), "python -m docs.generate_messages"


def planned():
    return copy.deepcopy(schema_of(TYPES["calendar.event.planned.v1"]))


def test_an_optional_field_may_join():
    new = planned()
    new["properties"]["weather"] = {"type": "string", "default": ""}
    assert breaks(planned(), new) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda new: new["properties"].pop("title"),
        lambda new: new["properties"]["title"].update(type="integer"),
        lambda new: new["required"].append("description"),
        lambda new: new["required"].remove("title"),
        lambda new: new["properties"]["kind"]["enum"].append("parade"),
        lambda new: new["$defs"]["OccurrenceFacts"]["properties"].pop("ends_at"),
    ],
)
def test_anything_else_breaks(change):
    new = planned()
    change(new)
    assert breaks(planned(), new)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_described(service):
    described = document(service, heard=["registry.venue.changed.v1"])
    told = [name for name, operation in described["operations"].items() if operation["action"] == "send"]
    assert all(name in described["components"]["messages"] for name in described["channels"])
    assert "registry.venue.changed.v1" in described["channels"]
    assert {"tell-people.person.changed.v1", "tell-registry.venue.changed.v1"} <= set(told) or service != "registry"


def test_every_type_says_teller_thing_verb_and_version():
    for name, message in TYPES.items():
        teller, thing, verb, version = name.split(".")
        assert version == f"v{message.type_version}", name
        assert teller == (message.stream.lower() if message.stream in STATES else message.owner), name
        assert message.owner in (*SERVICES, "municipal"), name
        assert thing, name
        assert verb.endswith(("ed", "found", "met", "withdrawn", "set_aside")), name
        assert message.model_config["frozen"]


def test_a_type_that_stands_twice_is_refused():
    """Fails when the registry is a plain dict: the later class silently takes the earlier one's place."""

    class Again(ProblemNamed):
        type = "registry.problem.named.v1"

    with pytest.raises(ValueError, match="both ProblemNamed and Again"):
        by_type([ProblemNamed, Again])


@pytest.mark.parametrize(
    "name", ["", "registry.problem.named", "registry.problem.named.v0", "Registry.problem.named.v1"]
)
def test_a_type_that_is_not_written_as_all_are_cannot_be_defined(name):
    with pytest.raises(TypeError, match="is not <service>"):
        type("Odd", (ProblemNamed,), {"type": name, "__module__": __name__})
