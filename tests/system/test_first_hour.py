"""`docs/first-hour.md` is true: its lines are run in one shell, and print what the page says."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.system.stack import ROOT, clean_environment, slowness

PAGE = ROOT / "docs" / "first-hour.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
END = "--- end of step {} ---"


def steps() -> list[tuple[str, str]]:
    """Give each block of commands with what the page says that it prints."""
    found: list[tuple[str, str]] = []
    for language, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "sh":
            found.append((text, ""))
        elif language == "text":
            found[-1] = (found[-1][0], text)
    return found


def script(commands: list[str]) -> str:
    """Write one script that stops at the first fault and says where each step ends; pauses suit this machine."""
    pause = f"sleep {min(15, 2 * max(1.5, slowness())):.1f}"
    ends = [f"{text}\necho '{END.format(number)}'\n" for number, text in enumerate(commands)]
    whole = "set -eu -o pipefail\n" + "".join(ends)
    return whole.replace(".venv/bin/python", sys.executable).replace("sleep 2", pause)


def pattern_of(expected: str) -> str:
    """Write what a step prints as a pattern: the ellipsis is anything on one line."""
    return re.escape(expected.strip()).replace(ANYTHING, ".*")


@pytest.mark.timeout(400)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed (apt-get install curl)")
def test_every_line_of_the_first_hour_does_what_the_page_says(town, tmp_path):
    told = steps()
    assert len(told) >= 8
    environment = clean_environment(DATA=str(town.data), ADDRESS=town.address, PYTHONPATH=str(ROOT))
    done = subprocess.run(
        ["bash", "-c", script([commands for commands, _ in told])],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rest = done.stdout
    for number, (commands, expected) in enumerate(told):
        printed, end, rest = rest.partition(END.format(number))
        assert end, f"step {number} was not reached"
        assert re.fullmatch(pattern_of(expected), printed.strip()), f"{commands}\nprinted:\n{printed}"
