"""`docs/first-hour.md` and `docs/partners.md` are true: their lines are run in one shell, and print what they say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.stack import ROOT, clean_environment, slowness

PAGES = [ROOT / "docs" / name for name in ("first-hour.md", "partners.md")]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"
END = "--- end of step {} ---"


def steps(page: Path) -> list[tuple[str, str]]:
    """Give each block of commands with what the page says that it prints."""
    found: list[tuple[str, str]] = []
    for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
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
@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_line_of_the_page_does_what_it_says(town, tmp_path, page):
    told = steps(page)
    assert len(told) >= 5
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
