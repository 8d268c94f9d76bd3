"""A neighbourhood that runs, for the stories of this folder."""

import pytest

from tests.system.stack import Embedded


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Run the embedded stack, empty, for the tests of one module."""
    stack = Embedded(tmp_path_factory.mktemp("town") / "data")
    stack.start()
    yield stack
    assert stack.stop() == 0
