"""The operator's door: a service serves alone, and what is in its way is one clear sentence."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner, Result

from shared.cli import service_cli
from shared.settings import ServiceSettings
from tests.service import sample


def run(*arguments: str, **values: Any) -> Result:
    def settings() -> ServiceSettings:
        return ServiceSettings(**{"connected": False, "working": False, **values})

    return CliRunner().invoke(service_cli("sample", sample.create_app, settings), list(arguments))


def test_a_busy_port_is_one_sentence(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", data=tmp_path, port=port)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert "PORT" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_data_folder_that_cannot_be_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    result = run("migrate", data=tmp_path / "file" / "data")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_setting_that_is_wrong_is_one_sentence(tmp_path: Path):
    result = run("serve", data=tmp_path, port="no number")
    assert result.exit_code == 1
    assert result.stderr.startswith("The setting port is not right")
    assert result.stderr.count("\n") == 1


def test_migrating_by_hand_says_the_revision(tmp_path: Path):
    result = run("migrate", data=tmp_path)
    assert (result.exit_code, result.stdout) == (0, "0001\n")
    assert (tmp_path / "sample.sqlite").is_file()


def test_a_service_serves_alone_and_stops_when_it_is_told(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATA": str(tmp_path), "PORT": str(port), "OSIEDLE_CONNECTED": "no"}
    command = [sys.executable, "-m", "tests.service.sample", "serve"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        assert answers(f"http://127.0.0.1:{port}/sample/health/ready", 30), (tmp_path / "log").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in (tmp_path / "log").read_text()


def answers(url: str, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    return False
