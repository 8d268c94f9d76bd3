"""The Compose files say what the run-book and the example of settings say, and every container is held as tightly."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
FILES = ("docker-compose.yml", "deploy/gateway.yml", "deploy/gateway-public.yml", "deploy/partners.yml")
SMALL = "deploy/all-in-one/compose.yml"
READ = re.compile(r"(?<!\$)\$\{([A-Z_]+)")
SET = re.compile(r"^([A-Z_]+)=", re.MULTILINE)


def test_the_example_names_every_variable_that_compose_reads_and_no_other():
    read = {name for file in (*FILES, SMALL) for name in READ.findall((ROOT / file).read_text())}
    named = SET.findall((ROOT / "deploy/example.env").read_text())
    assert len(named) == len(set(named))
    assert set(named) == read


def test_every_variable_of_the_example_stands_under_a_comment():
    for paragraph in (ROOT / "deploy/example.env").read_text().split("\n\n"):
        assert paragraph.startswith("#")


def containers() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (file, name, service)
        for file in ("docker-compose.yml", SMALL)
        for name, service in yaml.safe_load((ROOT / file).read_text())["services"].items()
    ]


@pytest.mark.parametrize(("file", "name", "service"), containers(), ids=lambda value: str(value)[:20])
def test_no_container_is_held_less_tightly_than_the_others(file: str, name: str, service: dict[str, Any]):
    assert service["read_only"] is True
    assert service["init"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "gateway" else [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["stop_grace_period"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service.get("user") != "root"
    assert not service.get("privileged")
