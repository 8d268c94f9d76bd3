"""What a public forge runs are commands of the Makefile, on both machines; a release has one version."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from docs.generate_sbom import licences_in, with_licences
from shared.version import VERSION

ROOT = Path(__file__).resolve().parents[3]
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def test_every_command_is_one_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    matrix = JOBS["test"]["strategy"]["matrix"]
    assert set(matrix["target"]) == {"test", "test-compose"} <= targets
    commands = [step["run"] for step in STEPS if "run" in step]
    assert commands
    for command in commands:
        named = command.replace("${{ matrix.target }}", "test")
        assert re.fullmatch(r"make [a-z-]+", named), command
        assert named.removeprefix("make ") in targets


def test_it_runs_on_both_kinds_of_machine_in_bounded_time():
    assert set(JOBS["test"]["strategy"]["matrix"]["runner"]) == {"ubuntu-24.04", "ubuntu-24.04-arm"}
    assert all(0 < job["timeout-minutes"] <= 120 for job in JOBS.values())


def test_it_may_read_and_nothing_else_and_takes_actions_of_one_version():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+\.\d+\.\d+", action) for action in used), used
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert "secrets." not in (ROOT / ".github/workflows/ci.yml").read_text()


def test_one_version_is_written_wherever_one_is():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    public = yaml.safe_load((ROOT / "publiccode.yml").read_text())["softwareVersion"]
    assert VERSION == project == public


def test_a_list_of_packages_takes_licences_whatever_way_a_name_is_written():
    installed = {
        "components": [{"name": "Typing_Extensions", "licenses": [{"license": {"id": "PSF-2.0"}}]}, {"name": "x"}]
    }
    listed = {"specVersion": "1.6", "components": [{"name": "typing-extensions"}, {"name": "x"}]}
    bom = with_licences(listed, licences_in(installed))
    assert bom["specVersion"] == "1.6"
    assert bom["components"] == [{"name": "typing-extensions", **_licence("PSF-2.0")}, {"name": "x"}]


def _licence(name: str) -> dict[str, Any]:
    return {"licenses": [{"license": {"id": name}}]}
