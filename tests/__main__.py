"""Runs every test there is, in the order of their price, and ends with one loud line: `python -m tests [stage …]`.

What this machine lacks is left out by name in the last line, with the command that enables it. With `CI=true` or
`INSTALL=yes` the lacking Debian packages are installed first; with `CI=true` whatever was left out is a failure.
"""

import glob
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path("build/tests")
IN_CI = os.environ.get("CI", "").lower() in {"true", "1", "yes"}
MAY_INSTALL = IN_CI or os.environ.get("INSTALL", "").lower() in {"true", "1", "yes"}

TOOL = [sys.executable, "-m"]
CHECKS = {
    "ruff check": [*TOOL, "ruff", "check", "--quiet", "."],
    "ruff format": [*TOOL, "ruff", "format", "--check", "--quiet", "."],
    "mypy": [*TOOL, "mypy", "--no-error-summary"],
    "import-linter": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    "codespell": [str(Path(sys.executable).with_name("codespell"))],
}
PYTEST = {
    "unit": ["tests/unit", "-n", "2"],
    "service": ["tests/service", "-n", "2"],
    "system": ["tests/system", "--ignore=tests/system/compose"],
    "browser": ["tests/browser"],
    "compose": ["tests/system/compose"],
}
STAGES = ["check", *PYTEST]


@dataclass(frozen=True)
class Need:
    """Something of the system that some tests need: how to see that it is there, and what brings it."""

    name: str
    is_here: Callable[[], bool]
    packages: tuple[str, ...]
    how: str


def _has_postgres() -> bool:
    return bool(glob.glob("/usr/lib/postgresql/*/bin/initdb") or shutil.which("initdb"))


def _has_chromium() -> bool:
    return bool(shutil.which("chromium") or shutil.which("chromium-browser"))


def _has_docker() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def _has_promtool() -> bool:
    return bool(shutil.which("promtool"))


NEEDS = {
    "postgres": Need("tests on PostgreSQL", _has_postgres, ("postgresql",), "INSTALL=yes make test"),
    "promtool": Need(
        "metrics and alert rules by Prometheus' own tool", _has_promtool, ("prometheus",), "INSTALL=yes make test"
    ),
    "browser": Need(
        "browser tests", _has_chromium, ("chromium", "chromium-l10n", "fonts-noto-core"), "INSTALL=yes make test"
    ),
    "compose": Need("the Compose story", _has_docker, (), "make test, with Docker started"),
}


@dataclass
class Outcome:
    """What came of all stages so far."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    faults: list[str] = field(default_factory=list)

    def fail(self, what: str) -> None:
        """Count one thing that is not as it must be."""
        self.failed += 1
        self.faults.append(what)


def main(stages: list[str]) -> int:
    """Run the stages named, or all; give the exit status."""
    unknown = set(stages) - set(STAGES)
    if unknown:
        sys.exit(f"There is no stage {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}.")
    if MAY_INSTALL:
        _install()
    lacking = [key for key, need in NEEDS.items() if not need.is_here()]
    outcome = Outcome()
    for stage in stages or STAGES:
        started = time.monotonic()
        if stage in lacking:
            continue
        print(f"\n──── {stage} ────", flush=True)
        if stage == "check":
            _check(outcome)
        else:
            _pytest(stage, outcome)
        print(f"──── {stage}: {time.monotonic() - started:.0f} s ────", flush=True)
    return _close(outcome, [key for key in lacking if not stages or key in stages])


def _install() -> None:
    """Install the Debian packages that are lacking; where that fails the last line will name them."""
    packages = [package for need in NEEDS.values() if not need.is_here() for package in need.packages]
    if not packages or shutil.which("apt-get") is None:
        return
    root = [] if os.geteuid() == 0 else ["sudo"]
    print(f"Installing {' '.join(packages)} …", flush=True)
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *arguments]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def _check(outcome: Outcome) -> None:
    for name, command in CHECKS.items():
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode == 0:
            outcome.passed += 1
            print(f"{name}: well")
        else:
            outcome.fail(name)
            print(f"{name}: FAILED\n{done.stdout}{done.stderr}", flush=True)


def _pytest(stage: str, outcome: Outcome) -> None:
    report = RESULTS / f"{stage}.xml"
    report.unlink(missing_ok=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    code = subprocess.run(
        [*TOOL, "pytest", "-q", *PYTEST[stage], "-m", "not slow", f"--junitxml={report}"], check=False
    ).returncode
    if not report.is_file():
        outcome.fail(f"{stage} (pytest ended with {code})")
        return
    counted = 0
    for case in ElementTree.parse(report).iter("testcase"):
        counted += 1
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.fail(f"{case.get('classname')}::{case.get('name')}")
        elif case.find("skipped") is not None:
            outcome.skipped += 1
            if IN_CI:
                outcome.fail(f"{case.get('classname')}::{case.get('name')} (skipped)")
        else:
            outcome.passed += 1
    if code not in (0, 1) or not counted:
        outcome.fail(f"{stage} (pytest ended with {code}, {counted} tests)")


def _close(outcome: Outcome, lacking: list[str]) -> int:
    """Print what failed, the counts, and last what this machine could not test."""
    if IN_CI:
        for key in lacking:
            outcome.fail(f"{NEEDS[key].name}: absent here")
    print()
    for fault in outcome.faults:
        print(f"FAILED: {fault}")
    skipped = f", {outcome.skipped} skipped" if outcome.skipped and not IN_CI else ""
    print(f"{outcome.passed} passed, {outcome.failed} failed{skipped}", flush=True)
    if lacking and not IN_CI:
        print("NOT TESTED: " + "; ".join(f"{NEEDS[key].name} (enable with: {NEEDS[key].how})" for key in lacking))
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
