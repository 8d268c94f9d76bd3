"""One set of images and one installation for all stories of this folder that need no other: a start takes a minute."""

import docker
import pytest

from tests.system.compose.installation import IMAGES, Installation
from tests.system.stack import free_port


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """Build the images as the README says, once; the build's cache stays, the images go."""
    builder = Installation(tmp_path_factory.mktemp("images"))
    client = docker.from_env()
    try:
        builder.compose("build", "--quiet")
        yield
    finally:
        for image in client.images.list():
            for tag in image.tags:
                if tag.startswith(f"{IMAGES}-"):
                    client.images.remove(tag, force=True)
        client.close()
        builder.docker.close()
        builder.http.close()


@pytest.fixture(scope="session")
def town(images, tmp_path_factory):
    """Start an installation as the README says; give it when it says that it is healthy."""
    town = Installation(tmp_path_factory.mktemp("compose"))
    try:
        town.seconds_to_start = town.start()
        yield town
    finally:
        town.remove()


@pytest.fixture(scope="session")
def open_town(images, tmp_path_factory):
    """Start an installation whose bus is open to partners, on this machine only, and that takes in all it is told."""
    port = free_port()
    town = Installation(
        tmp_path_factory.mktemp("open"),
        COMPOSE_FILE="docker-compose.yml:deploy/partners.yml",
        PARTNERS_BIND="127.0.0.1",
        PARTNERS_PORT=str(port),
        WRITES_PER_MINUTE="0",
    )
    town.bus_port = port
    try:
        town.start()
        yield town
    finally:
        town.remove()
