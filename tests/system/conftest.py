"""Neighbourhoods that run, for the stories of this folder; each is ended, whatever came of its story."""

import pytest

from tests.system.stack import SERVICES, Embedded, Village


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Run the embedded stack, empty, for the tests of one module."""
    stack = Embedded(tmp_path_factory.mktemp("town") / "data")
    with stack:
        stack.start()
        yield stack
        assert stack.stop() == 0


@pytest.fixture
def fresh(tmp_path):
    """Give an embedded stack with an empty folder, for one test that starts and stops it as it likes."""
    with Embedded(tmp_path / "data") as stack:
        yield stack


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    """Run four services and NATS as programs of their own, for the tests of one module."""
    village = Village(tmp_path_factory.mktemp("village") / "data")
    try:
        village.start_bus()
        for service in SERVICES:
            village.start(service)
        yield village
    finally:
        village.stop()
