"""The whole neighbourhood in one container: it starts, answers, keeps what it was told, and is held tightly."""

import pytest

from tests.system.compose.installation import Installation
from tests.system.stack import eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]


@pytest.fixture
def small(images, tmp_path):
    small = Installation(tmp_path)
    small.compose_file = {"COMPOSE_FILE": "deploy/all-in-one/compose.yml"}
    try:
        small.start(**small.compose_file)
        yield small
    finally:
        small.remove(**small.compose_file)


def test_one_container_starts_answers_and_keeps_what_it_was_told(small):
    container = small.container("osiedle")
    assert container.attrs["HostConfig"]["ReadonlyRootfs"] is True
    assert container.attrs["HostConfig"]["CapDrop"] == ["ALL"]
    [bound] = [bound for bounds in container.ports.values() for bound in bounds or []]
    assert bound["HostIp"] == "127.0.0.1"
    assert "0" not in {row[1] for row in container.top(ps_args="-o pid,uid,comm")["Processes"]}
    code, output = container.exec_run(["osiedle", "token"], demux=True)
    assert code == 0, output
    headers = {"Authorization": f"Bearer {output[0].decode().strip()}"}
    told = small.http.post(
        f"{small.address}/registry/api/v1/organisations", json={"name": "Klub", "kind": "ngo"}, headers=headers
    )
    assert told.status_code == 201, told.text
    # it went over the bus, which is a child of the same process
    eventually(lambda: heard(small) >= 1, 30)
    small.compose("restart", **small.compose_file)
    eventually(lambda: small.http.get(f"{small.address}/registry/health/ready").status_code == 200, 90)
    kept = small.http.get(f"{small.address}/registry/api/v1/organisations/{told.json()['id']}")
    assert kept.json()["name"] == "Klub"


def heard(small):
    return small.http.get(f"{small.address}/calendar/health/ready").json()["bus"]["heard"]
