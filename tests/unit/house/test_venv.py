"""The first step of `make`: an old Python, or one without its venv module, is told in one sentence."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "deploy" / "make_venv.sh"

OLD = """#!/bin/sh
case "$1" in
  --version) echo "Python 3.9.2" ;;
  *) exit 1 ;;
esac
"""
WITHOUT_VENV = """#!/bin/sh
case "$2" in
  *ensurepip*) exit 1 ;;
  *) exit 0 ;;
esac
"""


def make_venv(tmp_path: Path, python: str) -> subprocess.CompletedProcess[str]:
    interpreter = tmp_path / "python"
    interpreter.write_text(python)
    interpreter.chmod(0o755)
    return subprocess.run(
        ["sh", SCRIPT, tmp_path / "venv"],
        env={**os.environ, "PYTHON": str(interpreter)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("python", "words"), [(OLD, ("3.11", "3.9.2")), (WITHOUT_VENV, ("python3-venv",))], ids=["old", "without venv"]
)
def test_what_the_python_lacks_is_told_in_one_sentence(tmp_path, python, words):
    done = make_venv(tmp_path, python)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in words)
    assert not (tmp_path / "venv").exists()
