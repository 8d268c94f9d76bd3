"""Each import contract is kept by the code that stands, and is seen to fail on one planted import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in SETTINGS["contracts"]]
LINT = Path(sys.executable).with_name("lint-imports")
SERVICES = ["registry", "calendar", "map", "notifications"]

PLANTED = {
    "Services never import each other": ("services/map/models/places.py", "import services.calendar.models"),
    "Deploy is above services, services are above shared": ("shared/clock.py", "import deploy"),
    "Five doors around one room, the same in every service": (
        "services/registry/models.py",
        "import services.registry.commands",
    ),
    "Thinking is pure: no database, no network, no event loop": (
        "services/calendar/domain/planted.py",
        "import asyncio",
    ),
    "The common language knows only itself": ("shared/messages/base.py", "import shared.clock"),
}


@pytest.fixture
def copy(tmp_path):
    for package in SETTINGS["root_packages"]:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static", "assets")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> dict[str, str]:
    """Run the linter and give each contract's state, KEPT or BROKEN."""
    done = subprocess.run([LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    states = {}
    for line in done.stdout.splitlines():
        for contract in CONTRACTS:
            if line.startswith(contract) and line.split()[-1] in {"KEPT", "BROKEN"}:
                states[contract] = line.split()[-1]
    assert len(states) == len(CONTRACTS), done.stdout + done.stderr
    return states


def test_every_contract_is_planted_once():
    assert set(PLANTED) == set(CONTRACTS)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_planted_import_breaks_its_contract_and_no_other(copy, contract):
    file, line = PLANTED[contract]
    path = copy / file
    path.write_text((path.read_text() if path.exists() else '"""Planted."""\n') + f"\n{line}\n")
    states = lint(copy)
    assert states == {name: "BROKEN" if name == contract else "KEPT" for name in CONTRACTS}


def test_a_room_that_the_house_does_not_know_breaks_the_layers(copy):
    (copy / "services/map/helpers.py").write_text('"""Planted."""\n')
    states = lint(copy)
    assert states["Five doors around one room, the same in every service"] == "BROKEN"


def test_the_common_language_is_kept_from_every_other_part_of_shared():
    contract = next(c for c in SETTINGS["contracts"] if c["name"] == "The common language knows only itself")
    parts = {path.stem for path in (ROOT / "shared").glob("[a-z]*.py")}
    parts |= {path.parent.name for path in (ROOT / "shared").glob("*/__init__.py")} - {"messages"}
    assert set(contract["forbidden_modules"]) == {f"shared.{part}" for part in parts}
