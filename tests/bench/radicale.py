"""Radicale as a peer: the corpus put into it by one PUT, read back, asked again, and asked for a week's free/busy."""

import base64
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.system.stack import free_port

PATH = "/bench/calendar/"
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"bench:").decode()}
FREE_BUSY = """<?xml version="1.0"?><C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/></C:free-busy-query>"""
CONFIG = """[server]
hosts = 127.0.0.1:{port}
timeout = 1800
max_content_length = 100000000
[auth]
type = none
[storage]
filesystem_folder = {folder}/collections
[reporting]
max_freebusy_occurrence = 1000000
[logging]
level = error
"""


def measured(data: bytes, begin: datetime) -> dict[str, float]:
    """Give seconds: `load` (one PUT), `feed` (GET of all), `again` (the same, tagged), `busy` (a week's REPORT)."""
    with _server() as client:
        load, _ = _timed(lambda: client.put(PATH, content=data, headers={"Content-Type": "text/calendar"}), 201)
        feed, answer = _timed(lambda: client.get(PATH), 200)
        tag = {"If-None-Match": answer.headers["etag"]}
        again, _ = _timed(lambda: client.get(PATH, headers=tag), 200, 304)
        body = FREE_BUSY.format(start=begin.astimezone(UTC), end=begin.astimezone(UTC) + timedelta(days=7))
        busy, _ = _timed(lambda: client.request("REPORT", PATH, content=body, headers={"Depth": "1"}), 200)
        return {"load": load, "feed": feed, "again": again, "busy": busy}


@contextmanager
def _server() -> Iterator[httpx.Client]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config").write_text(CONFIG.format(port=port, folder=folder))
        program = subprocess.Popen([sys.executable, "-m", "radicale", "--config", f"{folder}/config"])
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=LOGIN, timeout=None) as client:
                _wait(client)
                yield client
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait()


def _wait(client: httpx.Client) -> None:
    for _ in range(200):
        try:
            client.get("/")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("Radicale does not answer.")


def _timed(ask: Callable[[], httpx.Response], *wanted: int) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    answer = ask()
    took = time.perf_counter() - began
    assert answer.status_code in wanted, answer.text[:500]
    return took, answer
