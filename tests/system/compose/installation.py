"""One Compose installation under a name of its own, driven by the docker SDK, and removed with all it made."""

import itertools
import os
import re
import subprocess
import time

import docker

from tests.system.stack import ROOT, SERVICES, Neighbourhood, clean_environment, free_port

TOKEN_SECONDS = 600
IMAGES = f"osiedle-test-{os.getpid()}"
"""What the images of this run are called, which all its installations share; the fixture `images` removes them."""
numbers = itertools.count(1)


class Installation(Neighbourhood):
    """The containers of one project; its stories are told through the gateway."""

    def __init__(self, data, **settings: str) -> None:
        """Name one; `settings` are variables of docker-compose.yml, as in an .env."""
        self.settings = settings
        self.project = f"{IMAGES}-{next(numbers)}"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        super().__init__(data, dict.fromkeys(SERVICES, self.address))
        self.docker = docker.from_env()
        self._made: tuple[float, str] | None = None

    def compose(self, *arguments: str, **environment: str) -> str:
        """Run docker compose on the repository's file, without any .env of whoever tests."""
        done = self.attempt(*arguments, **environment)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
        return done.stdout

    def attempt(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run docker compose as `compose` does, whatever comes of it."""
        return subprocess.run(
            ["docker", "compose", "--env-file", os.devnull, "-p", self.project, *arguments],
            cwd=ROOT,
            env=clean_environment(PORT=str(self.port), IMAGE=IMAGES, **(self.settings | environment)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, **environment: str) -> float:
        """Start it and wait until it says that it is healthy; give how many seconds that took."""
        began = time.monotonic()
        self.compose("up", "--detach", "--wait", **environment)
        return time.monotonic() - began

    def container(self, service: str):
        labels = [f"com.docker.compose.project={self.project}", f"com.docker.compose.service={service}"]
        (found,) = self.docker.containers.list(all=True, filters={"label": labels})
        return found

    def health(self, service: str) -> str:
        container = self.container(service)
        return container.attrs["State"].get("Health", {}).get("Status", container.status)

    @property
    def token(self) -> str:
        """An administrator's bearer token, made by the operator's command in the registry's container."""
        if self._made is None or time.monotonic() - self._made[0] > TOKEN_SECONDS:
            code, output = self.container("registry").exec_run(["osiedle", "token"], demux=True)
            assert code == 0, output
            self._made = time.monotonic(), output[0].decode().strip()
        return self._made[1]

    def forget_token(self) -> None:
        """Have the next one made anew: who made the last is gone, or it must last."""
        self._made = None

    def sign_in_link(self) -> str:
        """Find the link that the log of the registry shows."""
        log = self.container("registry").logs().decode()
        found = re.search(rf"{re.escape(self.address)}/registry/sign-in\?link=[\w-]+", log)
        assert found, log[-3000:]
        return found[0]

    def remove(self, **environment: str) -> None:
        """Remove containers, networks and volumes."""
        self.compose("down", "--volumes", "--timeout", "5", "--remove-orphans", **environment)
        self.docker.close()
        self.http.close()
