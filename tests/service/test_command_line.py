"""The operator's door: a service serves alone, and what is in its way is one clear sentence."""

import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from shared.cli import service_cli
from shared.settings import ServiceSettings
from tests.service import sample


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch):
    """Leave the process that tests as a command does not: it writes all log lines its own way."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def run(*arguments: str, **values: Any) -> Result:
    def settings() -> ServiceSettings:
        return ServiceSettings(**{"connected": False, "working": False, **values})

    return CliRunner().invoke(service_cli("sample", sample.create_app, settings), list(arguments))


def only_line(result: Result) -> str:
    """Give what the one log line says that a command wrote before it ended."""
    [line] = result.stderr.splitlines()
    said = json.loads(line)
    assert said["level"] == "critical"
    return str(said["event"])


def test_a_busy_port_is_one_sentence(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", data=tmp_path, port=port)
    assert result.exit_code == 1
    said = only_line(result)
    assert said.startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert "PORT" in said


def test_a_data_folder_that_cannot_be_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    result = run("migrate", data=tmp_path / "file" / "data")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_setting_that_is_wrong_is_one_sentence(tmp_path: Path):
    result = run("serve", data=tmp_path, port="no number")
    assert result.exit_code == 1
    assert only_line(result).startswith("The setting port is not right")


def test_a_database_of_a_newer_release_is_one_sentence_that_says_what_to_do(tmp_path: Path):
    assert run("migrate", data=tmp_path).exit_code == 0
    with sqlite3.connect(tmp_path / "sample.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    connection.close()
    migrating, serving = run("migrate", data=tmp_path), run("serve", data=tmp_path, port=0)
    assert (serving.exit_code, migrating.exit_code) == (1, 1)
    said = only_line(serving)
    assert "revision 0002 of a newer release; this one knows revisions up to 0001" in said
    assert "restore the backup" in said
    assert migrating.stderr == f"{said}\n"


def test_spans_that_cannot_be_sent_are_refused_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    said = only_line(run("serve", data=tmp_path, port=0))
    assert "opentelemetry.sdk.trace is not installed: install Osiedle with its extra `tracing`, or unset" in said
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    assert only_line(run("serve", data=tmp_path, port=0)).startswith("Spans leave by http/protobuf, not by grpc")


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
