"""Whatever a service imports is installed with that service's own requirements, and what is locked is used."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SERVICES = ["registry", "calendar", "map", "notifications"]
OURS = {"deploy", "docs", "services", "shared", "tests"}
DISTRIBUTIONS = packages_distributions()


def imported(*folders: str) -> set[str]:
    """Name the distributions that the Python files of these folders import, wherever in the file."""
    names = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    names |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names.add(node.module.partition(".")[0])
    foreign = names - OURS - set(sys.stdlib_module_names)
    return {normal(DISTRIBUTIONS[name][0]) for name in foreign}


def locked(name: str) -> set[str]:
    """Name what a requirement file pins."""
    text = (ROOT / "deploy" / "requirements" / f"{name}.txt").read_text()
    return {normal(found) for found in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_only_what_its_own_requirements_install(service):
    assert imported("shared", f"services/{service}") - locked(service) == set()


def test_the_one_process_imports_only_what_make_run_installs():
    assert imported("shared", "services", "deploy") - locked("run") == set()


def test_the_tests_import_only_what_make_test_installs():
    assert imported("shared", "services", "deploy", "tests", "docs") - locked("test") == set()


def test_all_requirement_files_pin_the_same_versions():
    pins: dict[str, set[str]] = {}
    for file in (ROOT / "deploy" / "requirements").glob("*.txt"):
        for name, version, where in re.findall(r"^([\w.-]+)==(\S+)(.*)", file.read_text(), re.MULTILINE):
            pins.setdefault(name + where.rstrip(" \\"), set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}
