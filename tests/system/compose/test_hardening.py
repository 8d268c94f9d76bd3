"""Every container that runs is held tightly, is small, and rests quietly; the sizes are written down as measured."""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.compose, pytest.mark.timeout(1500)]

OURS = ("registry", "calendar", "map", "notifications")
OTHERS = ("nats", "postgres", "gateway", "demo", "backups")
RAN_ONCE = ("secrets", *(f"migrate-{service}" for service in OURS))
TABLE = Path("build/compose-sizes.txt")
MEGABYTE = 1_000_000
MOST_MEGABYTES = {"map": 290}
"""What checks whether a drawn area crosses itself brings 50 MB of NumPy along; all others keep to 250."""
MOST_IN_MEMORY = 700


@pytest.mark.parametrize("service", [*OURS, *OTHERS, *RAN_ONCE])
def test_a_container_is_held_tightly(town, service):
    container = town.container(service)
    host, config = container.attrs["HostConfig"], container.attrs["Config"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    named = [name.removeprefix("CAP_") for name in host["CapAdd"] or []]
    assert named == (["NET_BIND_SERVICE"] if service == "gateway" else [])
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert not host["Privileged"]
    assert "/tmp" in host["Tmpfs"]
    assert host["Init"] is True
    assert 0 < host["Memory"] <= 1 << 30
    assert 0 < host["PidsLimit"] <= 200
    assert host["LogConfig"]["Config"].keys() >= {"max-size", "max-file"}
    assert config["User"] in {"osiedle", "10001", "postgres"}
    assert not [mount for mount in container.attrs["Mounts"] if mount["Type"] == "bind" and mount["RW"]]


@pytest.mark.parametrize("service", [*OURS, *OTHERS])
def test_no_program_of_a_container_is_root(town, service):
    top = town.container(service).top(ps_args="-o pid,uid,comm")
    uids = {row[1] for row in top["Processes"]}
    assert uids
    assert "0" not in uids


def test_an_image_holds_one_service_and_nothing_that_deploys(town):
    for service in OURS:
        code, listed = town.container(service).exec_run(["sh", "-c", "ls /opt/osiedle /opt/osiedle/services"])
        assert code == 0
        folders = {name for name in listed.decode().split() if not name.startswith("/")} - {"__pycache__"}
        assert folders == {"services", "shared", "__init__.py", service}


def test_images_are_small_and_the_stack_rests_in_little_memory(town):
    sizes = {service: town.container(service).image.attrs["Size"] / MEGABYTE for service in (*OURS, *OTHERS)}
    memory = {service: in_memory(town.container(service)) / MEGABYTE for service in (*OURS, *OTHERS)}
    lines = ["container      image MB  idle memory MB"]
    lines += [f"{service:<14} {sizes[service]:>8.0f} {memory[service]:>15.0f}" for service in sizes]
    lines.append(f"{'all':<14} {'':>8} {sum(memory.values()):>15.0f}")
    lines.append(f"a fresh start took {town.seconds_to_start:.0f} s, with the images built")
    if stand_ins(town):
        lines.append(f"On STAND-INS of the public base images: {', '.join(stand_ins(town))}")
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n")
    print(TABLE.read_text())
    assert {s: sizes[s] for s in OURS if sizes[s] > MOST_MEGABYTES.get(s, 250)} == {}
    assert sum(memory.values()) <= MOST_IN_MEMORY


def in_memory(container) -> int:
    """Give the bytes that a container holds, as `docker stats` counts them: without files that could be read again."""
    told = container.stats(stream=False, one_shot=True)["memory_stats"]
    files = told["stats"].get("total_inactive_file", told["stats"].get("inactive_file", 0))
    return told["usage"] - files


def stand_ins(town) -> list[str]:
    """Name the containers whose base image this machine made itself, because it reaches no registry."""
    labels = {service: town.container(service).image.labels for service in (*OURS, *OTHERS)}
    return [service for service in labels if labels[service].get("local.stand-in") == "true"]
