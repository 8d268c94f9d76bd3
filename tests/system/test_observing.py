"""What an operator sees from outside: every line of a service is JSON, and a trace goes from request to handlers."""

import json
import re
import socket
import subprocess
import sys
from datetime import datetime

import pytest

from tests.system.otlp import Collector
from tests.system.stack import ROOT, SERVICES, Embedded, Village, clean_environment, eventually

TRACE = "0af7651916cd43dd8448eb211c80319c"
ABOVE = "b7ad6b7169203331"
SERVER, CONSUMER = 2, 5
"""Of kinds of spans, as OpenTelemetry's protocol numbers them."""
ORGANISATIONS = "/registry/api/v1/organisations"


def test_a_request_its_message_and_every_handler_are_spans_of_one_trace(tmp_path):
    """Fails when a span is not the child of the one before it, or says anything of what was sent."""
    exported = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test"}
    with Collector() as collector:
        exported["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.address
        with Embedded(tmp_path / "data", **exported) as town:
            town.start(150)
            headers = {"traceparent": f"00-{TRACE}-{ABOVE}-01"}
            body = {"name": "Żółwie z Azorów", "kind": "ngo"}
            town.ask("POST", ORGANISATIONS, status=201, json=body, headers=headers)
            spans = eventually(lambda: _all_of_the_trace(collector), 60)
            assert town.stop() == 0
    [asked] = [span for span in spans if span["kind"] == SERVER]
    assert (asked["name"], asked["parent"]) == (f"POST {ORGANISATIONS}", ABOVE)
    assert (asked["http.route"], asked["http.response.status_code"]) == (ORGANISATIONS, 201)
    heard = [span for span in spans if span["parent"] == asked["id"]]
    assert {span["osiedle.service"] for span in heard} >= {"calendar", "map", "notifications"}
    assert {(span["kind"], span["messaging.destination.name"]) for span in heard} == {(CONSUMER, "REGISTRY")}
    assert {span["name"] for span in heard} == {"process registry.organisation.registered.v1"}
    assert {span["process"] for span in collector.spans} == {"osiedle"}
    assert "w z Azor" not in repr(collector.spans)
    assert collector.paths == {"/v1/traces"}


def _all_of_the_trace(collector: Collector):
    spans = [span for span in collector.spans if span["trace"] == TRACE]
    return spans if {one["osiedle.service"] for one in spans} >= set(SERVICES) else None


def test_without_a_collector_nothing_of_it_is_loaded(tmp_path):
    """Fails when whoever exports nothing pays for it at each start."""
    program = (
        "import sys; from deploy.all_in_one import make_apps; from shared.cli import start_tracing; "
        "from shared.settings import ServiceSettings; start_tracing('osiedle'); make_apps(ServiceSettings()); "
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    environment = {name: value for name, value in clean_environment(DATA=str(tmp_path)).items() if "OTEL" not in name}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


@pytest.fixture
def registry_alone(tmp_path):
    """Run the registry and NATS as programs of their own."""
    village = Village(tmp_path / "data")
    try:
        village.start_bus()
        village.start("registry")
        yield village
    finally:
        village.stop()


def test_every_line_of_a_service_is_json_from_its_start_to_its_end(registry_alone):
    """Fails when a library, a warning or a refusal writes a line of its own."""
    village = registry_alone
    secret = "zolw.kowalska@example.org"
    village.ask("POST", ORGANISATIONS, status=201, json={"name": "Klub", "kind": "ngo"})
    village.ask("POST", ORGANISATIONS, status=422, json={"name": secret, "kind": secret})
    village.http.get(village.addresses["registry"] + f"/registry/nowhere/{secret}?q={secret}")
    village.http.post(village.addresses["registry"] + "/registry/sign-in", data={"email": secret})
    raw = village.addresses["registry"].removeprefix("http://").split(":")
    _say_rubbish(raw[0], int(raw[1]))
    program = village.programs["registry"]
    assert program.stop() == 0
    lines = [json.loads(line) for line in program.printed.splitlines()]
    assert lines, "it says that it started"
    for line in lines:
        assert {"event", "level", "logger", "timestamp"} <= set(line) <= {
            "event", "level", "logger", "timestamp", "service", "trace_id", "exception",
        }  # fmt: skip
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
        assert re.fullmatch(r"[0-9a-f]{32}", line.get("trace_id", "0" * 32))
    assert secret not in program.printed
    assert "kowalska" not in program.printed


def _say_rubbish(host: str, port: int) -> None:
    with socket.create_connection((host, port), 5) as door:
        door.sendall(b"\x16\x03\x01 rubbish\r\n\r\n")
        door.recv(1000)


def test_an_end_that_nobody_expected_is_a_line_too(tmp_path):
    program = (
        "import threading, warnings; from shared.observability import set_up_logging; set_up_logging(); "
        "warnings.warn('old'); thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join(); "
        "raise SystemError('it is over')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["warning", "critical", "critical"]
    assert "ZeroDivisionError" in lines[1]["exception"]
    assert lines[2]["exception"].endswith("SystemError: it is over")
    assert done.returncode == 1


def test_the_operator_may_choose_words(tmp_path):
    program = "from shared.observability import set_up_logging; set_up_logging(); import logging; logging.error('it')"
    environment = clean_environment(OSIEDLE_LOGS="words")
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert re.fullmatch(r"20\S+Z \x1b\[31merror   \x1b\[0m it \[root\]\n", done.stderr)
