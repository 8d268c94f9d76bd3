"""What can go wrong around an installation, done to it: a process ends, a network is cut, an image is changed."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from tests.system.compose.installation import Installation

KILL, CRASH = "KILL", "QUIT"
"""SIGKILL ends a container as a lack of memory does; at SIGQUIT a program ends by itself, and not well."""


def end(town: Installation, service: str, signal: str) -> None:
    """Send a signal to the first process of a container, from the machine.

    `docker kill` would be somebody who wants it to stop: then the engine does not start it again.
    """
    pid = town.container(service).attrs["State"]["Pid"]
    assert pid, f"{service} does not run"
    town.docker.containers.run(
        town.container("postgres").image.id,
        ["-c", f"kill -{signal} {pid}"],
        entrypoint="sh",
        user="root",
        pid_mode="host",
        network_mode="none",
        remove=True,
    )


def has_come_back(town: Installation, service: str, restarts: int) -> bool:
    """Say whether the engine has started it again since, and it is healthy."""
    container = town.container(service)
    return container.attrs["RestartCount"] > restarts and town.health(service) == "healthy"


def says_ready(town: Installation, service: str) -> bool:
    """Ask a container by its own health check, wherever the network is."""
    container = town.container(service)
    test = container.attrs["Config"]["Healthcheck"]["Test"]
    return bool(container.exec_run(test[1:] if test[0] == "CMD" else ["sh", "-c", test[1]]).exit_code == 0)


@contextmanager
def cut_off(town: Installation, service: str) -> Iterator[None]:
    """Take a container off its networks, and put it back under another address: somebody has taken its own."""
    container = town.container(service)
    networks = container.attrs["NetworkSettings"]["Networks"]
    takers = []
    for name in networks:
        town.docker.networks.get(name).disconnect(container)
    try:
        for name in networks:
            image = town.container("postgres").image.id
            taker = town.docker.containers.run(image, ["60"], entrypoint="sleep", network=name, detach=True)
            takers.append(taker)
        yield
    finally:
        for name, settings in networks.items():
            aliases = {*(settings["Aliases"] or ()), service}
            town.docker.networks.get(name).connect(container, aliases=sorted(aliases))
        for taker in takers:
            taker.remove(force=True)


def upgraded_image(town: Installation, service: str) -> None:
    """Put another image under the name of the one that a service has."""
    name = town.container(service).attrs["Config"]["Image"]
    town.docker.images.build(fileobj=io.BytesIO(f"FROM {name}\nLABEL upgraded=yes\n".encode()), tag=name, rm=True)
